#include "player/text/language.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace hallcast::text {
namespace {

// The languages whose usual script is not Latin. ICU's likely subtags know more, but cost a resource bundle at
// start-up.
constexpr auto usual_scripts = std::to_array<std::pair<std::string_view, UScriptCode>>({
    {"ar", USCRIPT_ARABIC},     {"fa", USCRIPT_ARABIC},     {"ur", USCRIPT_ARABIC},     {"ps", USCRIPT_ARABIC},
    {"ckb", USCRIPT_ARABIC},    {"sd", USCRIPT_ARABIC},     {"ug", USCRIPT_ARABIC},     {"prs", USCRIPT_ARABIC},
    {"he", USCRIPT_HEBREW},     {"iw", USCRIPT_HEBREW},     {"yi", USCRIPT_HEBREW},     {"dv", USCRIPT_THAANA},
    {"syr", USCRIPT_SYRIAC},    {"nqo", USCRIPT_NKO},       {"hi", USCRIPT_DEVANAGARI}, {"mr", USCRIPT_DEVANAGARI},
    {"ne", USCRIPT_DEVANAGARI}, {"sa", USCRIPT_DEVANAGARI}, {"bn", USCRIPT_BENGALI},    {"as", USCRIPT_BENGALI},
    {"pa", USCRIPT_GURMUKHI},   {"gu", USCRIPT_GUJARATI},   {"or", USCRIPT_ORIYA},      {"ta", USCRIPT_TAMIL},
    {"te", USCRIPT_TELUGU},     {"kn", USCRIPT_KANNADA},    {"ml", USCRIPT_MALAYALAM},  {"si", USCRIPT_SINHALA},
    {"th", USCRIPT_THAI},       {"lo", USCRIPT_LAO},        {"km", USCRIPT_KHMER},      {"my", USCRIPT_MYANMAR},
    {"bo", USCRIPT_TIBETAN},    {"dz", USCRIPT_TIBETAN},    {"ka", USCRIPT_GEORGIAN},   {"hy", USCRIPT_ARMENIAN},
    {"am", USCRIPT_ETHIOPIC},   {"ti", USCRIPT_ETHIOPIC},   {"ru", USCRIPT_CYRILLIC},   {"uk", USCRIPT_CYRILLIC},
    {"be", USCRIPT_CYRILLIC},   {"bg", USCRIPT_CYRILLIC},   {"mk", USCRIPT_CYRILLIC},   {"sr", USCRIPT_CYRILLIC},
    {"kk", USCRIPT_CYRILLIC},   {"ky", USCRIPT_CYRILLIC},   {"tg", USCRIPT_CYRILLIC},   {"mn", USCRIPT_CYRILLIC},
    {"ba", USCRIPT_CYRILLIC},   {"tt", USCRIPT_CYRILLIC},   {"ce", USCRIPT_CYRILLIC},   {"el", USCRIPT_GREEK},
    {"zh", USCRIPT_HAN},        {"yue", USCRIPT_HAN},       {"ja", USCRIPT_HIRAGANA},   {"ko", USCRIPT_HANGUL},
});

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
    return result;
}

bool has_subtag(std::string_view lowered, std::string_view subtag) {
    for (std::size_t at = lowered.find(subtag); at != std::string_view::npos; at = lowered.find(subtag, at + 1)) {
        const std::size_t end = at + subtag.size();
        if (at > 0 && lowered[at - 1] == '-' && (end == lowered.size() || lowered[end] == '-')) return true;
    }
    return false;
}

HanForm han_form(std::string_view primary, std::string_view lowered) {
    if (primary == "ja") return HanForm::japanese;
    if (primary == "ko") return HanForm::korean;
    if (primary == "yue") return has_subtag(lowered, "hans") ? HanForm::simplified : HanForm::hong_kong;
    if (primary != "zh") return HanForm::unspecified;
    if (has_subtag(lowered, "hans")) return HanForm::simplified;
    if (has_subtag(lowered, "hk") || has_subtag(lowered, "mo")) return HanForm::hong_kong;
    return has_subtag(lowered, "hant") || has_subtag(lowered, "tw") ? HanForm::traditional : HanForm::simplified;
}

// "Aran" is ISO 15924's code of Nastaliq; "ur-Arab" asks for plain Arabic letters.
bool is_nastaliq(std::string_view primary, std::string_view lowered) {
    constexpr auto languages = std::to_array<std::string_view>({"ur", "ks", "pnb", "skr"});
    if (has_subtag(lowered, "aran")) return true;
    return std::ranges::find(languages, primary) != languages.end() && !has_subtag(lowered, "arab");
}

UScriptCode script_of(std::string_view primary, std::string_view lowered) {
    // A script subtag is the four letters right after the language.
    const std::size_t after = primary.size() + 1;
    if (after < lowered.size()) {
        const std::string_view second = lowered.substr(after, lowered.find('-', after) - after);
        if (second.size() == 4 && std::isalpha(static_cast<unsigned char>(second[0])) != 0) {
            if (second == "aran") return USCRIPT_ARABIC;
            const int code = u_getPropertyValueEnum(UCHAR_SCRIPT, std::string(second).c_str());
            if (code > USCRIPT_INHERITED) return static_cast<UScriptCode>(code);
            if (second == "hans" || second == "hant") return USCRIPT_HAN;
        }
    }
    const auto* usual = std::ranges::find(usual_scripts, primary, &std::pair<std::string_view, UScriptCode>::first);
    return usual == usual_scripts.end() ? USCRIPT_LATIN : usual->second;
}

bool keeps_one_letter_words(std::string_view primary) {
    constexpr std::array<std::string_view, 7> slavic{"be", "bg", "cs", "pl", "ru", "sk", "uk"};
    return std::ranges::find(slavic, primary) != slavic.end();
}

}  // namespace

Language parse_language(std::string_view tag) {
    // No real tag is longer; a longer one is nonsense that must not cost anything.
    const std::string lowered = lower(tag.substr(0, 64));
    const std::string_view primary = std::string_view(lowered).substr(0, lowered.find('-'));
    Language language;
    language.tag = tag.substr(0, 64);
    language.script = script_of(primary, lowered);
    language.forms = {han_form(primary, lowered), language.script == USCRIPT_ARABIC && is_nastaliq(primary, lowered)};
    language.right_to_left = uscript_isRightToLeft(language.script) != 0;
    language.keeps_one_letter_words = keeps_one_letter_words(primary);
    return language;
}

}  // namespace hallcast::text
