// Remembers which entries could not be played, so that a broken file costs one try now and then instead of one per
// loop. Pure; externally synchronized.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "player/media/playback.h"

namespace hallcast::media {

class FailureMemory {
  public:
    using Clock = std::chrono::steady_clock;

    explicit FailureMemory(std::chrono::milliseconds retry) : retry_(retry) {}

    bool may_play(const PlaylistEntry& entry, Clock::time_point now) const;
    // True: this was not known yet, and is to be reported.
    bool failed(const PlaylistEntry& entry, const std::string& message, Clock::time_point now);
    void played(const PlaylistEntry& entry);
    void clear() { failures_.clear(); }
    // When an entry gets its next chance; max(): none waits for one.
    Clock::time_point next_chance(Clock::time_point now) const;

  private:
    struct Failure {
        PlaylistEntry entry;
        std::string message;
        int times = 0;
        Clock::time_point retry_at;
    };

    std::chrono::milliseconds retry_;
    std::vector<Failure> failures_;  // one an entry of the list
};

}  // namespace hallcast::media
