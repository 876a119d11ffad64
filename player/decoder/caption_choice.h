// Which of a film's caption tracks a hall shows. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hallcast::decoder {

// "pol", "pl" and "pl-PL" are one language, as are the two names that libraries have for some ("ger", "deu"). A script
// counts where both name one: "zh-Hans" is not "zh-Hant", but both are "zh". What is not known ("", "und") is none.
bool same_language(std::string_view one, std::string_view other);

// One track, as there is room for one line of languages. The first of the hall's languages that the film does not speak
// and has a track for; else the one that it speaks, for those who do not hear it; else none: captions that nobody in
// the hall is known to read are not shown. `spoken` is that of the film's sound, if it says so.
std::optional<std::size_t> choose_caption_track(std::span<const std::string> tracks, std::span<const std::string> hall,
                                                std::string_view spoken);

}  // namespace hallcast::decoder
