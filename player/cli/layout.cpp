// hallcast layout: check a layout, and see what a screen with it would show.
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <sstream>

#include "player/cli/options.h"
#include "player/picture/image_file.h"
#include "player/picture/painter.h"
#include "player/preview/samples.h"
#include "player/screen/screen.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

struct RenderOptions {
    std::string layout;
    std::string state;
    std::string size = "1920x1080";
    std::string language;
    std::string at;
    std::string out;
};

layouts::Layout load(const std::string& name) { return need(layouts::load_layout(name, data_directory() / "layouts")); }

v1::HallState read_state(const std::string& file) {
    v1::HallState state;
    const std::string json = need(read_file(file, 4u << 20));
    if (const auto status = google::protobuf::util::JsonStringToMessage(json, &state); !status.ok())
        throw Failure({file + ": is no hall state in JSON (as `hallcast ctl --json state` prints it): " +
                       std::string(status.message())});
    return state;
}

// "2026-11-23T09:30:00Z"; UTC, so that a picture is the same wherever it is made.
screen::WallTime parse_time(const std::string& text) {
    std::tm fields{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &fields);
    if (!end || *end)
        throw CLI::ValidationError("--at", "must be a time in UTC such as 2026-11-23T09:30:00Z, is '" + text + "'");
    return std::chrono::system_clock::from_time_t(::timegm(&fields));
}

// `state` is a file, "sample:NAME", or empty.
screen::ScreenInput input_of(const std::string& state) {
    constexpr std::string_view sample = "sample:";
    if (state.starts_with(sample)) {
        const auto spoken = preview::usual_languages();
        return preview::input_of(need(preview::sample(state.substr(sample.size()), spoken)), spoken);
    }
    screen::ScreenInput input;
    if (!state.empty()) input.hall.state = std::make_shared<v1::HallState>(read_state(state));
    return input;
}

void render(const RenderOptions& options) {
    const picture::ScreenSize size = parse_size(options.size);
    screen::ScreenInput input = input_of(options.state);
    input.language = options.language;
    if (!options.at.empty())
        input.now = parse_time(options.at);
    else if (input.now == screen::WallTime{})
        input.now = input.hall.state ? screen::time_of(*input.hall.state) : std::chrono::system_clock::now();
    const auto fonts = need(text::open_system_fonts());
    const auto typesetter = text::make_typesetter(*fonts);
    const auto screen = need(screen::make_screen(load(options.layout), size, *typesetter));
    const auto painter = picture::make_memory_painter(*fonts);
    painter->paint(screen->scene(input));
    need(picture::write_png(options.out, size, painter->pixels()));
    std::printf("%s: %dx%d\n", options.out.c_str(), size.width, size.height);
}

}  // namespace

void add_layout(CLI::App& app) {
    CLI::App& layout = *app.add_subcommand("layout", "check a layout, or make a picture of it");
    layout.require_subcommand(1);
    layout.footer(
        "Example: hallcast layout render --layout hall --state hall.json --size 1920x1080 --language uk -o hall.png");

    add_layout_check(layout);

    auto options = std::make_shared<RenderOptions>();
    CLI::App& render_command = *layout.add_subcommand("render", "make the picture that a screen would show");
    render_command.add_option("--layout", options->layout, "name of a layout, or a .yaml file")->required();
    render_command.add_option("--state", options->state,
                              "hall state as JSON (hallcast ctl --json state), or sample:NAME, such as sample:busy");
    render_command.add_option("--size", options->size, "WIDTHxHEIGHT in pixels")->capture_default_str();
    render_command.add_option("--language", options->language, "one language for all that rotates");
    render_command.add_option("--at", options->at, "time in UTC; that of the state's newest call if not given");
    render_command.add_option("-o,--out", options->out, "the PNG file to write")->required();
    render_command.footer(
        "Example: hallcast layout render --layout hall --state hall.json --size 1920x1080 --language uk -o hall.png");
    render_command.callback([options] { render(*options); });
}

}  // namespace hallcast::cli
