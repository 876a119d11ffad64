// A player without a key of its master: shows its code, on the screen and in the log, until an administrator has typed
// it.
#pragma once

#include <optional>
#include <string>

#include "player/runtime/player.h"

namespace hallcast::runtime {

// Of `options` it takes the screen's and the master's address. `name` is what the player calls itself. Runs on the
// calling thread, which becomes SDL's; without a display the code is in the log alone. Nothing when the window was
// closed or a stop signal came first.
std::optional<wire::Credentials> run_pairing_screen(zmq::context_t& context, StopSignals& stop,
                                                    const PlayerOptions& options, const wire::KeyPair& keys,
                                                    const std::string& name);

}  // namespace hallcast::runtime
