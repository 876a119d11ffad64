// One outgoing encrypted connection that heals itself, whatever ended it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "protocol/curve_socket.h"
#include "protocol/keys.h"
#include "protocol/socket_monitor.h"

namespace hallcast::wire {

struct LinkOptions {
    zmq::socket_type type = zmq::socket_type::dealer;
    std::string endpoint;
    Credentials credentials;
    // Each new socket before it connects. One that does not ping() is for who calls give_up().
    std::function<void(zmq::socket_t&)> prepare = ping;
};

// libzmq gives up for good after a denied handshake, and its reconnecting cannot be watched. Therefore every end of a
// connection (refused, denied, lost, or not up within the limit) throws the socket away, and a new one is made after a
// pause that grows and is random, so that a thousand players do not come back in the same millisecond.
// One thread. In its loop: add_to() the poll items, poll until next() at most, then service().
class Link {
  public:
    using Time = std::chrono::steady_clock::time_point;

    Link(zmq::context_t& context, LinkOptions options);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // The socket to send and receive with; null in a pause between two.
    zmq::socket_t* socket() { return socket_ ? &*socket_ : nullptr; }
    bool up() const { return up_; }
    bool denied() const { return denied_; }  // the master refused our key, the last time it answered
    // The last time that it answered, somebody there ended the handshake without a word: for one that knows another key
    // of the master than it has, CURVE has none. A master that is off, or too busy to answer yet, does not do that.
    bool turned_away() const { return turned_away_; }
    std::uint64_t connections() const { return connections_; }  // handshakes that succeeded
    std::uint64_t denials() const { return denials_; }
    bool take_came_up() { return std::exchange(came_up_, false); }
    bool take_went_down() { return std::exchange(went_down_, false); }

    void add_to(std::vector<zmq::pollitem_t>& items, bool wants_to_send);
    void service(Time now);
    Time next() const;       // when service() has something to do without any message; max(): never
    void hurry();            // ends a pause: somebody waits for an answer
    void give_up(Time now);  // what is up is silent for too long: as if it had been lost

  private:
    void connect(Time now);
    void drop();
    void drop_and_pause(Time now);
    void read_monitor(Time now);

    zmq::context_t* context_;
    LinkOptions options_;
    std::minstd_rand random_;
    std::optional<zmq::socket_t> socket_;
    std::optional<SocketMonitor> monitor_;
    Time deadline_{};   // of connecting while not up, of the pause while there is no socket
    int failures_ = 0;  // since it was up
    bool up_ = false;
    bool denied_ = false;
    bool turned_away_ = false;
    bool came_up_ = false;
    bool went_down_ = false;
    std::uint64_t connections_ = 0;
    std::uint64_t denials_ = 0;
};

}  // namespace hallcast::wire
