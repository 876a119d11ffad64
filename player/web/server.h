// The HTTP server of a master: API and the staff's pages.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "player/master/master.h"

namespace hallcast::web {

struct WebOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: a free one, see WebServer::port()
    std::string token;          // the bearer token of the API; never empty
    // The pages are given the token; only for a demo: on loopback, and to a browser that asked for a loopback name.
    bool hand_out_token = false;
    // With a client that is silent in the middle of something, or idle between two requests.
    std::chrono::milliseconds patience = std::chrono::seconds(20);
};

// Serves until destroyed, on its own threads. Destroying it waits until the core has answered what it was given; then
// connections are dropped, and uploads that are not in the library yet are given up and removed.
class WebServer {
  public:
    virtual ~WebServer() = default;
    virtual std::uint16_t port() const = 0;
};

// Fails when the port is taken, or when the token would be handed out beyond loopback, saying what to do. `master` must
// outlive the server.
Expected<std::unique_ptr<WebServer>> start_web_server(master::Master& master, WebOptions options);

}  // namespace hallcast::web
