// hallcast layout: check a layout, and see what a screen with it would show.
#include "player/cli/commands.h"

namespace hallcast::cli {

void add_layout(CLI::App& app) {
    CLI::App& layout = *app.add_subcommand("layout", "check a layout, or make a picture of it");
    layout.require_subcommand(1);
    layout.footer(
        "Example: hallcast layout render --layout hall --state hall.json --size 1920x1080 --language uk -o hall.png");

    add_layout_check(layout);
    add_layout_render(layout);
    add_layout_words(layout);
}

}  // namespace hallcast::cli
