#include "player/media/cadence_clock.h"

#include <algorithm>
#include <utility>

namespace hallcast::media {
namespace {

// Timestamps of 1/90000 s and of whole milliseconds are off by up to 0.5 ms.
constexpr std::chrono::microseconds refresh_edge{500};
// The sound has jumped (a device came or went): no use in walking there.
constexpr int most_refreshes_behind = 4;
// More than half a refresh, so that the other side of it is nearer for good, and not for a trembling.
constexpr double most_ahead = 0.6;
constexpr int smoothing = 32;  // refreshes
constexpr int at_once = 1;     // refreshes: nothing trembles as much

}  // namespace

CadenceClock::Time CadenceClock::at(Moment moment, Time heard) {
    if (!known_ || refresh_ <= Time(0)) {
        known_ = true;
        time_ = std::max(time_, heard);
        heard_ = heard;
        moment_ = moment;
        return time_;
    }
    if (moment <= moment_) return time_;
    const Time passed = moment - moment_;
    moment_ = moment;
    const bool stands = heard == std::exchange(heard_, heard);
    if (std::exchange(stands_, stands) || stands) {
        // The film stands with it, and then begins where it does.
        if (!stands) time_ = std::max(time_, heard);
        return time_;
    }
    Time time = time_ + passed + std::exchange(push_, Time(0));
    const Time ahead = time - heard;
    ahead_ += (ahead - ahead_) / smoothing;
    if (std::chrono::abs(ahead) > at_once * refresh_) ahead_ = ahead;
    if (std::chrono::abs(ahead_) > most_refreshes_behind * refresh_) {
        time = heard;
        correct(-ahead_);
    } else if (double(std::chrono::abs(ahead_).count()) > most_ahead * double(refresh_.count())) {
        const Time step = ahead_ > Time(0) ? -refresh_ : refresh_;
        time += step;
        correct(step);
    }
    time_ = std::max(time_, time);
    return time_;
}

void CadenceClock::correct(Time step) {
    ahead_ += step;
    ++corrections_;
    if (step < Time(0)) ++holds_;
}

void CadenceClock::next_picture_due(Time due) {
    const Time left = due - time_;
    if (refresh_ <= Time(0) || left <= Time(0)) return;
    // In whole refreshes from now: is it due at about one of them?
    const Time after = left % refresh_;
    push_ = after < refresh_edge || refresh_ - after < refresh_edge ? Time(2 * refresh_edge) : Time(0);
}

}  // namespace hallcast::media
