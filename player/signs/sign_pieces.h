// Which signs the clips of a sign language show, and which of them a call is made of. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.h"

namespace hallcast::signs {

struct SignPiece {
    std::string name;     // the clip's file without its ending, as a voice's pieces are called: "number-12"
    std::string meaning;  // what is signed, for whoever signs it
    bool needed = true;   // false: without it the sign is shown digit by digit, or as "counter" and its number
};
// Attention, the letters, the numbers 0 to 99 and the whole hundreds, "counter" and the counters 1 to 30.
std::vector<SignPiece> sign_pieces(std::string_view letters);

// The names of a call's pieces in their order: attention, the ticket, the counter. Of what the clips in `has` allow the
// one with the fewest. Fails where one is lacking without which it would be another call, and names it.
Expected<std::vector<std::string>> sign_call(std::string_view ticket, std::uint32_t counter,
                                             const std::function<bool(std::string_view name)>& has);

}  // namespace hallcast::signs
