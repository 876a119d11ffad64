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

constexpr std::uint16_t default_port = 5550;  // P sync, P+1 events, P+2 commands, P+3 pairing

struct ServerOptions {
    std::string address = "127.0.0.1";  // to bind to; "*" for all interfaces
    std::uint16_t port = default_port;  // 0: four free ones; see Server::port()
    KeyPair keys;
    // See load_authorized. When master.key beside it becomes another one, the sockets take that key, and players find
    // it by the former ones in master.previous.
    std::filesystem::path authorized;
    bool end_sessions = true;  // of revoked keys; off only in the test that shows what it is for
};

// What the server asks of the master. Called on the server's thread; must not block.
struct ServerHandlers {
    std::function<void(v1::Command, std::function<void(const v1::CommandReply&)> reply)>
        command;                                                                            // reply: any thread, once
    std::function<std::shared_ptr<const v1::HallState>(const std::string& hall)> snapshot;  // null: no such hall
    std::function<v1::ContentManifest()> manifest;
    std::function<std::filesystem::path(const std::string& sha256)> blob;  // the file of a blob
    std::function<v1::Office()> office;
    // Keeps receipts of the player whose key has this name; returns the number of the last one taken.
    std::function<std::uint64_t(const std::string& player, const v1::ReceiptReport&)> receipts;
    std::function<v1::CallList(const v1::CallsRequest&)> calls;
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
    // `done` is called once, on the server's thread, with the players that have reported: it must not block. Any
    // thread.
    virtual void players(std::function<void(v1::PlayerList)> done) = 0;
};

// Fails when a port is taken, saying which and what to do. `context` is the process's one.
Expected<std::unique_ptr<Server>> make_server(zmq::context_t& context, ServerOptions options, ServerHandlers handlers);

}  // namespace hallcast::wire
