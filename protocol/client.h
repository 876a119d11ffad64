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
#include "protocol/master_clock.h"

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

constexpr std::size_t longest_zone = 64;  // bytes of the name of an acoustic zone

// What a player knows of its hall at one moment. Immutable.
struct Followed {
    std::shared_ptr<const v1::HallState> state;                        // null before the first snapshot
    std::optional<std::chrono::system_clock::time_point> stale_since;  // the master is not heard: state may be old
    std::uint64_t content_version = 0;
    bool speaks = false;  // this player is the one that speaks in its zone; otherwise it stands by
    std::string trouble;  // why the master cannot be followed, for people; empty: nothing is known to be wrong
};

struct FollowerOptions {
    MasterAddress master;
    Credentials credentials;
    std::string hall;  // empty: the first
    std::string zone;  // acoustic zone in the hall; empty: its only one
    std::chrono::milliseconds stale_after{2500};
    // A connection on which the master is silent for so long, though it should say something, is made anew.
    std::chrono::milliseconds silence_limit{4000};
    std::function<void()> changed;  // followed() is another one; from the follower's thread
    // The master has another key now, as its former one proves: to be kept. From the follower's thread.
    std::function<void(const Credentials&)> learnt;
    std::string program;  // what it calls itself to its master: "hallcast 0.1.0"
};

// Connects, takes the snapshot, follows the events, asks for what is missing, starts over when the master does, and
// says when it is not heard: for ever, by itself. It tells the master that it is there, compares the clocks, and brings
// the receipts. One thread of its own. Internally synchronized.
class Follower {
  public:
    virtual ~Follower() = default;
    virtual std::shared_ptr<const Followed> followed() const = 0;
    virtual ClockReading clock() const = 0;  // of the master
    virtual v1::LinkStatistics statistics() const = 0;
    // Kept, with a number of its own, until the master has it, at most 256; the oldest are dropped for newer ones.
    virtual void add_receipt(v1::Receipt receipt) = 0;
    // What the master is told from now on, every few seconds; at once where what is wrong with the layout is another.
    virtual void report(v1::PlayerStatistics statistics) = 0;
    // Told at once when it is another: false at first.
    virtual void can_speak(bool can) = 0;
};
std::unique_ptr<Follower> make_follower(zmq::context_t& context, FollowerOptions options);

// Sends commands: again and again with the same cmd_id until the deadline, across reconnections, restarts of the master
// and lost replies, also when it says that it is busy. One thread at a time.
class CommandClient {
  public:
    virtual ~CommandClient() = default;
    // Fills cmd_id and deadline_ms where empty: after an error, which says "no answer", the command happened before the
    // deadline or never will. A rejection is a reply.
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
