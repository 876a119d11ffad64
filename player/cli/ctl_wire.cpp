#include "player/cli/ctl_wire.h"

#include <cstdio>
#include <mutex>
#include <zmq.hpp>

#include "player/cli/answers.h"
#include "player/runtime/stop_signals.h"
#include "protocol/hall_state.h"

namespace hallcast::cli {
namespace {

void print(const v1::PlayerStatus& player, std::int64_t now_ms) {
    const v1::PresenceReport& report = player.report();
    std::printf("%-20s %-5s %-11s hall %-8s event %-6llu content %-4llu %ux%u %s", player.player().c_str(),
                player.live() ? "live" : "GONE", player.in_step() ? "in step" : "OUT OF STEP", report.hall().c_str(),
                static_cast<unsigned long long>(report.applied_seq()),
                static_cast<unsigned long long>(report.content_version()), report.statistics().width(),
                report.statistics().height(), report.statistics().painter().c_str());
    if (report.statistics().has_temperature_c()) std::printf(" %.0f C", report.statistics().temperature_c());
    if (!report.zone().empty()) std::printf(", zone %s", report.zone().c_str());
    if (!report.can_speak()) std::printf(", cannot speak");
    if (!player.live())
        std::printf(", last heard %lld s ago", static_cast<long long>((now_ms - player.heard_ms()) / 1000));
    if (report.clock().known())
        std::printf(", clock +-%.1f ms (%+.0f ppm)", report.clock().error_us() / 1000.0, report.clock().drift_ppm());
    if (report.link().hash_mismatches() != 0)
        std::printf(", %llu wrong states", static_cast<unsigned long long>(report.link().hash_mismatches()));
    std::printf("\n");
    if (const std::string& error = report.statistics().layout_error(); !error.empty())
        std::printf("    layout %s: its file is wrong and not shown: %s\n", report.statistics().layout().c_str(),
                    error.c_str());
}

void print_players(const ConnectOptions& connect, bool json) {
    v1::SyncRequest request;
    request.mutable_players();
    const v1::PlayerList list = granted(ask(connect, std::move(request)), "the master refused: ").players();
    if (json) return print_json(list);
    if (list.players().empty()) std::printf("no player has reported yet\n");
    using namespace std::chrono;
    const auto now_ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    for (const v1::PlayerStatus& player : list.players()) print(player, now_ms);
}

void print_metrics(const ConnectOptions& connect, bool json) {
    v1::SyncRequest request;
    request.mutable_metrics();
    const v1::WireMetrics metrics = granted(ask(connect, std::move(request)), "the master refused: ").metrics();
    if (json) return print_json(metrics);
    const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    std::printf("%-10s %10s %10s %10s %10s %12s %10s %10s %10s\n", "socket", "accepted", "handshakes", "denied",
                "failed", "disconnected", "received", "sent", "malformed");
    for (const v1::WireMetrics::Socket& socket : metrics.sockets())
        std::printf("%-10s %10llu %10llu %10llu %10llu %12llu %10llu %10llu %10llu\n", socket.name().c_str(),
                    number(socket.accepted()), number(socket.handshakes()), number(socket.denied()),
                    number(socket.failed()), number(socket.disconnected()), number(socket.received()),
                    number(socket.sent()), number(socket.malformed()));
    std::printf(
        "%llu events; %llu snapshots serialised, %llu sent; %llu commands, %llu repeated; %u players live, %u out "
        "of step; %llu sessions of revoked keys ended; %llu open files allowed\n",
        number(metrics.events_published()), number(metrics.snapshots_serialised()), number(metrics.snapshots_sent()),
        number(metrics.commands_handed_on()), number(metrics.commands_repeated()), metrics.players(),
        metrics.players_out_of_step(), number(metrics.sessions_ended()), number(metrics.open_files_limit()));
}

std::string hex(const std::string& bytes) {
    std::string text;
    for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

struct WatchOptions {
    std::string hall;
    std::optional<int> seconds;
};

// One line for each change, for programs that want to know whether a hall reaches this machine as it should.
void watch(const ConnectOptions& connect, const WatchOptions& options) {
    runtime::StopSignals stop;
    zmq::context_t context;
    wire::Follower* follower = nullptr;
    std::mutex mutex;
    const auto tell = [&] {
        const std::scoped_lock lock(mutex);
        if (follower == nullptr) return;
        const auto followed = follower->followed();
        const v1::HallState* state = followed->state.get();
        const v1::LinkStatistics link = follower->statistics();
        using namespace std::chrono;
        std::printf(
            "{\"at_ms\":%lld,\"hall\":\"%s\",\"epoch\":%llu,\"seq\":%llu,\"hash\":\"%s\",\"stale\":%s,\"content\":%llu,"
            "\"gaps\":%llu,\"snapshots\":%llu,\"hash_mismatches\":%llu,\"trouble\":%s}\n",
            static_cast<long long>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()),
            state ? state->hall().c_str() : "", static_cast<unsigned long long>(state ? state->epoch() : 0),
            static_cast<unsigned long long>(state ? state->seq() : 0),
            state ? hex(wire::state_hash(*state)).c_str() : "", followed->stale_since ? "true" : "false",
            static_cast<unsigned long long>(followed->content_version), static_cast<unsigned long long>(link.gaps()),
            static_cast<unsigned long long>(link.snapshots()), static_cast<unsigned long long>(link.hash_mismatches()),
            followed->trouble.empty() ? "false" : "true");
        std::fflush(stdout);
    };
    const auto made = wire::make_follower(context, {.master = connect.master(),
                                                    .credentials = connect.load(),
                                                    .hall = options.hall,
                                                    .changed = tell,
                                                    .program = "hallcast ctl watch"});
    {
        const std::scoped_lock lock(mutex);
        follower = made.get();
    }
    tell();
    stop.wait(options.seconds ? std::optional(std::chrono::seconds(*options.seconds)) : std::nullopt);
    const std::scoped_lock lock(mutex);
    follower = nullptr;
}

}  // namespace

void add_ctl_wire(CLI::App& ctl, std::shared_ptr<const ConnectOptions> connect, std::shared_ptr<const bool> json) {
    CLI::App& players = *ctl.add_subcommand("players", "the players that follow this master, and how they are");
    players.fallthrough();
    players.footer("Example: hallcast ctl players");
    players.callback([connect, json] { print_players(*connect, *json); });

    CLI::App& wire = *ctl.add_subcommand("wire", "what the master's sockets went through since its start");
    wire.fallthrough();
    wire.footer("Example: hallcast ctl --json wire");
    wire.callback([connect, json] { print_metrics(*connect, *json); });

    auto options = std::make_shared<WatchOptions>();
    CLI::App& following =
        *ctl.add_subcommand("watch", "follow a hall like a player, and print a line of JSON for each change");
    following.fallthrough();
    following.add_option("--hall", options->hall, "id of the hall; the first if not given");
    following.add_option("--seconds", options->seconds, "end after so long; otherwise with Ctrl-C");
    following.footer("Example: hallcast ctl watch --hall main --seconds 60");
    following.callback([connect, options] { watch(*connect, *options); });
}

}  // namespace hallcast::cli
