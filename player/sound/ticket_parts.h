// A printed ticket number as it is called: letter by letter, digits together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hallcast::sound {

// More digits than any number series has are called one by one.
constexpr std::size_t most_digits = 6;

struct TicketPart {
    std::string text;     // the letter as it is written, or "012", in ASCII
    char32_t letter = 0;  // in upper case; 0: digits
};
// Without dashes and other signs, which nobody calls. What is longer than a ticket is cut.
std::vector<TicketPart> ticket_parts(std::string_view ticket);

}  // namespace hallcast::sound
