// A master as `demo` and `play --master` run it: with its web server, and with keys for those who need them.
#pragma once

#include <memory>

#include "player/cli/commands.h"
#include "player/master/master.h"
#include "player/web/server.h"

namespace hallcast::cli {

struct RunningMaster {
    std::unique_ptr<master::Master> master;
    std::unique_ptr<web::WebServer> web;  // after the master: stops before it
    wire::Credentials screen;             // for the player in this process

    wire::MasterAddress address() const { return {"127.0.0.1", master->port()}; }
};

// Writes DIR/keys/admin.yaml and player.yaml, to be carried to other machines, and this user's own key for the master,
// so that `hallcast ctl` just works here. An empty web token: one is made and kept in DIR/keys/http-token.
RunningMaster start_running_master(zmq::context_t& context, master::MasterOptions options, web::WebOptions web);

}  // namespace hallcast::cli
