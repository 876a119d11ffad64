#include "player/media/slaved_sound.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "protocol/base/error.h"

namespace hallcast::media {
namespace {

// The device's own estimate of what it has played trembles by a millisecond or two.
constexpr double smoothing_s = 1;
// A loop without overshoot, slow against the smoothing.
constexpr double pull = 0.2;  // speed for each second behind, 1/s
constexpr double learning = pull * pull / 4;
// What is behind for once, not by drift, is caught up with at this speed at most.
constexpr double most_pull = 3e-3;
// From further away the playlist's clock comes to the sound (see playlist_clock.h): nothing to remember.
constexpr double most_behind_s = 0.016;
constexpr double longest_step_s = 1;
// A device that is further from where it was foretold has stalled, or jumped.
constexpr double stalled_s = 0.03;
// Before the first reading a device is believed right as if so many readings had said so.
constexpr double fewest_readings = 20, most_readings = 60;
constexpr std::chrono::milliseconds look_every{100};
// Sound is ahead of the loudspeaker by two seconds at most.
constexpr std::size_t most_stretches = 64;
constexpr double grain = 1e-6;  // of speed: too small to hear or to matter

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

void DeviceSpeed::observe(Moment now, Timeline played) {
    const double reading = seconds(played), passed = seconds(now - last_);
    last_ = now;
    const double foretold = place_ + passed * (1 + off_);
    const double error = reading - foretold;
    if (!std::exchange(known_, true) || passed <= 0 || passed > longest_step_s || std::abs(error) > stalled_s) {
        place_ = reading;
        return;
    }
    readings_ = std::clamp(readings_ + 1, fewest_readings, most_readings);
    const double weight = 2 / ((readings_ + 1) * (readings_ + 2));
    place_ = foretold + weight * (2 * readings_ + 1) * error;
    off_ = std::clamp(off_ + weight * 3 * error / passed, -SpeedControl::most, SpeedControl::most);
}

void SpeedControl::observe(Moment now, std::chrono::nanoseconds behind, double device_off) {
    const double passed = std::min(seconds(now - last_), longest_step_s);
    last_ = now;
    if (!std::exchange(known_, true) || passed <= 0) return;
    const double error = std::clamp(seconds(behind), -most_behind_s, most_behind_s);
    behind_ += (error - behind_) * (1 - std::exp(-passed / smoothing_s));
    const double steady = 1 / (1 + device_off) - 1 + drift_;
    const double wanted = steady + std::clamp(pull * behind_, -most_pull, most_pull);
    const double step = most_change * passed;
    speed_ = std::clamp(std::clamp(wanted, speed_ - step, speed_ + step), -most, most);
    if (speed_ == wanted) drift_ += learning * behind_ * passed;
}

void SoundMap::begin(Samples device, double place, double step) {
    if (stretches_.back().device == device) stretches_.pop_back();
    stretches_.push_back({device, place, step});
    if (stretches_.size() > most_stretches) stretches_.pop_front();
}

double SoundMap::place(double device) const {
    auto stretch = stretches_.end() - 1;
    while (stretch != stretches_.begin() && double(stretch->device) > device) --stretch;
    return stretch->place + (device - double(stretch->device)) * stretch->step;
}

// Sound that has to come later than it would has silence before it.
SlavedSound::SlavedSound(SoundSink& sink, std::chrono::milliseconds delay)
    : sink_(sink), delay_(delay), given_(std::max<Samples>(0, -samples_at(delay))), map_(-double(given_)) {
    HALLCAST_ASSERT(std::chrono::abs(delay) <= std::chrono::seconds(1));
    waiting_.assign(std::size_t(given_) * 2, 0.0F);
}

bool SlavedSound::deliver() {
    const std::size_t taken = waiting_.empty() ? 0 : sink_.write(waiting_);
    waiting_.erase(waiting_.begin(), waiting_.begin() + std::ptrdiff_t(taken) * 2);
    return waiting_.empty();
}

std::size_t SlavedSound::write(std::span<const float> interleaved) {
    if (!deliver()) return 0;
    if (resampler_.is_exact()) {
        const std::size_t taken = sink_.write(interleaved);
        resampler_.push(interleaved.first(taken * 2), waiting_);
        waiting_.clear();  // the same
        given_ += Samples(taken);
        return taken;
    }
    resampler_.push(interleaved, waiting_);
    given_ += Samples(waiting_.size() / 2);
    deliver();
    return interleaved.size() / 2;
}

void SlavedSound::flush() {
    if (!deliver()) return;
    resampler_.flush(waiting_);
    given_ += Samples(waiting_.size() / 2);
    deliver();
}

std::chrono::nanoseconds SlavedSound::heard(Timeline played) const {
    const double place = map_.place(double(played.count()) * samples_per_second / 1e9);
    return std::chrono::nanoseconds(std::llround(place * 1e9 / samples_per_second)) - delay_;
}

void SlavedSound::steer(SpeedControl::Moment now, Timeline time, Timeline played) {
    if (steered_ && now - *steered_ < look_every) return;
    steered_ = now;
    device_.observe(now, played);
    // Of what was handed out already nothing can be changed any more: what counts is how far behind the sound will be
    // when that is over.
    const Timeline given = time_of(given_);
    control_.observe(now, time + device_.time_until(given - played) - heard(given), device_.off());
    const double step = 1 + std::round(control_.speed() / grain) * grain;
    if (step == map_.step()) return;
    map_.begin(given_, resampler_.position(), step);
    resampler_.set_step(step);
}

}  // namespace hallcast::media
