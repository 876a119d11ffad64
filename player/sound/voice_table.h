// How a language says a call: the files of content/voices, each read when its language is first spoken.
#pragma once

#include <unicode/rbnf.h>

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "player/sound/announcer.h"
#include "protocol/base/error.h"
#include "protocol/base/resource.h"

namespace hallcast::sound {

// The embedded files of content/voices.
std::span<const hallcast::Resource> voice_files();

// The keys are explained in content/voices/README.md.
struct VoiceTable {
    struct Reading {
        icu::UnicodeString rule_set;  // as ICU names it: "%spellout-numbering"
        bool by_digits = false;       // each digit alone, leading zeros too; else the number, without them
    };
    std::string language;  // "pl", also the locale of ICU's numbers
    std::string voice;     // espeak-ng's name of it
    int rate = 150;        // words a minute
    std::array<std::string, phrases.size()> patterns;
    Reading ticket, counter;
    std::string joint = " ";
    std::map<char32_t, std::string> letters;  // by capital: A to Z, and those of the language's own
    using Replacement = std::pair<std::string, std::string>;
    std::vector<Replacement> replace;
    std::vector<Replacement> words;                             // the longest first
    std::unique_ptr<const icu::RuleBasedNumberFormat> numbers;  // has the rule sets of both readings
};

// The error says "FILE:LINE:COLUMN: what is wrong; what to do". Reads ICU's rules, hence slow: see sentence().
Expected<VoiceTable> parse_voice_table(std::string_view file_name, std::string_view yaml);

// English for a language that is not shipped; of "pt-BR" only "pt" counts. Read at the first call, kept for ever; any
// thread. A shipped file that cannot be read is a broken invariant.
const VoiceTable& voice_table(std::string_view language);

// As the voice is given it: by `reading`'s rules, with the table's replacements. In sentence.cpp.
std::string number_in_words(std::uint32_t number, const VoiceTable& table, const VoiceTable::Reading& reading);

}  // namespace hallcast::sound
