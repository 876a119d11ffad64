// The id of a command: 16 random bytes, so that a command sent again is recognised and has one effect.
#pragma once

#include <string>

namespace hallcast::wire {

constexpr std::size_t cmd_id_bytes = 16;

// From the kernel's random numbers; raw bytes, as Command.cmd_id carries them. Any thread.
std::string make_cmd_id();

}  // namespace hallcast::wire
