// How an event changes a hall's state: the one function that master and players share, so that their boards agree.
#pragma once

#include "hallcast/v1/hall.pb.h"

namespace hallcast::wire {

constexpr int max_calls = 40;  // kept in a hall's state, the latest first

// Pure. `event` must be the one that follows `state` (the caller checks epoch and seq: see follow.h); afterwards
// `state` is complete at the event's (epoch, seq). A call that is new, or new by its attempt, goes to the front;
// counters stay sorted by number; services keep their order, new ones go to the end; a profile is replaced whole.
void apply(v1::HallState& state, const v1::HallEvent& event);

}  // namespace hallcast::wire
