// hallcast voice: for those who write the tables of content/voices, and those who lend their voice.
#include <cstdio>

#include "player/cli/commands.h"
#include "player/sound/announcer.h"
#include "player/sound/recordings.h"
#include "player/sound/voice_samples.h"

namespace hallcast::cli {
namespace {

struct VoiceOptions {
    std::string language;
    std::string letters{sound::latin_letters};
    std::string folder;
    std::string out;
    bool partial = false;
};

void check(const VoiceOptions& options) {
    const auto faults = sound::check_recordings(options.folder, options.language, options.letters);
    for (const auto& fault : faults)
        std::printf("%s: %s; %s\n", fault.file.c_str(), fault.reason.c_str(), fault.advice.c_str());
    if (!faults.empty()) throw Failure({fmt::format("{}: {} faults", options.folder, faults.size())});
    std::printf("%s: all pieces of '%s' are there and right\n", options.folder.c_str(), options.language.c_str());
}

void pack(const VoiceOptions& options) {
    const auto pieces =
        need(sound::pack_recordings(options.folder, options.language, options.letters, options.out, options.partial));
    std::printf("%s: %zu pieces\n", options.out.c_str(), pieces);
}

}  // namespace

void add_voice(CLI::App& app) {
    CLI::App& voice = *app.add_subcommand("voice", "what the languages say, and voices recorded for it");
    voice.require_subcommand(1);
    voice.footer(
        "Example: hallcast voice list --language uk > to-record.txt\n"
        "         hallcast voice check recorded --language uk\n"
        "         hallcast voice pack recorded --language uk -o /var/lib/hallcast/voices/uk");

    CLI::App& samples = *voice.add_subcommand("samples", "print samples of every language, for a native reader");
    samples.footer("Example: hallcast voice samples > content/voices/SAMPLES.md");
    samples.callback([] { std::fputs(sound::voice_samples().c_str(), stdout); });

    auto options = std::make_shared<VoiceOptions>();
    const auto add_common = [&](CLI::App& command) {
        command.add_option("--language", options->language, "the language that is recorded")
            ->required()
            ->check(CLI::IsMember(sound::spoken_languages()));
        command.add_option("--letters", options->letters, "the letters that tickets have")->capture_default_str();
    };
    const auto add_folder = [&](CLI::App& command) {
        command.add_option("DIR", options->folder, "folder of the recordings, named as `hallcast voice list` does")
            ->required()
            ->check(CLI::ExistingDirectory);
    };

    CLI::App& list = *voice.add_subcommand("list", "print what to record: file, words, and a sentence to say them in");
    add_common(list);
    list.footer("Example: hallcast voice list --language uk --letters ABCD > to-record.txt");
    list.callback(
        [options] { std::fputs(sound::recording_list(options->language, options->letters).c_str(), stdout); });

    CLI::App& check_command =
        *voice.add_subcommand("check", "say which recordings are missing, clipped, too quiet, noisy or cut");
    add_folder(check_command);
    add_common(check_command);
    check_command.footer(
        "Example: hallcast voice check recorded --language uk\nExit status 0: nothing is wrong; 1: the faults are "
        "printed.");
    check_command.callback([options] { check(*options); });

    CLI::App& pack_command =
        *voice.add_subcommand("pack", "make a voice of recordings: trimmed, equally loud, ready for players");
    add_folder(pack_command);
    add_common(pack_command);
    pack_command.add_option("-o,--out", options->out, "the folder to make; players look in DIR/voices/NAME")
        ->required();
    pack_command.add_flag("--partial", options->partial, "although pieces are missing; espeak-ng says what needs them");
    pack_command.footer(
        "Example: hallcast voice pack recorded --language uk -o /var/lib/hallcast/voices/uk\n"
        "         hallcast say --voices /var/lib/hallcast/voices --language uk --ticket A012 --counter 3 -o call.wav");
    pack_command.callback([options] { pack(*options); });
}

}  // namespace hallcast::cli
