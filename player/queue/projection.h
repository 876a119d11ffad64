// What the screens of each hall may know of the state and of a step: the public projection, without any personal data.
#pragma once

#include <span>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/queue.pb.h"
#include "player/queue/state.h"

namespace hallcast::queue {

// Everything of one hall of the office, at epoch 0 and seq 0. Pure.
v1::HallState project(const State& state, const v1::Hall& hall);

// What one command's events changed, one HallEvent for each hall concerned, in the office's order; epoch and seq are
// the caller's to number. `after` is the state just after these events. Events that apply an office are not for here: a
// new office replaces the halls' states whole (see repaint). Pure.
std::vector<v1::HallEvent> project(const State& after, std::span<const v1::Event> events);

// One HallEvent for each hall that brings all but the calls: profile, counters and services.
std::vector<v1::HallEvent> repaint(const State& state, std::int64_t at_ms);

}  // namespace hallcast::queue
