// What a command does, given the state: events and a reply, or a rejection that tells a clerk what to do.
#pragma once

#include <cstdint>
#include <vector>

#include "hallcast/v1/queue.pb.h"
#include "player/queue/state.h"

namespace hallcast::queue {

struct Moment {
    std::int64_t now_ms = 0;  // since 1970
    std::int64_t call_expiry_ms = 60'000;
    std::uint32_t day = 0;  // the office's, as 20261124: the clock's date until Rules::day_starts; 0: not known yet
    std::uint32_t next_day = 0;  // where a day is ended because this one has begun
};

struct Decision {
    std::vector<v1::Event> events;  // none: nothing changes (a rejection, or it is like that already)
    v1::CommandReply reply;         // true once the events are durable
};

// Pure: the same state, command and moment give the same decision. The events can be applied one after the other. The
// first that happens on a new day ends the day before: its counters close, who still waits expires.
Decision decide(const State& state, const v1::Command& command, const Moment& moment);

}  // namespace hallcast::queue
