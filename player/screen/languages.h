// Which language a text is shown in: those that take turns, whose turn it is, and what to fall back to.
//
// Turns are counted from 1970 on and all equally long, so that what rotates on a screen, and on the screens of a hall,
// is in the same language at the same time. Of two rounds each language keeps one turn whatever happens, the office's
// own both; the other goes to those whose visitors were called most of late. So nobody waits longer than two rounds, a
// call more or less moves none but these other turns, and without calls all rounds are plain ones.
#pragma once

#include <unicode/locid.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "player/screen/widget.h"

namespace hallcast::screen {

// A text together with the language it is really in.
struct Phrase {
    std::string text;
    std::string language;
    bool operator==(const Phrase&) const = default;
};

bool is_right_to_left(std::string_view language);
// "pt" of "pt-BR".
std::string_view base_language(std::string_view language);
// How dates and numbers are written for who reads this language here: in the digits that are on the tickets, whatever
// its own are. `status` as ICU's.
icu::Locale locale_of(const std::string& language, UErrorCode& status);

// The one forced; else the widget's; else the hall's; else those the program ships. Never empty, never more than
// layouts::max_languages.
std::vector<std::string> listed_languages(const layouts::Widget& widget, const ScreenInput& input);
// The same as they take turns: two rounds, as said above, for turn_of(size, widget.seconds, now). What was called since
// the turn began does not count before the next one, so that no language goes in the middle of its turn.
std::vector<std::string> languages_of(const layouts::Widget& widget, const ScreenInput& input);
// The office's first.
std::string office_language(const ScreenInput& input);
// Whether the whole screen is read from right to left: by the forced language, else the office's.
bool screen_right_to_left(const ScreenInput& input);

// Nobody reads faster: 14 Latin letters in a second, 7 Cyrillic ones, 5 Chinese characters.
inline constexpr std::chrono::milliseconds for_a_byte{70}, least_turn{5000};
constexpr std::chrono::milliseconds reading_time(std::size_t bytes) {
    return std::max(least_turn, for_a_byte * std::int64_t(bytes));
}

// Who of `count` has the turn, each for `seconds` of the wall clock, and until when.
struct Turn {
    std::size_t index = 0;
    WallTime until = WallTime::max();
};
Turn turn_of(std::size_t count, double seconds, WallTime now);

// The language of `widget` whose turn it is, and until when.
struct LanguageInTurn {
    std::string language;
    WallTime until = WallTime::max();
};
LanguageInTurn language_in_turn(const layouts::Widget& widget, const ScreenInput& input);

// The text in `language`, or in its base language ("pt" for "pt-BR").
template <typename Map>
std::optional<Phrase> find_in(const Map& texts, std::string_view language) {
    for (const auto tag : {language, base_language(language)}) {
        const auto found = texts.find(std::string(tag));
        if (found != texts.end() && !found->second.empty()) return Phrase{found->second, std::string(tag)};
    }
    return std::nullopt;
}

// In one of `languages`, else in English, else in whatever comes first by its tag; empty when there is no text.
template <typename Map>
Phrase find_or_fall_back(const Map& texts, const std::vector<std::string>& languages) {
    for (const auto& language : languages) {
        if (auto phrase = find_in(texts, language)) return *phrase;
    }
    if (auto phrase = find_in(texts, "en")) return *phrase;
    Phrase first;
    for (const auto& [language, text] : texts) {  // a protobuf map has no order of its own
        if (!text.empty() && (first.text.empty() || language < first.language)) first = {text, language};
    }
    return first;
}

}  // namespace hallcast::screen
