#include "player/screen/languages.h"

#include <unicode/uloc.h>

#include <cmath>

#include "content/texts.h"

namespace hallcast::screen {

bool is_right_to_left(std::string_view language) {
    // Called for every text of every scene, and ICU has to parse its tag: most need no question.
    for (const std::string_view common : {"pl", "en", "uk", "ru", "ka", "hi", "vi", "zh"}) {
        if (language == common) return false;
    }
    if (language == "ar") return true;
    return uloc_isRightToLeft(std::string(language).c_str());
}

std::string_view base_language(std::string_view language) { return language.substr(0, language.find('-')); }

std::vector<std::string> languages_of(const layouts::Widget& widget, const ScreenInput& input) {
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

Turn turn_of(std::size_t count, double seconds, WallTime now) {
    using namespace std::chrono;
    if (count < 2) return {};
    const auto length = duration_cast<WallTime::duration>(duration<double>(std::max(seconds, 0.1)));
    const auto since = now.time_since_epoch();
    auto turns = since / length;
    if (since < WallTime::duration::zero() && since % length != WallTime::duration::zero()) --turns;
    const auto places = decltype(turns)(count);
    return {std::size_t(((turns % places) + places) % places), WallTime(length * (turns + 1))};
}

}  // namespace hallcast::screen
