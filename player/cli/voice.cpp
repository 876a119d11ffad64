// hallcast voice: for those who write the tables of content/voices, and those who lend their voice.
#include <cstdio>
#include <filesystem>

#include "player/cli/commands.h"
#include "player/cli/faults.h"
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

std::vector<sound::RecordingFault> faults_of(const VoiceOptions& options) {
    if (std::filesystem::is_directory(options.folder)) {
        if (options.language.empty()) throw Failure({"say with --language what was recorded"});
        return sound::check_recordings(options.folder, options.language, options.letters);
    }
    auto faults = sound::check_pack(options.folder);
    if (!faults) throw Failure({options.folder + ": " + faults.error().message});
    return *std::move(faults);
}

void pack(const VoiceOptions& options) {
    const auto pieces =
        need(sound::pack_recordings(options.folder, options.language, options.letters, options.out, options.partial));
    std::printf("%s: %zu pieces\n", options.out.c_str(), pieces);
}

}  // namespace

void report_faults(const std::string& where, const std::vector<sound::RecordingFault>& faults) {
    for (const auto& fault : faults)
        std::printf("%s: %s; %s\n", fault.file.c_str(), fault.reason.c_str(), fault.advice.c_str());
    if (!faults.empty()) throw Failure({fmt::format("{}: {} faults", where, faults.size())});
    std::printf("%s: all pieces are there and right\n", where.c_str());
}

void add_voice(CLI::App& app) {
    CLI::App& voice = *app.add_subcommand("voice", "what the languages say, and voices recorded for it");
    voice.require_subcommand(1);
    voice.footer(
        "Example: hallcast voice list --language uk > to-record.txt\n"
        "         hallcast voice check recorded --language uk\n"
        "         hallcast voice pack recorded --language uk -o uk.voice\n"
        "         hallcast content add uk.voice      # to the master: all its players speak with it");

    CLI::App& samples = *voice.add_subcommand("samples", "print samples of every language, for a native reader");
    samples.footer("Example: hallcast voice samples > content/voices/SAMPLES.md");
    samples.callback([] { std::fputs(sound::voice_samples().c_str(), stdout); });

    auto options = std::make_shared<VoiceOptions>();
    const auto add_common = [&](CLI::App& command, bool required = true) {
        command.add_option("--language", options->language, "the language that is recorded")
            ->required(required)
            ->check(CLI::IsMember(sound::spoken_languages()));
        command.add_option("--letters", options->letters, "the letters that tickets have")->capture_default_str();
    };

    CLI::App& list = *voice.add_subcommand("list", "print what to record: file, words, and a sentence to say them in");
    add_common(list);
    list.footer("Example: hallcast voice list --language uk --letters ABCD > to-record.txt");
    list.callback(
        [options] { std::fputs(sound::recording_list(options->language, options->letters).c_str(), stdout); });

    CLI::App& check_command =
        *voice.add_subcommand("check", "say which recordings are missing, clipped, too quiet, noisy or cut");
    check_command
        .add_option("PATH", options->folder,
                    "folder of the recordings, named as `hallcast voice list` does; or a file of `hallcast voice pack`")
        ->required()
        ->check(CLI::ExistingPath);
    add_common(check_command, false);
    check_command.footer(
        "Example: hallcast voice check recorded --language uk\n"
        "         hallcast voice check uk.voice\n"
        "Exit status 0: nothing is wrong; 1: the faults are "
        "printed.");
    check_command.callback([options] { report_faults(options->folder, faults_of(*options)); });

    CLI::App& pack_command =
        *voice.add_subcommand("pack", "make a voice of recordings, one file: trimmed, equally loud, ready for players");
    pack_command.add_option("DIR", options->folder, "folder of the recordings, named as `hallcast voice list` does")
        ->required()
        ->check(CLI::ExistingDirectory);
    add_common(pack_command);
    pack_command.add_option("-o,--out", options->out, "the file to make; NAME.voice")->required();
    pack_command.add_flag("--partial", options->partial, "although pieces are missing; espeak-ng says what needs them");
    pack_command.footer(
        "Example: hallcast voice pack recorded --language uk -o voices/uk.voice\n"
        "         hallcast say --voices voices --language uk --ticket A012 --counter 3 -o call.wav\n"
        "         hallcast content add voices/uk.voice");
    pack_command.callback([options] { pack(*options); });
}

}  // namespace hallcast::cli
