#include "player/signs/sign_pieces.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "player/sound/ticket_parts.h"
#include "player/sound/voice_pieces.h"

namespace hallcast::signs {
namespace {

constexpr std::string_view attention = "call", counter_sign = "counter";
constexpr unsigned most_counter = 30, most_number = 999;

using Names = std::vector<std::string>;

std::string number_piece(unsigned number) { return fmt::format("number-{}", number); }

Names digit_by_digit(std::string_view digits) {
    Names names;
    for (const char digit : digits) names.push_back(number_piece(unsigned(digit - '0')));
    return names;
}

// Hundreds and the rest are signed one after the other; the digits where that, or a clip of it, is not there.
Names number_pieces(std::string_view digits, const std::function<bool(std::string_view)>& has) {
    if (digits.size() > sound::most_digits) return digit_by_digit(digits);
    unsigned number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const unsigned rest = number % 100;
    Names names;
    if (number > rest) names.push_back(number_piece(number - rest));
    if (rest > 0 || number == 0) names.push_back(number_piece(rest));
    if (number <= most_number && std::ranges::all_of(names, has)) return names;
    return digit_by_digit(std::to_string(number));
}

}  // namespace

std::vector<SignPiece> sign_pieces(std::string_view letters) {
    std::vector<SignPiece> pieces{{std::string(attention), "somebody is called; what follows is the number"}};
    for (const sound::TicketPart& part : sound::ticket_parts(letters))
        if (part.letter != 0) pieces.push_back({sound::letter_piece(part.letter), "the letter " + part.text});
    for (unsigned number = 0; number < 100; ++number)
        pieces.push_back({number_piece(number), fmt::format("the number {}", number), number < 10});
    for (unsigned number = 100; number <= most_number; number += 100)
        pieces.push_back({number_piece(number), fmt::format("the number {}", number), false});
    pieces.push_back({std::string(counter_sign), "go to the counter whose number follows"});
    for (unsigned counter = 1; counter <= most_counter; ++counter)
        pieces.push_back({fmt::format("counter-{}", counter), fmt::format("go to counter {}", counter), false});
    return pieces;
}

Expected<std::vector<std::string>> sign_call(std::string_view ticket, std::uint32_t counter,
                                             const std::function<bool(std::string_view)>& has) {
    Names names{std::string(attention)};
    const auto add = [&](Names more) { std::ranges::move(more, std::back_inserter(names)); };
    for (const sound::TicketPart& part : sound::ticket_parts(ticket))
        add(part.letter != 0 ? Names{sound::letter_piece(part.letter)} : number_pieces(part.text, has));
    if (std::string whole = fmt::format("counter-{}", counter); has(whole)) {
        names.push_back(std::move(whole));
    } else {
        names.emplace_back(counter_sign);
        add(number_pieces(std::to_string(counter), has));
    }
    if (const auto lacking = std::ranges::find_if_not(names, has); lacking != names.end())
        return fail("the clip '{}' is lacking; without it the call would be another", *lacking);
    return names;
}

}  // namespace hallcast::signs
