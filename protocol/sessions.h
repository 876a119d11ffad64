// Which connections belong to which key, so that those of a revoked one end at once.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>
#include <zmq.hpp>

namespace hallcast::wire {

// A key is asked for when a connection is made, and never again: without this, who was taken off the list would hear
// events for as long as the connection holds. libzmq cannot end one connection of a socket, but it tells the descriptor
// that a message came from, and a shutdown of that ends it as if the network had. A connection that never sent anything
// is not known, and gets nothing either: even a SUB has to subscribe. Of one socket. One thread.
class Sessions {
  public:
    // That `frame` came from a client with this key. Each message: the descriptor's number may be another client's by
    // now.
    void heard(const zmq::message_t& frame, const std::string& public_key);
    // libzmq tells that the connection with this descriptor ended. Returns its key; empty where it sent nothing, where
    // the descriptor belongs to a newer connection already, and where the key's owner was heard on another since: after
    // a cut of the network the half-open one is noticed long after its owner came back.
    std::string ended(int descriptor);
    // Ends each connection whose key `stays` does not want, and returns how many.
    std::size_t end_unless(const std::function<bool(const std::string& public_key)>& stays);
    // Ends the connection that `frame` came from.
    static void end(const zmq::message_t& frame);
    std::size_t size() const { return connections_.size(); }  // at most the descriptors of the process

  private:
    struct Peer {
        sockaddr_storage address{};
        socklen_t length = 0;
        bool operator==(const Peer& other) const;
    };
    struct Connection {
        std::string public_key;
        Peer peer;
    };
    static Peer peer_of(int descriptor);  // length 0: not connected

    bool forget_newest(const std::string& public_key, int descriptor);  // false: it was not that one

    std::unordered_map<int, Connection> connections_;  // by descriptor
    std::unordered_map<std::string, int> newest_;      // by key: on which it was heard last, of connections_
};

}  // namespace hallcast::wire
