// What a player hears: any stream messages and replies, right, late, twice or senseless, among connects, disconnects
// and time passing. Its state never goes back, it does not ask without end, and what waits in it is bounded.
#include "hallcast/v1/wire.pb.h"
#include "protocol/player_end.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace hallcast;
using namespace std::chrono_literals;

enum Kind : std::uint8_t { stream, reply, reply_to_question, connected, disconnected, passing, receipt };

struct Player {
    wire::Moment now{std::chrono::steady_clock::time_point(1h), std::chrono::system_clock::time_point(490'000h)};
    wire::PlayerEnd end{{}, now};
    std::uint64_t question = 0;  // the last one
    std::shared_ptr<const v1::HallState> shown;

    void hear(const fuzz::Piece& piece) {
        const auto passed = 20ms * (piece.kind / 8);
        now.steady += passed;
        now.wall += passed;
        switch (Kind(piece.kind % 8)) {
            case connected:
                return end.connected(now);
            case disconnected:
                return end.disconnected();
            case passing:
                return end.tick(now);
            case receipt: {
                v1::Receipt made;
                if (made.ParseFromArray(piece.bytes.data(), int(piece.bytes.size()))) end.add_receipt(std::move(made));
                return;
            }
            case reply_to_question: {
                v1::SyncReply message;
                if (!message.ParseFromArray(piece.bytes.data(), int(piece.bytes.size()))) return;
                message.set_request_id(question);
                return end.reply(message.SerializeAsString(), now);
            }
            case reply:
                return end.reply(piece.bytes, now);
            default:
                return end.stream(piece.bytes, now);
        }
    }

    void check() {
        constexpr int most_at_once = 8;  // a question, a report, receipts; more would be a loop
        for (int asked = 0; const auto request = end.take_request(now); ++asked) {
            fuzz::require(asked < most_at_once && request->size() <= 1u << 20);
            v1::SyncRequest sent;
            fuzz::require(sent.ParseFromString(*request) && sent.version() == 1);
            fuzz::require(sent.receipts().receipts_size() <= wire::PlayerEnd::receipts_at_once);
            question = sent.request_id();
        }
        fuzz::require(!end.wants_request(now));  // it would spin
        const auto followed = end.take_changed();
        if (!followed || !followed->state) return;
        if (shown) {
            fuzz::require(followed->state->hall() == shown->hall());
            fuzz::require(followed->state->epoch() >= shown->epoch());
        }
        shown = followed->state;
    }
};

}  // namespace

HALLCAST_FUZZ_PIECES

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::be_quiet();
    Player player;
    for (const fuzz::Piece& piece : fuzz::pieces_of(data, size)) {
        player.hear(piece);
        player.check();
    }
    return 0;
}
