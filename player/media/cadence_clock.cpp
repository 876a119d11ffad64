#include "player/media/cadence_clock.h"

#include <algorithm>
#include <utility>

namespace hallcast::media {
namespace {

// Timestamps of 1/90000 s and of whole milliseconds are off by up to 0.5 ms.
constexpr std::chrono::microseconds edge{500};
// The sound has jumped (a device came or went): no use in walking there.
constexpr int most_refreshes_behind = 4;

}  // namespace

CadenceClock::Time CadenceClock::at(Moment moment, Time heard) {
    if (!known_ || refresh_ <= Time(0)) {
        known_ = true;
        time_ = std::max(time_, heard);
        moment_ = moment;
        return time_;
    }
    if (moment <= moment_) return time_;
    Time time = time_ + (moment - moment_) + std::exchange(push_, Time(0));
    const Time ahead = time - heard;
    if (std::chrono::abs(ahead) > refresh_) {
        const bool jump = std::chrono::abs(ahead) > most_refreshes_behind * refresh_;
        time = jump ? heard : time + (ahead > Time(0) ? -refresh_ : refresh_);
        if (heard != heard_) ++corrections_;  // else the sound stands still, and the film with it
    }
    heard_ = heard;
    moment_ = moment;
    time_ = std::max(time_, time);
    return time_;
}

void CadenceClock::next_picture_due(Time due) {
    const Time left = due - time_;
    if (refresh_ <= Time(0) || left <= Time(0)) return;
    // In whole refreshes from now: is it due at about one of them?
    const Time after = left % refresh_;
    push_ = after < edge || refresh_ - after < edge ? Time(2 * edge) : Time(0);
}

}  // namespace hallcast::media
