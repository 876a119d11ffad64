// Whether a counter is still as the sender of a command saw it: Command.expected_version.
#pragma once

#include <cstdint>
#include <optional>

#include "hallcast/v1/queue.pb.h"
#include "player/queue/state.h"

namespace hallcast::queue {

// The counter that a command is for; nothing where it is for none.
std::optional<std::uint32_t> counter_of(const v1::Command& command);

// CONFLICT when something has happened at the command's counter since the version that it expects, INVALID when it
// expects one and is for no counter; nothing when it may be decided. Pure. An unknown counter is not looked at here.
std::optional<v1::Rejection> conflict_of(const State& state, const v1::Command& command);

}  // namespace hallcast::queue
