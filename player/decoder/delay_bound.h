// When a live stream has fallen behind its sender, and by how much it has to catch up. Pure; externally synchronized.
#pragma once

#include <chrono>
#include <optional>

namespace hallcast::decoder {

// What waits is looked at for half a minute at a time: the least of it is delay that smooths nothing, since it was
// never used. A stream may keep what it began with (HLS comes in segments, of which three are there at once), but may
// not gain more than `most_gained` in all: a sender whose clock is fast by 1 in 10,000 gains 0.4 s an hour.
class DelayBound {
  public:
    using Moment = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds window{30};
    static constexpr std::chrono::microseconds most_gained{2'000'000};
    static constexpr std::chrono::microseconds most_kept{20'000'000};  // of what it began with
    static constexpr std::chrono::microseconds most{60'000'000};       // waits, at any moment

    // So much waits at `now`. Returns how much of it is to go.
    std::chrono::microseconds observe(Moment now, std::chrono::microseconds waiting);

  private:
    std::optional<Moment> since_;
    std::chrono::microseconds least_{0};  // in this window
    std::optional<std::chrono::microseconds> kept_;
};

}  // namespace hallcast::decoder
