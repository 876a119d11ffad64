// A master's sockets: it answers sync requests and commands and publishes hall events, to authorised keys only.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "hallcast/v1/queue.pb.h"
#include "hallcast/v1/wire.pb.h"
#include "protocol/keys.h"

namespace zmq {
class context_t;
}

namespace hallcast::wire {

constexpr std::uint16_t default_port = 5550;  // P sync, P+1 events, P+2 commands

struct ServerOptions {
    std::string address = "127.0.0.1";  // to bind to; "*" for all interfaces
    std::uint16_t port = default_port;  // 0: three free ones; see Server::port()
    KeyPair keys;
    std::filesystem::path authorized;  // see load_authorized
};

// What the server asks of the master. Called on the server's thread; must not block.
struct ServerHandlers {
    std::function<void(v1::Command, std::function<void(const v1::CommandReply&)> reply)>
        command;                                                                            // reply: any thread, once
    std::function<std::shared_ptr<const v1::HallState>(const std::string& hall)> snapshot;  // null: no such hall
    std::function<v1::ContentManifest()> manifest;
    std::function<std::filesystem::path(const std::string& sha256)> blob;  // the file of a blob
    std::function<v1::Office()> office;
};

// Internally synchronized; one thread of its own.
class Server {
  public:
    virtual ~Server() = default;
    virtual std::uint16_t port() const = 0;  // of the sync socket; bound when make_server returned
    // In order of (epoch, seq) per hall. Kept (the last 4096 a hall) for range requests. Any thread.
    virtual void publish(const v1::HallEvent& event) = 0;
    // Sends heartbeats at once instead of at the next second. Any thread.
    virtual void content_changed(std::uint64_t version) = 0;
};

// Fails when a port is taken, saying which and what to do. `context` is the process's one.
Expected<std::unique_ptr<Server>> make_server(zmq::context_t& context, ServerOptions options, ServerHandlers handlers);

}  // namespace hallcast::wire
