// Questions to a master's sync socket and commands to it, from anybody with a key, among events and listeners: each is
// answered, no answer is over the limit of a message, and nothing goes on the stream that a player could not read.
#include "protocol/cmd_id.h"
#include "protocol/curve_socket.h"
#include "protocol/hall_state.h"
#include "protocol/master_end.h"
#include "protocol/version.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace hallcast;
using namespace std::chrono_literals;
using wire::Role;

enum Kind : std::uint8_t { question, command, event, listener, passing, replied };

constexpr Role roles[] = {Role::player, Role::clerk, Role::kiosk, Role::content, Role::admin};

struct Master {
    wire::Moment now{std::chrono::steady_clock::time_point(1h), std::chrono::system_clock::time_point(490'000h)};
    std::shared_ptr<v1::HallState> state = std::make_shared<v1::HallState>();
    std::vector<std::string> waiting;  // keys of admitted commands
    wire::MasterEnd end{handlers()};

    wire::ServerHandlers handlers() {
        state->set_hall("main");
        state->set_epoch(2);
        state->set_seq(1);
        wire::ServerHandlers handlers;
        handlers.snapshot = [this](const std::string& hall) -> std::shared_ptr<const v1::HallState> {
            if (!hall.empty() && hall != "main") return nullptr;
            return std::make_shared<const v1::HallState>(*state);
        };
        handlers.manifest = [] { return v1::ContentManifest(); };
        handlers.office = [] { return v1::Office(); };
        handlers.blob = [](const std::string& sha256) {
            fuzz::require(sha256.find('/') == std::string::npos);
            return std::filesystem::path("/proc/self/exe");
        };
        handlers.receipts = [](const std::string&, const v1::ReceiptReport& report) {
            return report.receipts().empty() ? 0 : report.receipts(report.receipts_size() - 1).number();
        };
        handlers.calls = [](const v1::CallsRequest&) { return v1::CallList(); };
        return handlers;
    }

    void hear(const fuzz::Piece& piece) {
        const wire::AuthorizedKey client{roles[piece.kind / 8 % 5], "client", std::string(40, 'k')};
        // Now and then its key was removed a moment ago.
        const wire::Peer peer{"address", piece.kind >= 240 ? nullptr : &client};
        switch (Kind(piece.kind % 8)) {
            case command:
                return answer(end.command(peer, piece.bytes, now), piece.bytes);
            case event: {
                v1::HallEvent heard;
                if (!heard.ParseFromArray(piece.bytes.data(), int(piece.bytes.size()))) return;
                heard.set_hall("main");
                heard.set_epoch(state->epoch());
                heard.set_seq(state->seq() + 1);
                wire::apply(*state, heard);
                return end.publish(heard);
            }
            case listener:
                return end.subscribed(piece.bytes, now);
            case passing:
                now.steady += 20ms * piece.kind;
                now.wall += 20ms * piece.kind;
                return;
            case replied:
                if (waiting.empty()) return;
                fuzz::require(!end.replied(waiting.back(), (piece.kind & 8) != 0, std::string(piece.bytes)).empty());
                return waiting.pop_back();
            default: {
                const auto bytes = end.sync(peer, piece.bytes, now);
                fuzz::require(bytes && bytes->size() <= wire::max_reply_bytes);
                v1::SyncReply reply;
                v1::SyncRequest request;
                fuzz::require(reply.ParseFromString(*bytes) && reply.version() == wire::protocol_version);
                if (request.ParseFromArray(piece.bytes.data(), int(piece.bytes.size())))
                    fuzz::require(reply.request_id() == request.request_id());
                fuzz::require(peer.client != nullptr || reply.has_error());
            }
        }
    }

    void answer(const wire::CommandStep& step, std::string_view bytes) {
        if (step.admitted) {
            fuzz::require(!step.reply && step.admitted->cmd_id().size() == wire::cmd_id_bytes);
            waiting.push_back(step.key);
        }
        if (!step.reply || (step.reply->empty() && bytes.empty())) return;
        fuzz::require(step.reply->size() <= wire::max_reply_bytes);
    }

    void check() {
        for (const wire::StreamOut& out : end.take_stream(now)) {
            v1::StreamMessage message;
            fuzz::require(message.ParseFromString(out.bytes) && out.topic == "hall/main/");
            fuzz::require(message.has_event() || message.has_heartbeat());
        }
        fuzz::require(end.next() > now.steady);
    }
};

}  // namespace

HALLCAST_FUZZ_PIECES

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::be_quiet();
    Master master;
    for (const fuzz::Piece& piece : fuzz::pieces_of(data, size)) {
        master.hear(piece);
        master.check();
    }
    return 0;
}
