// hallcast layout: check a layout, and see what a screen with it would show.
#include <cstdio>

#include "player/cli/options.h"
#include "player/screen/screen.h"

namespace hallcast::cli {
namespace {

void check(const std::string& file) {
    const auto layout = need(layouts::load_layout(file, data_directory() / "layouts"));
    const auto fonts = need(text::open_system_fonts());
    const auto typesetter = text::make_typesetter(*fonts);
    need(screen::make_screen(layout, {int(layout.base().settings.width), int(layout.base().settings.height)}, *typesetter));
    std::printf("%s: right, %zu widgets\n", file.c_str(), layout.base().widgets.size());
}

}  // namespace

void add_layout(CLI::App& app) {
    CLI::App& layout = *app.add_subcommand("layout", "check a layout, or make a picture of it");
    layout.require_subcommand(1);
    layout.footer(
        "Example: hallcast layout render --layout hall --state hall.json --size 1920x1080 --language uk -o hall.png");

    auto file = std::make_shared<std::string>();
    CLI::App& check_command = *layout.add_subcommand("check", "say what is wrong with a layout, with its line");
    check_command.add_option("FILE", *file, "a .yaml file, or the name of a shipped layout")->required();
    check_command.footer("Example: hallcast layout check my-hall.yaml");
    check_command.callback([file] { check(*file); });

    add_layout_render(layout);
    add_layout_words(layout);
}

}  // namespace hallcast::cli
