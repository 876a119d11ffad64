// What libzmq would hand on of a handshake: whatever the frames are, only the one authorised key is let in, and only in
// a request that is right in every frame.
#include "protocol/zap_decision.h"

#include <zmq.h>

#include "tests/fuzz/fuzz.h"

namespace {

using namespace hallcast;

constexpr std::string_view known_bytes = "the one key that is let in: 32 b";  // raw, as libzmq gives it
const wire::AuthorizedKey& known() {
    static const wire::AuthorizedKey key{
        wire::Role::kiosk, "kiosk-1", [] {
            char text[41];
            ::zmq_z85_encode(text, reinterpret_cast<const std::uint8_t*>(known_bytes.data()), known_bytes.size());
            return std::string(text);
        }()};
    return key;
}

}  // namespace

HALLCAST_FUZZ_PIECES

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_assert(known_bytes.size() == 32);
    fuzz::be_quiet();
    std::vector<std::string_view> frames;
    for (const fuzz::Piece& piece : fuzz::pieces_of(data, size)) frames.push_back(piece.bytes);
    const wire::ZapDecision decision =
        wire::decide_zap(frames, [](const std::string& key) { return key == known().public_key ? &known() : nullptr; });
    const bool well_formed =
        frames.size() == 7 && frames[0] == "1.0" && frames[5] == "CURVE" && frames[6].size() == known_bytes.size();
    const bool pairs = well_formed && frames[2] == wire::pairing_zap_domain;  // whoever has a key of its own
    const bool right = well_formed && frames[2] == wire::zap_domain && frames[6] == known_bytes;
    fuzz::require(decision.let_in == (right || pairs));
    fuzz::require(decision.user.starts_with("pairing ") == pairs);
    if (!pairs) fuzz::require(decision.user == (right ? "kiosk kiosk-1 " + known().public_key : ""));
    fuzz::require(frames.size() < 2 || decision.request_id == frames[1]);
    return 0;
}
