// The film's sound on its way to a device whose clock is not the playlist's: played so much faster or slower that it is
// heard when the playlist's clock says.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "player/media/playback.h"
#include "player/media/resampler.h"
#include "player/media/samples.h"

namespace hallcast::media {

// How fast a device goes by our clock: the slope of a line through what it said it had played in the last six seconds.
// Pure; externally synchronized.
class DeviceSpeed {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    void observe(Moment now, Timeline played);
    double off() const { return off_; }  // from 1: -0.01 is a hundredth slow
    // What the device takes for so much sound.
    std::chrono::nanoseconds time_until(Timeline sound) const {
        return std::chrono::nanoseconds(std::int64_t(double(sound.count()) / (1 + off_)));
    }

  private:
    bool known_ = false;
    Moment last_{};
    double place_ = 0;  // seconds played, on the line
    double off_ = 0;
    double readings_ = 0;  // that the line goes through
};

// How much faster the sound has to go: as much as its device is slow, and a little more or less for how far it is
// behind. Pure; externally synchronized.
class SpeedControl {
  public:
    using Moment = DeviceSpeed::Moment;
    // Crystals are off by a ten-thousandth at most, which nobody hears; the devices of virtual machines by a hundredth
    // and more, which is a fifth of a semitone, and better heard, if at all, than seen.
    static constexpr double most = 0.02;
    // In a second: 2.6 cents, half of what a trained ear tells of two tones one after the other.
    static constexpr double most_change = 1.5e-3;

    // `behind`: the playlist's time less what is heard, when the speed that is chosen now begins to be heard.
    void observe(Moment now, std::chrono::nanoseconds behind, double device_off);
    double speed() const { return speed_; }  // 0.0001: a ten-thousandth faster than the device's clock

  private:
    bool known_ = false;
    Moment last_{};
    double behind_ = 0;  // seconds, smoothed
    double drift_ = 0;   // of the playlist's clock, and what the device's speed was taken wrongly for
    double speed_ = 0;
};

// Which place of the playlist's sound is in which frame of the device. Pure; externally synchronized.
class SoundMap {
  public:
    explicit SoundMap(double place) : stretches_{{0, place, 1}} {}

    // From frame `device` on, where nothing is known yet, the sound goes on at `place` in such steps.
    void begin(Samples device, double place, double step);
    double step() const { return stretches_.back().step; }
    double place(double device) const;

  private:
    struct Stretch {
        Samples device = 0;
        double place = 0;
        double step = 1;
    };
    std::deque<Stretch> stretches_;
};

// Externally synchronized.
class SlavedSound {
  public:
    // `delay`: what the device is late beyond what it says (a television, a wireless loudspeaker); negative: what the
    // display is. At most a second.
    SlavedSound(SoundSink& sink, std::chrono::milliseconds delay);

    // Takes what there is room for, and returns the frames taken.
    std::size_t write(std::span<const float> interleaved);
    // Nothing follows: what waits for it is heard too.
    void flush();
    // The playlist's time that is heard when the sink has played so much since its start with us.
    std::chrono::nanoseconds heard(Timeline played) const;
    // `time`: of the playlist, when the sink has played so much. Often: it takes ten looks a second.
    void steer(SpeedControl::Moment now, Timeline time, Timeline played);
    double speed() const { return control_.speed(); }

  private:
    bool deliver();

    SoundSink& sink_;
    const std::chrono::nanoseconds delay_;
    DeviceSpeed device_;
    SpeedControl control_;
    Resampler resampler_;
    std::vector<float> waiting_;  // resampled, for the sink to take
    Samples given_ = 0;           // frames of the device, those that wait included
    SoundMap map_;
    std::optional<SpeedControl::Moment> steered_;
};

}  // namespace hallcast::media
