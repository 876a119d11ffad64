// hallcast say: one announcement as a WAV file.
#include <cstdio>

#include "player/cli/commands.h"
#include "player/sound/announcer.h"
#include "player/sound/wav_file.h"

namespace hallcast::cli {

void add_say(CLI::App& app) {
    struct Options {
        std::vector<std::string> languages{"pl"};
        std::string ticket;
        std::uint32_t counter = 1;
        std::string out;
    };
    auto options = std::make_shared<Options>();
    CLI::App& say = *app.add_subcommand("say", "write one spoken call to a WAV file");
    say.add_option("--language", options->languages, "language to speak; several, in order, with commas")
        ->delimiter(',')
        ->check(CLI::IsMember(sound::spoken_languages()))
        ->capture_default_str();
    say.add_option("--ticket", options->ticket, "ticket number, for example A012")->required();
    say.add_option("--counter", options->counter, "counter number")->required()->check(CLI::Range(1u, 999u));
    say.add_option("-o,--out", options->out, "the WAV file to write")->required();
    say.footer("Example: hallcast say --language uk,pl --ticket A012 --counter 3 -o call.wav");
    say.callback([options] {
        sound::Announcement call;
        call.ticket = options->ticket;
        call.counter = options->counter;
        call.languages = options->languages;
        const auto voice = need(sound::make_espeak_voice());
        const sound::Pcm pcm = need(sound::render(*voice, call));
        need(sound::write_wav(options->out, pcm));
        for (const std::string& language : options->languages)
            std::printf("%s: %s\n", language.c_str(),
                        sound::sentence(language, options->ticket, options->counter).c_str());
        std::printf("%s: %.2f s\n", options->out.c_str(), double(pcm.samples.size()) / sound::sample_rate);
    });
}

}  // namespace hallcast::cli
