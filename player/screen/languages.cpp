#include "player/screen/languages.h"

#include <unicode/uloc.h>

#include <array>
#include <cmath>

#include "content/texts.h"

namespace hallcast::screen {

namespace {

constexpr std::size_t heeded_calls = 30;  // of the 40 that a state has: those of a turn push no heeded one out

WallTime::duration length_of_turn(double seconds) {
    using namespace std::chrono;
    return duration_cast<WallTime::duration>(duration<double>(std::max(seconds, 0.1)));
}

// How many turns have ended since 1970; before that it is negative.
std::int64_t turns_until(WallTime now, WallTime::duration length) {
    const auto since = now.time_since_epoch();
    const bool before = since < WallTime::duration::zero() && since % length != WallTime::duration::zero();
    return since / length - (before ? 1 : 0);
}

// How many of the calls before `begin` each language has.
std::vector<std::uint64_t> calls_by_language(const v1::HallState& hall, const std::vector<std::string>& languages,
                                             WallTime begin) {
    std::vector<std::uint64_t> calls(languages.size(), 0);
    std::size_t heeded = 0;
    for (const v1::Call& call : hall.calls()) {
        if (wall_time(call.called_at_ms()) >= begin) continue;
        if (++heeded > heeded_calls) break;
        const auto found = std::ranges::find(languages, base_language(call.language()), base_language);
        if (found != languages.end()) ++calls[std::size_t(found - languages.begin())];
    }
    return calls;
}

}  // namespace

bool is_right_to_left(std::string_view language) {
    // Called for every text of every scene, and ICU has to parse its tag: most need no question.
    for (const std::string_view common : {"pl", "en", "uk", "ru", "ka", "hi", "vi", "zh"}) {
        if (language == common) return false;
    }
    if (language == "ar") return true;
    return uloc_isRightToLeft(std::string(language).c_str());
}

icu::Locale locale_of(const std::string& language, UErrorCode& status) {
    // Those whose usual digits are others (CLDR's defaultNumberingSystem): for the rest it would cost ICU time for
    // nothing.
    constexpr std::array<std::string_view, 17> of_own_digits{"ar",  "as", "bho", "bn", "ccp", "ckb", "dz", "fa", "ks",
                                                             "mni", "mr", "my",  "ne", "ps",  "sat", "sd", "ur"};
    auto locale = icu::Locale::forLanguageTag(language, status);
    if (std::ranges::find(of_own_digits, base_language(language)) != of_own_digits.end())
        locale.setKeywordValue("numbers", "latn", status);
    return locale;
}

std::string_view base_language(std::string_view language) { return language.substr(0, language.find('-')); }

std::vector<std::string> listed_languages(const layouts::Widget& widget, const ScreenInput& input) {
    if (!input.language.empty()) return {input.language};
    if (!widget.languages.empty()) return widget.languages;
    if (input.hall.state && input.hall.state->profile().languages_size() > 0) {
        const auto& languages = input.hall.state->profile().languages();
        const int count = std::min(languages.size(), int(layouts::max_languages));
        return {languages.begin(), languages.begin() + count};
    }
    const auto shipped = content::shipped_languages();
    return {shipped.begin(), shipped.end()};
}

std::string office_language(const ScreenInput& input) {
    if (input.hall.state && input.hall.state->profile().languages_size() > 0) {
        return input.hall.state->profile().languages(0);
    }
    return std::string(content::shipped_languages().front());
}

bool screen_right_to_left(const ScreenInput& input) {
    return is_right_to_left(input.language.empty() ? office_language(input) : input.language);
}

// Two rounds of n turns. Turn i of round r is free where i + r is odd: so each language has one of its two for sure,
// and free and sure turns alternate. The free ones are given by the method of Webster, in proportion to the calls, but
// not beside a sure turn of the same language while others have calls.
std::vector<std::string> languages_of(const layouts::Widget& widget, const ScreenInput& input) {
    auto listed = listed_languages(widget, input);
    const std::size_t n = listed.size();
    if (n < 3 || !input.hall.state) return listed;
    const auto length = length_of_turn(widget.seconds);
    const auto begin = WallTime(length * turns_until(input.now, length)) + input.master_ahead;
    const auto calls = calls_by_language(*input.hall.state, listed, begin);

    const auto own = std::size_t(std::ranges::find(listed, office_language(input)) - listed.begin());
    std::vector<std::uint64_t> turns(n, 1);
    if (own < n) turns[own] = 2;
    // Who is to have the turn of `usual`: itself where nobody has more calls for each turn.
    const auto most_called = [&](std::size_t usual, bool apart) {
        std::size_t most = usual;
        for (std::size_t i = 0; i < n; ++i) {
            if (apart && (i == (usual + 1) % n || i == (usual + n - 1) % n)) continue;
            if (calls[i] * (2 * turns[most] + 1) > calls[most] * (2 * turns[i] + 1)) most = i;
        }
        return most;
    };
    std::vector<std::string> rounds;
    for (std::size_t turn = 0; turn < 2 * n; ++turn) {
        const std::size_t usual = turn % n;
        const bool is_free = usual != own && (usual + turn / n) % 2 == 1;
        std::size_t given = usual;
        if (is_free) {
            given = most_called(usual, true);
            if (calls[given] == 0) given = most_called(usual, false);
            ++turns[given];
        }
        rounds.push_back(listed[given]);
    }
    return rounds;
}

Turn turn_of(std::size_t count, double seconds, WallTime now) {
    if (count < 2) return {};
    const auto length = length_of_turn(seconds);
    const auto turns = turns_until(now, length);
    const auto places = std::int64_t(count);
    return {std::size_t(((turns % places) + places) % places), WallTime(length * (turns + 1))};
}

LanguageInTurn language_in_turn(const layouts::Widget& widget, const ScreenInput& input) {
    const auto languages = languages_of(widget, input);
    const auto turn = turn_of(languages.size(), widget.seconds, input.now);
    return {languages[turn.index], turn.until};
}

}  // namespace hallcast::screen
