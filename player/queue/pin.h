// The PIN of an appointment: six digits that its visitor was given, made from the office's secret and kept nowhere.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hallcast::queue {

// Derived: BLAKE2b keyed with the office's secret (32 bytes), over the appointment's number and the generation, mod
// 10^6. So neither log nor replies hold a PIN or a hash of one, it can be printed again, and a higher generation is a
// new PIN (the old one is void then). Six digits can be guessed: the caller counts wrong ones and stops after a few.
std::string pin_of(std::string_view office_secret, std::uint64_t appointment, std::uint32_t generation);

// Whether somebody entered that PIN: decimal digits of any script (phones write their own), blanks and dashes between
// them. Takes the same time wherever they differ.
bool is_pin(std::string_view pin, std::string_view entered);

}  // namespace hallcast::queue
