// What an office must be like before the queue core takes it over, and which changes must wait.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hallcast/v1/office.pb.h"
#include "player/queue/state.h"

namespace hallcast::queue {

// Pure. What is wrong with the office itself and how to put it right; nothing when it may be applied.
std::optional<std::string> fault_of(const v1::Office& office);

// Pure. Why this office, faultless as it is, cannot replace the present one now: visitors would be lost.
std::optional<std::string> obstacle_to(const State& state, const v1::Office& office);

// The log would never be read again with a text that protobuf refuses to parse.
bool is_utf8(std::string_view text);

}  // namespace hallcast::queue
