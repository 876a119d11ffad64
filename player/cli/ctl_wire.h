// The subcommands of `hallcast ctl` that watch over players and their connections.
#pragma once

#include <memory>

#include "player/cli/options.h"

namespace hallcast::cli {

// players, wire and watch. The options are filled when a callback runs.
void add_ctl_wire(CLI::App& ctl, std::shared_ptr<const ConnectOptions> connect, std::shared_ptr<const bool> json);

}  // namespace hallcast::cli
