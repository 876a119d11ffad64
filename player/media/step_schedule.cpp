#include "player/media/step_schedule.h"

#include <algorithm>

#include "protocol/base/error.h"

namespace hallcast::media {

using std::chrono::nanoseconds;

StepSchedule::StepSchedule(const std::vector<PlaylistEntry>& entries) {
    nanoseconds end{0};
    for (const PlaylistEntry& entry : entries) {
        if (entry.slot <= std::chrono::milliseconds(0)) return;
        ends_.push_back(end += entry.slot);
    }
    length_ = end;
}

StepSchedule::Place StepSchedule::at(nanoseconds common) const {
    HALLCAST_ASSERT(known());
    nanoseconds into = common % length_;
    if (into < nanoseconds(0)) into += length_;
    const nanoseconds began = common - into;  // this round of the list
    const auto end = std::ranges::upper_bound(ends_, into + nearly);
    if (end != ends_.end()) return {std::size_t(end - ends_.begin()), began + *end};
    // The list's last moments: it begins anew.
    return {0, began + length_ + ends_.front()};
}

}  // namespace hallcast::media
