// Counts what happens on one of a master's sockets.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hallcast/v1/wire.pb.h"
#include "protocol/socket_monitor.h"

namespace hallcast::wire {

// One thread, the socket's.
class SocketCounts {
  public:
    SocketCounts(zmq::context_t& context, zmq::socket_t& socket, const std::string& name)
        : monitor_(context, socket,
                   ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                       ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
        counts_.set_name(name);
    }

    zmq::socket_ref socket() { return monitor_.socket(); }
    void read();
    std::vector<int> take_ended() { return std::exchange(ended_, {}); }  // descriptors of connections that are no more
    void received() { counts_.set_received(counts_.received() + 1); }
    void malformed() { counts_.set_malformed(counts_.malformed() + 1); }
    void sent() { counts_.set_sent(counts_.sent() + 1); }
    const v1::WireMetrics::Socket& counts() const { return counts_; }

  private:
    SocketMonitor monitor_;
    v1::WireMetrics::Socket counts_;
    std::vector<int> ended_;
};

}  // namespace hallcast::wire
