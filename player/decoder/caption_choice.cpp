#include "player/decoder/caption_choice.h"

#include <unicode/uloc.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hallcast::decoder {
namespace {

// ISO 639-2 has a second, English name for these, which files use and ICU does not know.
constexpr auto bibliographic = std::to_array<std::pair<std::string_view, const char*>>({
    {"alb", "sq"}, {"arm", "hy"}, {"baq", "eu"}, {"bur", "my"}, {"chi", "zh"}, {"cze", "cs"}, {"dut", "nl"},
    {"fre", "fr"}, {"geo", "ka"}, {"ger", "de"}, {"gre", "el"}, {"ice", "is"}, {"mac", "mk"}, {"mao", "mi"},
    {"may", "ms"}, {"per", "fa"}, {"rum", "ro"}, {"slo", "sk"}, {"tib", "bo"}, {"wel", "cy"},
});

struct Tongue {
    std::string language;  // two letters where there are
    std::string script;    // four letters; empty: the usual one
};

Tongue tongue_of(std::string_view tag) {
    const std::string whole(tag.substr(0, 32));  // no tag of a language is longer
    std::array<char, ULOC_LANG_CAPACITY> language{};
    std::array<char, ULOC_SCRIPT_CAPACITY> script{};
    UErrorCode status = U_ZERO_ERROR;
    uloc_getLanguage(whole.c_str(), language.data(), ULOC_LANG_CAPACITY, &status);
    uloc_getScript(whole.c_str(), script.data(), ULOC_SCRIPT_CAPACITY, &status);
    if (U_FAILURE(status) != 0) return {};
    Tongue tongue{language.data(), script.data()};
    const auto* known =
        std::ranges::find(bibliographic, tongue.language, &std::pair<std::string_view, const char*>::first);
    if (known != bibliographic.end()) tongue.language = known->second;
    if (tongue.language == "und" || tongue.language == "mis" || tongue.language == "zxx") tongue.language.clear();
    return tongue;
}

}  // namespace

bool same_language(std::string_view one, std::string_view other) {
    const Tongue a = tongue_of(one);
    const Tongue b = tongue_of(other);
    if (a.language.empty() || a.language != b.language) return false;
    return a.script.empty() || b.script.empty() || a.script == b.script;
}

std::optional<std::size_t> choose_caption_track(std::span<const std::string> tracks, std::span<const std::string> hall,
                                                std::string_view spoken) {
    for (const bool heard : {false, true}) {
        for (const std::string& language : hall) {
            if (same_language(language, spoken) != heard) continue;
            const auto found =
                std::ranges::find_if(tracks, [&](const std::string& track) { return same_language(track, language); });
            if (found != tracks.end()) return std::size_t(found - tracks.begin());
        }
    }
    return std::nullopt;
}

}  // namespace hallcast::decoder
