// The pairing socket, where nobody has been let in yet: a master's desk and a player hear each other and anybody else.
// A key is authorised only when an administrator typed the secret of that player's own screen, and a player believes
// only its master.
#include <sodium.h>

#include "protocol/pairing_desk.h"
#include "protocol/pairing_guest.h"
#include "protocol/successor.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace hallcast;
using namespace std::chrono_literals;

enum Kind : std::uint8_t {
    to_desk,
    to_guest,
    confirm,
    passing,
    reconnected,
    deliver_to_desk,
    deliver_to_guest,
    rotated
};

// Keys that are the same in each run; nothing is encrypted with them here.
std::string key_of(char who) { return std::string(40, who); }

constexpr const char* secret = "483920";

struct Meeting {
    wire::PairingDesk::Time now{1h};
    bool typed = false;  // the secret, with the number of our player
    wire::PairingDesk desk{key_of('m'), book()};
    wire::PairingGuest guest{key_of('p'), "hall-2", [] { return std::string(secret); }, {}, now};
    std::uint32_t number = 0;

    wire::PairingBook book() {
        return {
            .name_for = [](const std::string& wanted, const std::string& called,
                           const std::string&) -> Expected<std::string> { return wanted.empty() ? called : wanted; },
            .authorize = [this](const std::string&, const std::string& key) -> Expected<void> {
                fuzz::require(typed && key == key_of('p'));
                return {};
            }};
    }

    wire::PairingDesk::Player player(char who) {
        return {key_of(who), std::string("10.0.0.") + who, std::string("route ") + who};
    }

    void hear(const fuzz::Piece& piece) {
        const char who = char('a' + piece.kind / 8 % 8);  // never 'p'
        v1::PairingMessage message;
        const bool is_message = message.ParseFromArray(piece.bytes.data(), int(piece.bytes.size()));
        switch (Kind(piece.kind % 8)) {
            case to_desk:
                if (is_message) desk.receive(player(who), message, now);
                return;
            case to_guest:
                if (is_message) guest.receive(message, now);
                return;
            case confirm: {
                v1::ConfirmPairing request;
                if (!request.ParseFromArray(piece.bytes.data(), int(piece.bytes.size()))) return;
                if ((piece.kind & 8) != 0) request.set_number(number);
                typed = typed || request.secret() == secret;
                return desk.confirm("admin", request, "ticket", now);
            }
            case passing:
                now += 100ms * (piece.kind / 8);
                desk.tick(now);
                return guest.tick(now);
            case reconnected:
                return guest.connected(now);
            case deliver_to_desk:
                if (const auto said = guest.take_message(now)) desk.receive(player('p'), *said, now);
                return;
            case rotated:
                return is_message ? look_for_successor(message, who) : void();
            default:
                for (const auto& out : desk.take_messages()) {
                    fuzz::require(out.message.ByteSizeLong() < 1024);
                    if (out.message.has_wait() && out.route == "route p") number = out.message.wait().number();
                    if (out.route == "route p") guest.receive(out.message, now);
                }
        }
    }

    // Nobody here has the secret key of the old master: what claims to come from it opens nothing.
    static void look_for_successor(const v1::PairingMessage& message, char who) {
        static const wire::KeyPair old = wire::make_key_pair(), now = wire::make_key_pair();
        static const wire::KeyPair player = wire::make_key_pair();
        fuzz::require(!wire::open_successor(message.successor(), old.public_key, player));
        const auto made = wire::make_successor(message.successor_request(), key_of(who), {now, {old}});
        fuzz::require(!made || message.successor_request().master_key().size() == 32);
    }

    void check() {
        for (const auto& outcome : desk.take_outcomes())
            fuzz::require(outcome.result ? typed : !outcome.result.error().message.empty());
        fuzz::require(desk.waiting() <= wire::PairingRules().max_waiting);
        if (guest.paired()) fuzz::require(typed && guest.paired()->master_key == key_of('m'));
        v1::PairingList list;
        fuzz::require(list.ParseFromString(desk.list(now, 0).SerializeAsString()));
    }
};

}  // namespace

HALLCAST_FUZZ_PIECES

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool ready = ::sodium_init() >= 0;
    fuzz::require(ready);
    fuzz::be_quiet();
    Meeting meeting;
    for (const fuzz::Piece& piece : fuzz::pieces_of(data, size)) {
        meeting.hear(piece);
        meeting.check();
    }
    return 0;
}
