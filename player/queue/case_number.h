// A case or document number as it is compared: the same number written by a visitor, a clerk and a letter is one. Pure;
// any thread.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/error.h"

namespace hallcast::queue {

constexpr std::size_t case_hash_bytes = 32;

// UTF-8: NFKC (so that full-width letters and ligatures are plain ones), without blanks, dashes, slashes and what is
// invisible (a soft hyphen, a zero-width space: they come along when a number is copied from a letter), in upper case
// by the rules of no language, and NFKC again, since the steps before may have brought a letter and its accent
// together. Dots count: 1.23 and 12.3 are two cases. Refuses what is empty then, longer than 100 characters, or no
// UTF-8.
Expected<std::string> normal_case_number(std::string_view text);

// BLAKE2b-256, keyed with a secret of 32 bytes: without it nobody can try all case numbers. Raw bytes.
std::string case_hash(std::string_view secret, std::string_view normal);

}  // namespace hallcast::queue
