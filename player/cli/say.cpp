// hallcast say: one announcement as a WAV file.
#include <chrono>
#include <cstdio>

#include "player/cli/commands.h"
#include "player/sound/announcer.h"
#include "player/sound/voices.h"
#include "player/sound/wav_file.h"

namespace hallcast::cli {

void add_say(CLI::App& app) {
    struct Options {
        std::vector<std::string> languages{"pl"};
        std::string ticket;
        std::uint32_t counter = 1;
        std::string voices;
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
    say.add_option("--voices", options->voices, "folder of recorded voices and other synthesisers")
        ->check(CLI::ExistingDirectory);
    say.add_option("-o,--out", options->out, "the WAV file to write")->required();
    say.footer(
        "Example: hallcast say --language uk,pl --ticket A012 --counter 3 -o call.wav\n"
        "         hallcast say --voices /var/lib/hallcast/voices --language uk --ticket A012 --counter 3 -o call.wav");
    say.callback([options] {
        sound::Announcement call;
        call.ticket = options->ticket;
        call.counter = options->counter;
        call.languages = options->languages;
        const auto voice = need(sound::open_voices(options->voices));
        const auto began = std::chrono::steady_clock::now();
        const sound::Pcm pcm = need(sound::render(*voice, call));
        const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began);
        need(sound::write_wav(options->out, pcm));
        for (const std::string& language : options->languages)
            std::printf("%s: %s\n", language.c_str(),
                        sound::sentence(language, options->ticket, options->counter).c_str());
        std::printf("%s: %.2f s, made in %.0f ms\n", options->out.c_str(),
                    double(pcm.samples.size()) / sound::sample_rate, took.count());
    });
}

}  // namespace hallcast::cli
