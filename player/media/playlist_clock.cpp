#include "player/media/playlist_clock.h"

#include <algorithm>

namespace hallcast::media {
namespace {

// What a sound device is expected to have played at a moment ahead is put right by a millisecond or so when that comes.
constexpr std::chrono::milliseconds shortest_look{3};

}  // namespace

void PlaylistClock::set_rate(double rate) { rate_ = std::clamp(rate, 1 - most_rate_error, 1 + most_rate_error); }

PlaylistClock::Time PlaylistClock::at(Moment moment, Time heard) {
    const auto elapsed = [this](std::chrono::nanoseconds passed) {
        return Time(std::int64_t(double(passed.count()) * rate_));
    };
    if (!known_) {
        known_ = true;
        moment_ = moment;
        heard_ = heard;
        time_ = std::max(time_, heard);
        return time_;
    }
    // Somebody else asked for a later one, or for nearly this: too near to tell whether the sound stands.
    if (moment < moment_ + shortest_look) return runs_ ? std::max(Time(0), time_ + elapsed(moment - moment_)) : time_;
    const bool moves = heard > heard_;
    if (moves && runs_) {
        const Time time = time_ + elapsed(moment - moment_);
        if (std::chrono::abs(time - heard) > most_apart) {
            time_ = std::max(time_, heard);
            ++gave_way_;
        } else {
            time_ = time;
        }
    } else if (moves) {
        time_ = std::max(time_, heard);
    }
    runs_ = moves;
    heard_ = heard;
    moment_ = moment;
    return time_;
}

}  // namespace hallcast::media
