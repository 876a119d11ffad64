// What a server remembers of one hall's stream: where it stands, and its last events for those who missed some.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "hallcast/v1/wire.pb.h"

namespace hallcast::wire {

struct Position {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    auto operator<=>(const Position&) const = default;
};

// Externally synchronized.
class HallLog {
  public:
    static constexpr std::size_t max_events = 4096;
    static constexpr std::size_t max_range_bytes = 4u << 20;

    // `event` is later than the last one; after a hole, or in a new epoch, nothing older is kept.
    void append(v1::HallEvent event);
    // A snapshot of the master stands at `position`. Only for a hall that nothing was appended to yet.
    void learn(Position position);
    Position head() const { return head_; }

    // The events from the request's first on, as many as fit a reply; incomplete when any of them is kept no more.
    v1::Range range(const v1::RangeRequest& request) const;

    // Stream messages that were not taken yet, serialised. Who takes too seldom loses the oldest (a gap in the stream).
    std::vector<std::string> take_unsent();

  private:
    struct Kept {
        v1::HallEvent event;
        std::string stream_message;  // empty once taken
    };
    std::deque<Kept> events_;  // consecutive, up to head_
    std::size_t unsent_ = 0;   // of them, the last ones
    Position head_;
};

}  // namespace hallcast::wire
