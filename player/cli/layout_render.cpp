// hallcast layout render: what a screen shows, as a picture, as one again at each save, or as a film.
#include <fmt/ranges.h>
#include <google/protobuf/util/json_util.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "content/child.h"
#include "content/house_profile.h"
#include "content/media_facts.h"
#include "layouts/layout_watch.h"
#include "player/cli/options.h"
#include "player/cli/preview.h"
#include "player/cli/progress.h"
#include "player/picture/image_file.h"
#include "player/preview/samples.h"
#include "player/runtime/stop_signals.h"
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
    std::string video;
    int seconds = 10;
    int fps = 60;
    bool watch = false;
};

constexpr std::string_view sample_prefix = "sample:";

std::shared_ptr<const v1::HallState> read_state(const std::string& file) {
    auto state = std::make_shared<v1::HallState>();
    const std::string json = need(read_file(file, 4u << 20));
    if (const auto status = google::protobuf::util::JsonStringToMessage(json, state.get()); !status.ok())
        throw Failure({file + ": is no hall state in JSON (as `hallcast ctl --json state` prints it): " +
                       std::string(status.message())});
    return state;
}

// The newest call of a ticket.
screen::ShownCall find_call(const v1::HallState& state, const std::string& ticket) {
    for (const v1::Call& call : state.calls())
        if (call.ticket() == ticket) return {call.call_id(), call.attempt()};
    throw CLI::ValidationError("--call", "there is no call of '" + ticket + "' in the state");
}

screen::ScreenInput input_of(const RenderOptions& options) {
    screen::ScreenInput input;
    if (options.state.starts_with(sample_prefix)) {
        const auto spoken = preview::usual_languages();
        input = preview::input_of(need(preview::sample(options.state.substr(sample_prefix.size()), spoken)), spoken);
    } else if (!options.state.empty()) {
        input.hall.state = read_state(options.state);
    }
    input.language = options.language;
    const auto shipped = preview::usual_languages();
    if (!input.language.empty() && std::ranges::find(shipped, input.language) == shipped.end())
        fmt::print(stderr, "hallcast: no texts are shipped in '{}', only in {}; what the layout has in it is shown\n",
                   input.language, fmt::join(shipped, ", "));
    if (options.counter != 0) input.counter = options.counter;  // a sample has one
    input.reduced_motion = options.reduced_motion;
    if (input.hall.state) {
        if (!options.call.empty()) input.shown_call = find_call(*input.hall.state, options.call);
        if (!options.before.empty())
            input.past = {
                {screen::time_of(*input.hall.state), {read_state(options.before), std::nullopt}, std::nullopt}};
    } else if (!options.call.empty() || !options.before.empty()) {
        throw CLI::ValidationError("--call, --before", "need --state");
    }
    return input;
}

// "2026-11-23T09:30:00Z" or "2026-11-23T09:30:00.250Z"; UTC, so that a picture is the same wherever it is made.
screen::WallTime parse_time(const std::string& text) {
    std::tm fields{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &fields);
    int thousandths = 0;
    if (end && *end == '.') {
        const auto [rest, error] = std::from_chars(end + 1, text.data() + text.size(), thousandths);
        end = error == std::errc() && thousandths >= 0 && rest == end + 4 ? rest : nullptr;
    }
    if (!end || std::string_view(end) != "Z")
        throw CLI::ValidationError(
            "--at",
            "must be a time in UTC such as 2026-11-23T09:30:00Z or 2026-11-23T09:30:00.250Z, is '" + text + "'");
    return std::chrono::system_clock::from_time_t(::timegm(&fields)) + std::chrono::milliseconds(thousandths);
}

// The layout with its state, ready to be drawn, and the moment that was asked for.
screen::WallTime load(const RenderOptions& options, layouts::LayoutWatch& watch, Preview& preview) {
    const auto layout = need(watch.load());
    screen::ScreenInput input = input_of(options);
    screen::WallTime at = input.now;
    if (!options.at.empty())
        at = parse_time(options.at);
    else if (at == screen::WallTime{})
        at = input.hall.state ? screen::time_of(*input.hall.state) : std::chrono::system_clock::now();
    need(preview.show(layout, std::move(input)));
    return at;
}

void draw_picture(const RenderOptions& options, layouts::LayoutWatch& watch, Preview& preview) {
    const picture::ScreenSize size = parse_size(options.size);
    const screen::WallTime at = load(options, watch, preview);
    need(picture::write_png(options.out, size, preview.picture(at, std::chrono::nanoseconds(0))));
    std::printf("%s: %dx%d\n", options.out.c_str(), size.width, size.height);
    std::fflush(stdout);
}

// Until it is another one; false when told to end.
bool wait_for_change(layouts::LayoutWatch& watch, runtime::StopSignals& stop) {
    for (;;) {
        if (stop.requested()) return false;
        const auto now = std::chrono::steady_clock::now();
        if (watch.changed(now)) return true;
        pollfd watched[] = {{stop.descriptor(), POLLIN, 0}, {watch.descriptor(), POLLIN, 0}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(watch.next() - now).count();
        ::poll(watched, 2, int(std::max<long long>(left, 0)));
    }
}

// What is wrong with it at one save is to be put right at the next.
void draw_at_each_save(const RenderOptions& options, layouts::LayoutWatch& watch, Preview& preview) {
    runtime::StopSignals stop;
    do {
        try {
            draw_picture(options, watch, preview);
        } catch (const Failure& failure) {
            std::fprintf(stderr, "hallcast: %s\n", failure.what());
        }
    } while (wait_for_change(watch, stop));
}

void encode(const RenderOptions& options, Preview& preview, screen::WallTime begin, const std::string& file) {
    const picture::ScreenSize size = parse_size(options.size);
    runtime::StopSignals stop;
    std::stop_source stopping;
    int drawn = 0;
    const int all = options.seconds * options.fps;
    const auto next_picture = [&]() -> std::optional<std::string> {
        if (stop.requested()) stopping.request_stop();
        if (drawn == all || stopping.stop_requested()) return std::nullopt;
        show_progress(options.video, "drawing", double(drawn) / all);
        const auto since_begin = std::chrono::nanoseconds(std::chrono::seconds(drawn++)) / options.fps;
        const auto now = begin + std::chrono::duration_cast<screen::WallTime::duration>(since_begin);
        const auto& pixels = preview.picture(now, since_begin);
        return std::string(reinterpret_cast<const char*>(pixels.data()), pixels.size());
    };
    std::vector<std::string> arguments{"/usr/bin/ffmpeg"};
    for (std::string& argument : content::drawn_film_arguments({size.width, size.height}, options.fps, file))
        arguments.push_back(std::move(argument));
    const auto encoder = content::run_child(arguments, {.limit = std::chrono::hours(24), .next_input = next_picture},
                                            stopping.get_token());
    end_progress();
    if (!encoder) throw Failure({encoder.error().message + "; films are made by Debian's package ffmpeg"});
    if (encoder->end == content::ChildResult::End::stopped) throw Failure({options.video + ": stopped, not made"});
    if (encoder->end != content::ChildResult::End::exited || encoder->code != 0)
        throw Failure({options.video + ": could not be encoded: " + content::telling_line(encoder->errors)});
}

// Made aside and renamed, so that nobody takes a half for a whole.
void draw_film(const RenderOptions& options, layouts::LayoutWatch& watch, Preview& preview) {
    const picture::ScreenSize size = parse_size(options.size);
    if (size.width % 2 != 0 || size.height % 2 != 0)
        throw CLI::ValidationError("--size", "must be even in both directions for a film, is '" + options.size + "'");
    const screen::WallTime begin = load(options, watch, preview);
    const std::string beside = options.video + ".new";
    std::error_code error;
    try {
        encode(options, preview, begin, beside);
    } catch (...) {
        std::filesystem::remove(beside, error);
        throw;
    }
    std::filesystem::rename(beside, options.video, error);
    if (error) throw Failure({options.video + ": cannot be written: " + error.message()});
    std::printf("%s: %dx%d, %d s, %d pictures a second\n", options.video.c_str(), size.width, size.height,
                options.seconds, options.fps);
}

void render(const RenderOptions& options) {
    if (!options.at.empty()) parse_time(options.at);  // wrong use is told first
    layouts::LayoutWatch watch(options.layout, data_directory() / "layouts",
                               options.state.empty() || options.state.starts_with(sample_prefix)
                                   ? std::vector<std::filesystem::path>{}
                                   : std::vector<std::filesystem::path>{options.state});
    auto preview = need(Preview::open(parse_size(options.size)));
    if (options.watch)
        draw_at_each_save(options, watch, preview);
    else if (!options.video.empty())
        draw_film(options, watch, preview);
    else
        draw_picture(options, watch, preview);
}

}  // namespace

void add_layout_render(CLI::App& layout) {
    auto options = std::make_shared<RenderOptions>();
    CLI::App& command = *layout.add_subcommand("render", "make the picture that a screen would show, or a film of it");
    command.add_option("--layout", options->layout, "name of a layout, or a .yaml file")->required();
    command.add_option("--state", options->state,
                       "hall state as JSON (hallcast ctl --json state), or sample:NAME, such as sample:busy");
    command.add_option("--size", options->size, "WIDTHxHEIGHT in pixels")->capture_default_str();
    command.add_option("--language", options->language, "one language for all that rotates");
    command.add_option("--at", options->at, "time in UTC; that of the state's newest call if not given");
    command.add_option("--call", options->call, "the ticket whose call is big; else those of the state in their turn");
    command
        .add_option("--before", options->before,
                    "the hall state before the newest call, for a picture of the transition from it to --state")
        ->check(CLI::ExistingFile);
    add_view_options(command, options->counter, options->reduced_motion);
    CLI::Option* out = command.add_option("-o,--out", options->out, "the PNG file to write");
    CLI::Option* video = command
                             .add_option("--video", options->video,
                                         "write a film (H.264 in MP4) that begins at --at, instead of a picture")
                             ->excludes(out);
    command.add_option("--seconds", options->seconds, "how long the film is")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str()
        ->needs(video);
    command.add_option("--fps", options->fps, "the film's pictures a second")
        ->check(CLI::IsMember({30, 60}))
        ->capture_default_str()
        ->needs(video);
    command
        .add_flag("--watch", options->watch,
                  "write the picture again whenever the layout, an image of it or the state is saved, until Ctrl-C")
        ->excludes(video);
    command.footer(
        "Examples: hallcast layout render --layout hall --state hall.json --language uk -o hall.png\n"
        "          hallcast layout render --layout ./my-hall.yaml --state hall.json -o hall.png --watch\n"
        "          hallcast layout render --layout hall --state hall.json --at 2026-11-23T09:30:00Z --video hall.mp4 "
        "--seconds 20");
    command.callback([options, out, video] {
        if (out->count() + video->count() == 0) throw CLI::RequiredError("-o FILE or --video FILE");
        render(*options);
    });
}

}  // namespace hallcast::cli
