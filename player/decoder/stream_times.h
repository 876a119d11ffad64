// The times of a live stream's packets, made to go on: a sender that starts again, a lost stretch or a clock that was
// set does not become a jump. Pure; externally synchronized.
#pragma once

#include <cstdint>
#include <optional>

namespace hallcast::decoder {

class StreamTimes {
  public:
    // A step further than this is a jump: the next packet follows the last instead. Microseconds.
    static constexpr std::int64_t most_ahead = 2'000'000;
    static constexpr std::int64_t most_behind = 3'000'000;

    struct Place {
        std::int64_t shift = 0;  // to be added to the packet's times
        bool broke = false;      // the times jumped here
    };
    // Of a packet to be decoded at `dts`, which takes `duration`: microseconds on the sender's clock.
    Place place(std::int64_t dts, std::int64_t duration);
    // Of one without a time.
    std::int64_t shift() const { return shift_; }

  private:
    bool fits(std::int64_t time) const { return time <= end_ + most_ahead && time >= end_ - most_behind; }

    bool begun_ = false;
    std::int64_t shift_ = 0;
    std::optional<std::int64_t> shift_before_;  // another stream's packets may still be of the time before a jump
    std::int64_t end_ = 0;                      // of what came so far, on the clock that goes on
};

}  // namespace hallcast::decoder
