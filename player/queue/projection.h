// What the screens of each hall may know of the state and of a step: the public projection, without any personal data.
#pragma once

#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/queue.pb.h"
#include "player/queue/state.h"

namespace hallcast::queue {

// Everything of one hall of the office, at epoch 0 and seq 0. Pure.
v1::HallState project(const State& state, const v1::Hall& hall);

// What one command changed, one HallEvent for each hall concerned, in the office's order; epoch and seq are the
// caller's to number. `after` is the state just after its events, `touched` what they touched. Not for a new office,
// which replaces the halls' states whole (see repaint). Pure.
std::vector<v1::HallEvent> project(const State& after, const Touched& touched, std::int64_t at_ms);

// One HallEvent for each hall that brings all but calls and notices: profile, counters and services.
std::vector<v1::HallEvent> repaint(const State& state, std::int64_t at_ms);

}  // namespace hallcast::queue
