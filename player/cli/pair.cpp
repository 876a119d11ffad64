// hallcast pair: which new players wait, and letting one in by the code on its screen.
#include <cstdio>

#include "player/cli/answers.h"
#include "protocol/pairing.h"

namespace hallcast::cli {
namespace {

constexpr std::chrono::seconds pair_limit{15};  // the player has 5 s to answer

struct PairOptions {
    ConnectOptions connect;
    std::string code;
    std::string name;
};

void list(const PairOptions& options) {
    v1::SyncRequest request;
    request.mutable_pairings();
    const v1::SyncReply reply = granted(ask(options.connect, std::move(request)));
    const auto now_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    for (const auto& waiting : reply.pairings().waiting())
        std::printf("%2u  %-24s %-16s waits for %lld s\n", waiting.number(), waiting.name().c_str(),
                    waiting.address().c_str(),
                    static_cast<long long>(std::max<std::int64_t>(0, now_ms - waiting.since_ms()) / 1000));
    if (reply.pairings().waiting().empty())
        std::printf("no player waits; start one with: hallcast play --connect MASTER --dir FOLDER\n");
    else
        std::printf("let one in with the code on its screen: hallcast pair 17-483920 --name hall-2\n");
}

void confirm(const PairOptions& options) {
    const wire::PairingCode code = need(wire::parse_pairing_code(options.code));
    v1::SyncRequest request;
    auto& confirm = *request.mutable_confirm_pairing();
    confirm.set_number(code.number);
    confirm.set_secret(code.secret);
    confirm.set_name(options.name);
    const v1::SyncReply reply = granted(ask(options.connect, std::move(request), pair_limit));
    std::printf("%s is paired: its key is %s\n", reply.pairing().name().c_str(), reply.pairing().public_key().c_str());
}

}  // namespace

void add_pair(CLI::App& app) {
    auto options = std::make_shared<PairOptions>();
    CLI::App& pair = *app.add_subcommand("pair", "let a new player in by the code on its screen; without: who waits");
    pair.add_option("CODE", options->code, "as the player shows it, for example 17-483920");
    pair.add_option("--name", options->name,
                    "what it is called from now on, without blanks; what it calls itself if not given");
    add_connect_options(pair, options->connect);
    pair.footer(
        "Example: hallcast pair 17-483920 --name hall-2\nIt takes an administrator's key; on the master's own "
        "machine it is found by itself.");
    pair.callback([options] {
        if (options->code.empty())
            list(*options);
        else
            confirm(*options);
    });
}

}  // namespace hallcast::cli
