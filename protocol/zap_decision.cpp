#include "protocol/zap_decision.h"

#include <fmt/format.h>

namespace hallcast::wire {
namespace {

enum ZapFrame { version, request_id, domain, address, routing_id, mechanism, key, frame_count };

}  // namespace

ZapDecision decide_zap(std::span<const std::string_view> frames, const KeyHolder& with_key) {
    ZapDecision decision;
    decision.reason = "Only CURVE clients of hallcast are let in";
    if (frames.size() > request_id) decision.request_id = frames[request_id];
    if (frames.size() > address) decision.address = frames[address];
    if (frames.size() != frame_count || frames[version] != "1.0" || frames[mechanism] != "CURVE" ||
        frames[key].size() != raw_key_bytes)
        return decision;
    std::string public_key = text_key(frames[key]);
    if (frames[domain] == pairing_zap_domain) {
        decision.let_in = true;
        decision.user = "pairing " + public_key;
        decision.reason = "OK";
        return decision;
    }
    if (frames[domain] != zap_domain) return decision;
    const AuthorizedKey* client = with_key(public_key);
    if (client == nullptr) {
        decision.reason = "This key is not authorised";
        decision.denied_key = std::move(public_key);
        return decision;
    }
    decision.let_in = true;
    decision.user = fmt::format("{} {} {}", role_name(client->role), client->name, public_key);
    decision.reason = "OK";
    return decision;
}

}  // namespace hallcast::wire
