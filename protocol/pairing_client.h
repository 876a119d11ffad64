// A new player that waits until an administrator types the code on its screen.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "protocol/client.h"
#include "protocol/pairing.h"

namespace hallcast::wire {

// What the player's screen has to say at one moment. Immutable.
struct PairingView {
    std::optional<PairingCode> code;         // none: no master yet, or in a pause
    bool pausing = false;                    // the last code was not typed right; a new one comes
    std::string refusal;                     // the master's words, in English; empty: none
    std::optional<Credentials> credentials;  // paired: with these it connects from now on
    std::string name;                        // and is called so
};

struct PairingOptions {
    MasterAddress master;
    KeyPair keys;                   // the player's own
    std::string name;               // what it calls itself
    std::function<void()> changed;  // view() is another one; from the client's thread
};

// Connects, shows itself, and takes part in the exchange (PairingGuest), for ever until it is paired. One thread of its
// own. Internally synchronized.
class PairingClient {
  public:
    virtual ~PairingClient() = default;
    virtual std::shared_ptr<const PairingView> view() const = 0;
};
std::unique_ptr<PairingClient> make_pairing_client(zmq::context_t& context, PairingOptions options);

}  // namespace hallcast::wire
