// The other side: a player that follows a hall, and whoever sends commands.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hallcast/v1/queue.pb.h"
#include "hallcast/v1/wire.pb.h"
#include "protocol/keys.h"

namespace zmq {
class context_t;
}

namespace hallcast::wire {

// The sync port; the others follow from it.
struct MasterAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 5550;
    std::string text() const;  // "127.0.0.1:5550"
};
// HOST or HOST:PORT.
Expected<MasterAddress> parse_address(const std::string& text);

// What a player knows of its hall at one moment. Immutable.
struct Followed {
    std::shared_ptr<const v1::HallState> state;                        // null before the first snapshot
    std::optional<std::chrono::system_clock::time_point> stale_since;  // the master is not heard: state may be old
    std::uint64_t content_version = 0;
    std::chrono::milliseconds master_clock_ahead{0};  // master's clock minus ours
};

struct FollowerOptions {
    MasterAddress master;
    Credentials credentials;
    std::string hall;  // empty: the first
    std::chrono::milliseconds stale_after{2500};
    std::function<void()> changed;  // followed() is another one; from the follower's thread
};

// Connects, takes the snapshot, follows the events, asks for what is missing, starts over when the master does, and
// says when it is not heard: for ever, by itself. One thread of its own. Internally synchronized.
class Follower {
  public:
    virtual ~Follower() = default;
    virtual std::shared_ptr<const Followed> followed() const = 0;
};
std::unique_ptr<Follower> make_follower(zmq::context_t& context, FollowerOptions options);

// Sends commands: retries with the same cmd_id until the deadline, then says so. One thread at a time.
class CommandClient {
  public:
    virtual ~CommandClient() = default;
    // Fills cmd_id when empty. An error is "no answer"; a rejection is a reply.
    virtual Expected<v1::CommandReply> send(v1::Command command, std::chrono::milliseconds deadline) = 0;
};
std::unique_ptr<CommandClient> make_command_client(zmq::context_t& context, const MasterAddress& master,
                                                   const Credentials& credentials);

// Asks the sync socket: snapshot, manifest, a piece of a file, the office. One thread at a time.
class SyncClient {
  public:
    virtual ~SyncClient() = default;
    virtual Expected<v1::SyncReply> ask(v1::SyncRequest request, std::chrono::milliseconds deadline) = 0;
};
std::unique_ptr<SyncClient> make_sync_client(zmq::context_t& context, const MasterAddress& master,
                                             const Credentials& credentials);

}  // namespace hallcast::wire
