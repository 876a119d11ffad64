// hallcast play: a hall's screen, or the master with or without one.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <zmq.hpp>

#include "content/office_file.h"
#include "player/cli/options.h"
#include "player/cli/running_master.h"
#include "player/runtime/pairing_screen.h"
#include "player/runtime/player.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

struct PlayOptions {
    ScreenOptions screen;
    bool master = false;
    std::string connect;
    std::string directory;
    std::string hall;
    bool windowed = false;
    bool no_screen = false;
    std::string listen = "127.0.0.1";
    std::uint16_t port = wire::default_port;
    std::uint16_t http = 8080;
};

runtime::PlayerOptions player_options(const PlayOptions& options) {
    runtime::PlayerOptions player = options.screen.player(options.directory);
    player.windowed = options.windowed;
    player.hall = options.hall;
    return player;
}

void play_as_master(const PlayOptions& options) {
    runtime::StopSignals stop;
    zmq::context_t context;
    const RunningMaster running = start_running_master(context,
                                                       {.directory = options.directory,
                                                        .address = options.listen,
                                                        .port = options.port,
                                                        .first_office = content::sample_office()},
                                                       {.address = options.listen, .port = options.http});
    spdlog::info("master on {}:{}; pages on http://{}:{}/ (token in {}/keys/http-token)", options.listen,
                 running.master->port(), options.listen, running.web->port(), options.directory);
    if (options.no_screen) return stop.wait(std::nullopt);
    runtime::PlayerOptions player = player_options(options);
    player.master = running.address();
    player.credentials = running.screen;
    player.library = &running.master->library();
    need(runtime::run_player(context, stop, std::move(player)));
}

std::string host_name() {
    std::array<char, 65> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// A player's keys, and the file that they are kept in.
struct KeptCredentials {
    std::filesystem::path file;
    wire::Credentials credentials;
};

// Its own folder's, else this user's for that master. Without any the player shows a code until it is paired; nothing
// when it was stopped before.
std::optional<KeptCredentials> player_credentials(const PlayOptions& options, const runtime::PlayerOptions& player,
                                                  zmq::context_t& context, runtime::StopSignals& stop) {
    const std::filesystem::path keys = std::filesystem::path(options.directory) / "keys";
    const std::filesystem::path own = keys / "master.yaml";
    for (const auto& file : {own, credentials_file(player.master)})
        if (std::filesystem::exists(file)) return KeptCredentials{file, need(wire::load_credentials(file))};
    const auto paired = runtime::run_pairing_screen(
        context, stop, player, need(wire::load_or_make_key_pair(keys / "player.key")), host_name());
    if (!paired) return std::nullopt;
    need(wire::save_credentials(own, *paired));
    return KeptCredentials{own, *paired};
}

void play_connected(const PlayOptions& options) {
    runtime::StopSignals stop;
    zmq::context_t context;
    const auto library = need(content::open_library(std::filesystem::path(options.directory) / "content"));
    runtime::PlayerOptions player = player_options(options);
    player.master = parse_master(options.connect);
    const auto kept = player_credentials(options, player, context, stop);
    if (!kept) return;
    player.credentials = kept->credentials;
    player.learnt = [file = kept->file](const wire::Credentials& credentials) {
        if (auto saved = wire::save_credentials(file, credentials); !saved)
            spdlog::error("the master's new key is not kept, so that it must be found again: {}",
                          saved.error().message);
    };
    player.library = library.get();
    player.fetch_content = true;
    need(runtime::run_player(context, stop, std::move(player)));
}

}  // namespace

void add_play(CLI::App& app) {
    auto options = std::make_shared<PlayOptions>();
    CLI::App& play = *app.add_subcommand("play", "run a hall's screen, or the master");
    auto* master =
        play.add_flag("--master", options->master, "be the master: queue core, publisher, web pages, and a screen");
    auto* connect =
        play.add_option("--connect", options->connect, "HOST or HOST:PORT of the master to follow")->excludes(master);
    play.add_option("--dir", options->directory, "folder for keys, content and, in a master, the queue")->required();
    play.add_option("--hall", options->hall, "id of the hall; the first if not given");
    add_screen_options(play, options->screen);
    play.add_flag("--windowed", options->windowed, "a window with a frame instead of the whole screen");
    play.add_flag("--no-screen", options->no_screen, "a master without a screen")->needs(master);
    play.add_option("--listen", options->listen,
                    "address the master's sockets and pages listen on; 0.0.0.0 for other machines")
        ->capture_default_str();
    play.add_option("--port", options->port, "the master's first port; it uses four")->capture_default_str();
    play.add_option("--http", options->http, "port of the master's pages")->capture_default_str();
    play.footer(
        "Example: hallcast play --master --dir /var/lib/hallcast\n"
        "         hallcast play --connect 10.0.0.5 --dir /var/lib/hallcast --hall main\n"
        "A new player shows a code; on the master it is let in with: hallcast pair CODE --name hall-2. It keeps its "
        "keys\n"
        "in DIR/keys, and connects by itself from then on.");
    play.callback([options, connect] {
        if (options->master == (connect->count() > 0)) throw CLI::RequiredError("--master or --connect HOST[:P]");
        if (options->master)
            play_as_master(*options);
        else
            play_connected(*options);
    });
}

}  // namespace hallcast::cli
