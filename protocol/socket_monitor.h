// What libzmq tells of a socket's connections: made, refused, denied, ended.
#pragma once

#include <cstdint>
#include <optional>
#include <zmq.hpp>

namespace hallcast::wire {

// The watched socket's thread only; it must outlive the monitor. libzmq's own thread waits when nobody reads the
// events: put socket() among the poll items.
class SocketMonitor {
  public:
    SocketMonitor(zmq::context_t& context, zmq::socket_t& watched, int events);
    ~SocketMonitor();
    SocketMonitor(const SocketMonitor&) = delete;
    SocketMonitor& operator=(const SocketMonitor&) = delete;

    zmq::socket_ref socket() { return monitor_; }
    struct Event {
        std::uint16_t kind;   // ZMQ_EVENT_...
        std::uint32_t value;  // of most kinds the connection's descriptor
    };
    std::optional<Event> next();

  private:
    void* watched_;
    zmq::socket_t monitor_;
};

}  // namespace hallcast::wire
