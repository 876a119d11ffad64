// Master mode: queue core, publisher and content library in one process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "content/library.h"
#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/player.pb.h"
#include "hallcast/v1/queue.pb.h"
#include "protocol/client.h"
#include "protocol/server.h"

namespace hallcast::master {

struct MasterOptions {
    std::filesystem::path directory;  // queue.db, receipts.db, content/, keys/ lie here
    std::string address = "127.0.0.1";
    std::uint16_t port = wire::default_port;
    v1::Office first_office;  // applied when the log has none yet
};

// Internally synchronized.
class Master {
  public:
    virtual ~Master() = default;

    // `done` is called once, on the core's thread: it must not block.
    virtual void submit(v1::Command command, std::function<void(const v1::CommandReply&)> done) = 0;
    // Immutable; null for an unknown hall; "" is the first hall.
    virtual std::shared_ptr<const v1::HallState> hall_state(std::string_view hall) const = 0;
    virtual std::shared_ptr<const v1::Office> office() const = 0;
    // The latest calls with the screens' receipts.
    virtual v1::CallList calls(const v1::CallsRequest& request) const = 0;
    // The players that have reported. `done` is called once, on the sockets' thread: it must not block.
    virtual void players(std::function<void(const v1::PlayerList&)> done) const = 0;
    virtual content::Library& library() = 0;
    virtual std::uint16_t port() const = 0;

    // Makes (or finds) a client key of this name and role in DIR/keys and authorises it.
    virtual Expected<wire::Credentials> credentials_for(const std::string& name, wire::Role role) = 0;
};

Expected<std::unique_ptr<Master>> start_master(zmq::context_t& context, MasterOptions options);

}  // namespace hallcast::master
