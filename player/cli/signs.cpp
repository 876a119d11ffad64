// hallcast signs: for those who record the calls in a sign language.
#include <cstdio>

#include "player/cli/commands.h"
#include "player/cli/faults.h"
#include "player/media/decoder_host.h"
#include "player/signs/sign_pack.h"

namespace hallcast::cli {

void add_signs(CLI::App& app) {
    struct Options {
        std::string letters{sound::latin_letters};
        std::string folder;
    };
    auto options = std::make_shared<Options>();
    CLI::App& signing = *app.add_subcommand("signs", "calls in a sign language: clips that are recorded for it");
    signing.require_subcommand(1);
    signing.footer(
        "Example: hallcast signs list --letters ABCD > to-record.txt\n"
        "         hallcast signs check pso --letters ABCD\n"
        "         cp -r pso /var/lib/hallcast/signs/      # of each player; a folder is named as ISO 639-3 names the "
        "language");
    const auto add_letters = [&](CLI::App& command) {
        command.add_option("--letters", options->letters, "the letters that tickets have")->capture_default_str();
    };

    CLI::App& list = *signing.add_subcommand("list", "print what to record: file, and what is signed");
    add_letters(list);
    list.footer("Example: hallcast signs list --letters ABCD > to-record.txt");
    list.callback([options] { std::fputs(signs::sign_list(options->letters).c_str(), stdout); });

    CLI::App& check =
        *signing.add_subcommand("check", "say which clips are missing, broken, too long or of another size");
    check.add_option("DIR", options->folder, "folder of the clips, named as `hallcast signs list` does")
        ->required()
        ->check(CLI::ExistingDirectory);
    add_letters(check);
    check.footer(
        "Example: hallcast signs check pso --letters ABCD\nExit status 0: nothing is wrong; 1: the faults are "
        "printed.");
    check.callback([options] {
        media::DecoderHost decoders({});
        report_faults(options->folder, signs::check_signs(options->folder, options->letters, decoders.opener()));
    });
}

}  // namespace hallcast::cli
