// The playlist's clock: the machine's monotonic one, as long as the sound can be made to follow it.
#pragma once

#include <chrono>
#include <cstdint>

namespace hallcast::media {

// Goes at the rate of the steady clock, or of the master's, so that pictures need not follow a sound device whose
// crystal is off; the sound is made to follow instead (see slaved_sound.h). It stands while the sound does: nothing is
// ready then. Where the sound is further away than can be made good unheard (a device that began late, jumped, or whose
// rate is off by more than a fiftieth), the clock goes to where the sound is.
//
// Pure. Externally synchronized. Never goes back for moments that do not.
class PlaylistClock {
  public:
    using Moment = std::chrono::steady_clock::time_point;
    using Time = std::chrono::nanoseconds;

    // From here on the clock gives way to the sound.
    static constexpr std::chrono::milliseconds most_apart{16};
    // Of the master's clock to ours.
    static constexpr double most_rate_error = 500e-6;

    // The playlist's time at `moment`, when the sound will have come to `heard`.
    Time at(Moment moment, Time heard);
    // Seconds of the playlist in a second of the steady clock.
    void set_rate(double rate);

    bool runs() const { return runs_; }
    std::uint64_t gave_way() const { return gave_way_; }  // times

  private:
    bool known_ = false;
    bool runs_ = false;
    double rate_ = 1;
    Moment moment_{};
    Time time_{0};
    Time heard_{0};
    std::uint64_t gave_way_ = 0;
};

}  // namespace hallcast::media
