#include "player/sound/voice_samples.h"

#include <fmt/format.h>

#include <iterator>

#include "player/sound/announcer.h"
#include "player/sound/voice_table.h"

namespace hallcast::sound {

namespace {

// One a row: those that languages form in their own ways, and some of each size.
constexpr std::array<unsigned, 30> sample_numbers{1,  7,  10, 11, 12, 14, 15, 16,  19,  20,  21,  22,  35,  40,  53,
                                                  64, 70, 75, 80, 91, 99, 0,  100, 101, 111, 200, 305, 476, 680, 999};

std::string how_read(const VoiceTable::Reading& reading) {
    std::string rules;
    reading.rule_set.tempSubString(1).toUTF8String(rules);
    return fmt::format("{} by `{}`", reading.by_digits ? "digit by digit" : "as a number", rules);
}

}  // namespace

std::string voice_samples() {
    std::string page =
        "# What is said, for a native reader\n\n"
        "Made by `hallcast voice samples > content/voices/SAMPLES.md` from the tables beside it, as the voice is given "
        "it: letters and\nsome words are spelled so that the voice says them right. What you would say differently, "
        "correct in the table.\n";
    for (const std::string& language : spoken_languages()) {
        const VoiceTable& table = voice_table(language);
        fmt::format_to(std::back_inserter(page),
                       "\n## {}\n\nVoice `{}`, {} words a minute. Tickets {}, counters {}.\n\n"
                       "| ticket | counter | spoken |\n| --- | --- | --- |\n",
                       language, table.voice, table.rate, how_read(table.ticket), how_read(table.counter));
        const auto row = [&](const std::string& ticket, unsigned counter, Phrase phrase, const char* what) {
            fmt::format_to(std::back_inserter(page), "| {}{} | {} | {} |\n", ticket, what, counter,
                           sentence(language, ticket, counter, phrase));
        };
        row("A012", 3, Phrase::call, "");
        row("A012", 3, Phrase::recall, ", again");
        for (unsigned i = 0; i < sample_numbers.size(); ++i) {
            const std::string letter = i < 26 ? std::string(1, char('A' + i)) : "";  // the last ones have none
            row(fmt::format("{}{:03}", letter, sample_numbers[i]), i + 1, Phrase::brief, ", brief");
        }
    }
    return page;
}

}  // namespace hallcast::sound
