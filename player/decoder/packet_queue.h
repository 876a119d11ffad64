// What came from the network and was not taken yet. One thread puts packets in, another takes them out.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "player/decoder/delay_bound.h"
#include "player/decoder/libav.h"

namespace hallcast::decoder {

// Packets' times are microseconds, of one clock for all streams; stream 0 is the pictures'. Internally synchronized.
class PacketQueue {
  public:
    static constexpr std::size_t most_bytes = 32 << 20;
    // What has an end is not live: nothing is left out, the sender waits when so much is ahead.
    static constexpr std::chrono::microseconds most_ahead_of_film{10'000'000};

    explicit PacketQueue(bool live) : live_(live) {}

    // Waits while there is no room. `now`: of the look at the delay (see DelayBound).
    void put(Packet packet, DelayBound::Moment now);
    // No more will come, by `reason`; none: that was its end.
    void end(std::optional<std::string> reason);

    // The next one, moved up over what was left out. Null: nothing came within `limit`, or that was the last (ended()).
    Packet take(std::chrono::milliseconds limit);
    bool ended() const;
    std::optional<std::string> reason() const;
    std::chrono::microseconds left_out() const;  // in all, to be with the sender again

  private:
    std::chrono::microseconds waiting() const;
    void leave_out(std::chrono::microseconds amount);

    const bool live_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Protected by mutex_:
    DelayBound bound_;
    std::deque<Packet> packets_;
    std::size_t bytes_ = 0;
    std::chrono::microseconds left_out_{0};
    bool ended_ = false;
    std::optional<std::string> reason_;
};

}  // namespace hallcast::decoder
