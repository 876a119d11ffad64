// Remembers which entries could not be played, so that a broken file costs a try now and then instead of one per loop.
// Pure but for the look at a file's stamp; externally synchronized.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "player/media/playback.h"

namespace hallcast::media {

// A failure to open and a fault in mid-play are both a strike of a file. Each of the first is followed by a growing
// pause; three in a row take the entry out, until its file or the list changes, or an hour has passed: a disk that was
// away for a minute must not cost the entry for ever. Then it has one try. A stream is never out: its network will be
// back some time. It is tried again after half a second, then ever later up to 15 s, and not by all players at once.
class FailureMemory {
  public:
    using Clock = std::chrono::steady_clock;
    // Differs when the file does; zero: there is none.
    using Stamp = std::function<std::uint64_t(const std::filesystem::path&)>;

    static constexpr int most_strikes = 3;
    static constexpr std::chrono::hours out_for{1};

    static constexpr std::chrono::milliseconds first_reconnect{500};
    static constexpr std::chrono::milliseconds last_reconnect{15'000};

    // `retry`: the pause after the first strike, and between two looks at the file. `chance`: from 0 to 1, another each
    // time.
    FailureMemory(std::chrono::milliseconds retry, Stamp stamp, std::function<double()> chance)
        : retry_(retry), stamp_(std::move(stamp)), chance_(std::move(chance)) {}

    bool may_play(const PlaylistEntry& entry, Clock::time_point now);
    struct Strike {
        bool news = false;  // this reason was not among those since it last played, and is to be reported
        bool out = false;   // this was the third in a row
    };
    Strike failed(const PlaylistEntry& entry, const std::string& message, Clock::time_point now);
    // From its beginning to its end, without a fault.
    void played(const PlaylistEntry& entry);
    void clear() { failures_.clear(); }
    // It failed, and has not played since.
    bool remembers(const PlaylistEntry& entry) const;
    // When an entry may get its next chance; max(): none waits for one.
    Clock::time_point next_chance(Clock::time_point now) const;

  private:
    struct Failure {
        PlaylistEntry entry;
        std::vector<std::string> reasons;  // that were reported
        std::uint64_t stamp = 0;
        int strikes = 0;
        Clock::time_point retry_at;
        Clock::time_point look_at;  // at the file
    };

    std::chrono::milliseconds reconnect_after(int strikes) const;

    const std::chrono::milliseconds retry_;
    const Stamp stamp_;
    const std::function<double()> chance_;
    std::vector<Failure> failures_;  // at most one an entry of the list
};

// Of size, times and place of a file.
std::uint64_t stamp_of(const std::filesystem::path& file);

}  // namespace hallcast::media
