#include "player/sound/ticket_parts.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <utility>

namespace hallcast::sound {

namespace {

constexpr std::size_t most_ticket_bytes = 32;  // a voice would go on for a minute

}  // namespace

std::vector<TicketPart> ticket_parts(std::string_view ticket) {
    ticket = ticket.substr(0, most_ticket_bytes);
    std::vector<TicketPart> parts;
    bool digits_go_on = false;
    for (std::size_t at = 0; at < ticket.size();) {
        const std::size_t start = at;
        UChar32 character = 0;
        U8_NEXT(ticket.data(), at, ticket.size(), character);
        if (character < 0) continue;  // no UTF-8, or cut
        if (const int digit = u_charDigitValue(character); digit >= 0) {
            if (!std::exchange(digits_go_on, true)) parts.push_back({});
            parts.back().text += char('0' + digit);
            continue;
        }
        digits_go_on = false;
        if (u_isUAlphabetic(character))
            parts.push_back({std::string(ticket.substr(start, at - start)), char32_t(u_toupper(character))});
    }
    return parts;
}

}  // namespace hallcast::sound
