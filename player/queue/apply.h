// What an event does to the state: the only function that changes it, live and at replay alike.
#pragma once

#include "hallcast/v1/queue.pb.h"
#include "player/queue/state.h"

namespace hallcast::queue {

// Pure but for `state`. The event must be the next of the log and possible in this state, as all are that `decide`
// makes; anything else is a broken invariant. Says what was concerned.
Touched apply(State& state, const v1::Event& event);

// The call as `TicketCalled` makes it, for the reply and for the board.
v1::Call make_call(const Visit& visit, const v1::TicketCalled& called, std::int64_t at_ms);

// The last day that is over with this one: those up to the next, when nobody was there to end them.
constexpr std::uint32_t last_day_ended(std::uint32_t ended, std::uint32_t next_day) {
    return next_day > ended ? next_day - 1 : ended;
}

// One more to those, each once.
void merge(Touched& all, Touched one);

}  // namespace hallcast::queue
