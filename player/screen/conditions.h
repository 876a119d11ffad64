// Whether a widget is shown: the conditions of the layout language, of a moment.
#pragma once

#include <span>

#include "player/screen/widget.h"

namespace hallcast::screen {

// All of them hold. `until` becomes earlier where that changes by itself, with the time alone. Pure.
bool all_hold(std::span<const layouts::Condition> conditions, const Moment& moment, WallTime& until);

// By the office's hours, or a counter works; before the hall is known nothing says that it is closed. `until`: as
// above.
bool is_open(const Moment& moment, WallTime& until);

// What staff tell everybody is an emergency. `until`: as above.
bool has_emergency(const Moment& moment, WallTime& until);

}  // namespace hallcast::screen
