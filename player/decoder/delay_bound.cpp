#include "player/decoder/delay_bound.h"

#include <algorithm>

namespace hallcast::decoder {

using std::chrono::microseconds;

microseconds DelayBound::observe(Moment now, microseconds waiting) {
    if (waiting > most) {
        since_.reset();
        return waiting - kept_.value_or(microseconds(0));
    }
    if (!since_) {
        since_ = now;
        least_ = waiting;
    }
    least_ = std::min(least_, waiting);
    if (now - *since_ < window) return microseconds(0);
    since_.reset();
    if (!kept_) kept_ = std::min(least_, most_kept);
    return least_ > *kept_ + most_gained ? least_ - *kept_ : microseconds(0);
}

}  // namespace hallcast::decoder
