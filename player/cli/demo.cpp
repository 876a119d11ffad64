// hallcast demo: a whole office in one process, to look at, to try, and to measure.
#include <spdlog/spdlog.h>

#include <cstdio>
#include <random>
#include <thread>
#include <zmq.hpp>

#include "content/office_file.h"
#include "player/cli/demo_content.h"
#include "player/cli/options.h"
#include "player/cli/running_master.h"
#include "player/master/simulated_office.h"
#include "player/runtime/player.h"
#include "protocol/base/stream_address.h"

namespace hallcast::cli {
namespace {

constexpr int prepared_visitors = 200;

// Empty: it can be played.
std::string check_clip(const std::string& clip) {
    if (!is_stream(clip)) return CLI::ExistingFile(clip);
    const auto scheme = scheme_of_stream(clip);
    return scheme ? std::string() : fmt::format("{}: {}", name_of_source(clip), scheme.error().message);
}

struct DemoOptions {
    ScreenOptions screen;
    std::string directory = (data_directory() / "demo").string();
    std::uint32_t seconds = 0;
    std::vector<std::filesystem::path> clips;
    std::uint32_t stream_seconds = 0;
    bool no_simulate = false;
    std::uint16_t port = wire::default_port;
    std::uint16_t http = 8080;
};

void run(const DemoOptions& options) {
    runtime::StopSignals stop;
    runtime::PlayerOptions player = options.screen.player(options.directory);
    player.clips = options.clips;
    player.stream_time = std::chrono::seconds(options.stream_seconds);
    if (options.seconds > 0) player.run_for = std::chrono::seconds(options.seconds);

    zmq::context_t context;
    const RunningMaster running = start_running_master(
        context, {.directory = options.directory, .port = options.port, .first_office = content::sample_office()},
        {.port = options.http, .token = "demo", .hand_out_token = true});
    std::unique_ptr<master::SimulatedOffice> office;
    if (options.no_simulate)
        master::prepare_hall(*running.master, prepared_visitors);
    else
        office = master::simulate_office(*running.master, {.seed = std::random_device{}()});

    player.master = running.address();
    player.credentials = running.screen;
    player.library = &running.master->library();
    std::jthread content_maker;
    player.on_screen = [&] {
        std::printf(
            "hallcast demo: call the next ticket at http://127.0.0.1:%u/counter, add a film at "
            "http://127.0.0.1:%u/content\n",
            running.web->port(), running.web->port());
        std::fflush(stdout);
        if (!options.clips.empty()) return;
        content_maker = std::jthread([&](const std::stop_token& ended) {
            auto made = make_demo_content(running.master->library(),
                                          std::filesystem::path(options.directory) / "demo-content", ended);
            if (!made && !ended.stop_requested()) spdlog::warn("demo content: {}", made.error().message);
        });
    };
    need(runtime::run_player(context, stop, std::move(player)));
}

}  // namespace

void add_demo(CLI::App& app) {
    auto options = std::make_shared<DemoOptions>();
    CLI::App& demo =
        *app.add_subcommand("demo", "master, screen and a sample office with simulated visitors, in one process");
    demo.add_option("--dir", options->directory, "folder for everything the demo keeps")->capture_default_str();
    add_screen_options(demo, options->screen);
    demo.add_option("--seconds", options->seconds, "end after so long; 0: when stopped")->capture_default_str();
    demo.add_option("--clip", options->clips,
                    "play this file around and around instead of the library; several, each with its own --clip, play "
                    "in that order. Or a live stream, by its address: http(s)://.../live.m3u8 (HLS), http(s):// or "
                    "udp:// (MPEG-TS), rtp://, rtsp://; one that is lost is connected to again")
        ->allow_extra_args(false)
        ->check(CLI::Validator(check_clip, "FILE|ADDRESS"));
    demo.add_option("--stream-seconds", options->stream_seconds,
                    "how long each stream plays before the next --clip follows; 0: until it ends")
        ->capture_default_str();
    demo.add_flag("--no-simulate", options->no_simulate,
                  "no simulated visitors and clerks: all counters open, 200 visitors waiting");
    demo.add_option("--port", options->port, "first port of the ZeroMQ sockets; three are used")->capture_default_str();
    demo.add_option("--http", options->http, "port of the web pages and the API")->capture_default_str();
    demo.footer(
        "Example: hallcast demo --size 1280x720 --seconds 60\n         hallcast demo --clip morning.mp4 --clip "
        "news.webm\n         hallcast demo --clip https://tv.example/live.m3u8 --stream-seconds 60 --clip "
        "morning.mp4\nThe API's token is 'demo'; everything listens on "
        "127.0.0.1 only.");
    demo.callback([options] { run(*options); });
}

}  // namespace hallcast::cli
