// What to answer to libzmq's question (ZAP, RFC 27) whether a client may connect: the decision, without its socket.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/keys.h"

namespace hallcast::wire {

// The domain that our sockets name. A request of any other is denied.
constexpr const char* zap_domain = "hallcast";
// And the pairing socket, which lets every CURVE client in as a guest.
constexpr const char* pairing_zap_domain = "hallcast-pairing";

struct ZapDecision {
    bool let_in = false;
    // Of who is let in: "role name key", or "pairing key" of a guest, which is nobody's on the other sockets (see
    // AuthorizedClients). It comes with each of their messages.
    std::string user;
    std::string reason;      // for the client's log: why not
    std::string request_id;  // back to libzmq as it came; empty where the request had none
    std::string address;     // of who asks, as libzmq knows it
    std::string denied_key;  // Z85, of a well-formed request whose key nobody has; otherwise empty
};

// Null when nobody has the key.
using KeyHolder = std::function<const AuthorizedKey*(const std::string& public_key)>;

// Pure. Denies by default: another mechanism, version or domain, too few or too many frames, a key of another size, a
// key that nobody has.
ZapDecision decide_zap(std::span<const std::string_view> frames, const KeyHolder& with_key);

}  // namespace hallcast::wire
