// How a language says a call: the files of content/voices, read once.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/error.h"
#include "protocol/base/resource.h"

namespace hallcast::sound {

// The embedded files of content/voices.
std::span<const hallcast::Resource> voice_files();

// The keys are explained in content/voices/README.md.
struct VoiceTable {
    std::string language;  // "pl", also the locale of ICU's numbers
    std::string voice;     // espeak-ng's name of it
    int rate = 150;        // words a minute
    std::string sentence;
    std::string joint = " ";
    std::array<std::string, 26> letters;
    using Replacement = std::pair<std::string, std::string>;
    std::vector<Replacement> replace;
    std::vector<Replacement> words;  // the longest first
};

Expected<VoiceTable> parse_voice_table(std::string_view file_name, std::string_view yaml);

// Sorted by language. A shipped file that cannot be read is a broken invariant.
std::span<const VoiceTable> voice_tables();
// English for a language that is not shipped; of "pt-BR" only "pt" counts.
const VoiceTable& voice_table(std::string_view language);

}  // namespace hallcast::sound
