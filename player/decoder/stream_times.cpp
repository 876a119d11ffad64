#include "player/decoder/stream_times.h"

#include <algorithm>

namespace hallcast::decoder {

StreamTimes::Place StreamTimes::place(std::int64_t dts, std::int64_t duration) {
    Place place;
    if (!begun_) {
        begun_ = true;
        shift_ = -dts;
    } else if (!fits(dts + shift_)) {
        if (shift_before_ && fits(dts + *shift_before_)) {
            place.shift = *shift_before_;
            return place;
        }
        shift_before_ = shift_;
        shift_ = end_ - dts;
        place.broke = true;
    }
    place.shift = shift_;
    end_ = std::max(end_, dts + shift_ + std::clamp<std::int64_t>(duration, 0, most_ahead));
    return place;
}

}  // namespace hallcast::decoder
