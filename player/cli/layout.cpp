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
    std::string call;
    std::string before;
    std::uint32_t counter = 0;
    bool reduced_motion = false;
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

// "2026-11-23T09:30:00Z", or with a part of a second; UTC, so that a picture is the same wherever it is made.
screen::WallTime parse_time(const std::string& text) {
    std::tm fields{};
    const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &fields);
    std::chrono::milliseconds part{0};
    if (rest && *rest == '.') {
        ++rest;
        for (int digit = 100; *rest >= '0' && *rest <= '9'; ++rest, digit /= 10)
            part += std::chrono::milliseconds((*rest - '0') * digit);
    }
    if (!rest || std::string_view(rest) != "Z")
        throw CLI::ValidationError(
            "--at", "must be a time in UTC such as 2026-11-23T09:30:00Z or 09:30:00.250Z, is '" + text + "'");
    return std::chrono::system_clock::from_time_t(::timegm(&fields)) + part;
}

// The newest call of a ticket.
screen::ShownCall find_call(const v1::HallState& state, const std::string& ticket) {
    for (const v1::Call& call : state.calls())
        if (call.ticket() == ticket) return {call.call_id(), call.attempt()};
    throw CLI::ValidationError("--call", "there is no call of '" + ticket + "' in the state");
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
    if (!options.call.empty() && !input.hall.state)
        throw CLI::ValidationError("--call", "needs the --state that has it");
    if (!options.call.empty()) input.shown_call = find_call(*input.hall.state, options.call);
    if (!options.before.empty() && input.hall.state)
        input.past = {{screen::time_of(*input.hall.state),
                       {std::make_shared<v1::HallState>(read_state(options.before)), std::nullopt},
                       std::nullopt}};
    input.counter = options.counter;
    input.reduced_motion = options.reduced_motion;
    const auto fonts = need(text::open_system_fonts());
    const auto typesetter = text::make_typesetter(*fonts);
    const auto screen = need(screen::make_screen(load(options.layout), size, *typesetter));
    const auto painter = picture::make_memory_painter(*fonts);
    painter->paint(screen->scene(input));
    need(picture::write_png(options.out, size, painter->pixels()));
    std::printf("%s: %dx%d\n", options.out.c_str(), size.width, size.height);
}

void check(const std::string& file) {
    const layouts::Layout layout = load(file);
    const auto fonts = need(text::open_system_fonts());
    const auto typesetter = text::make_typesetter(*fonts);
    need(screen::make_screen(layout, {int(layout.base().settings.width), int(layout.base().settings.height)},
                             *typesetter));
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

    auto options = std::make_shared<RenderOptions>();
    CLI::App& render_command = *layout.add_subcommand("render", "make the picture that a screen would show");
    render_command.add_option("--layout", options->layout, "name of a layout, or a .yaml file")->required();
    render_command.add_option("--state", options->state,
                              "hall state as JSON (hallcast ctl --json state), or sample:NAME, such as sample:busy");
    render_command.add_option("--size", options->size, "WIDTHxHEIGHT in pixels")->capture_default_str();
    render_command.add_option("--language", options->language, "one language for all that rotates");
    render_command.add_option("--at", options->at, "time in UTC; that of the state's newest call if not given");
    render_command.add_option("--call", options->call, "the ticket whose call is big");
    render_command
        .add_option("--before", options->before,
                    "the hall state before the newest call, for a picture of the transition from it to --state")
        ->check(CLI::ExistingFile);
    add_view_options(render_command, options->counter, options->reduced_motion);
    render_command.add_option("-o,--out", options->out, "the PNG file to write")->required();
    render_command.footer(
        "Example: hallcast layout render --layout hall --state hall.json --size 1920x1080 --language uk -o hall.png");
    render_command.callback([options] { render(*options); });

    add_layout_words(layout);
}

}  // namespace hallcast::cli
