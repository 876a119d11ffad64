// The HTTP server of a master: API and the staff's pages.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "player/master/master.h"

namespace hallcast::web {

struct WebOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;    // 0: a free one, see WebServer::port()
    std::string token;            // the bearer token of the API; never empty
    bool hand_out_token = false;  // the pages are given the token; only for a demo on loopback
};

// Serves until destroyed, on its own threads.
class WebServer {
  public:
    virtual ~WebServer() = default;
    virtual std::uint16_t port() const = 0;
};

// Fails when the port is taken, saying what to do. `master` must outlive the server.
Expected<std::unique_ptr<WebServer>> start_web_server(master::Master& master, WebOptions options);

}  // namespace hallcast::web
