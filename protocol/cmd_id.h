// The id of a command: 16 random bytes, so that a command sent again is recognised and has one effect.
#pragma once

#include <cstdint>
#include <string>

namespace hallcast::wire {

constexpr std::size_t cmd_id_bytes = 16;

// From the kernel's random numbers; raw bytes, as Command.cmd_id carries them. Any thread.
std::string make_cmd_id();
// For pauses and other choices that need not be secret; from the same source. Any thread.
std::uint32_t random_seed();

}  // namespace hallcast::wire
