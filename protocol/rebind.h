// Gives a master's listening sockets another key, on the same ports.
#pragma once

#include <chrono>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "protocol/keys.h"

namespace hallcast::wire {

// A socket's key is that of the moment of its bind. So it stops listening, which ends its connections too, and listens
// again with the new key; the port may be free only some milliseconds later. One thread, the sockets'.
class Rebind {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // Sockets with one endpoint each. They must stay where they are until done.
    void begin(const std::vector<zmq::socket_t*>& sockets, const KeyPair& keys, Time now);
    // Tries what is left to do, when it is time.
    void service(Time now);
    bool done() const { return left_.empty(); }
    Time next() const { return done() ? Time::max() : try_at_; }

  private:
    struct Left {
        zmq::socket_t* socket;
        std::string endpoint;
    };
    std::vector<Left> left_;
    Time try_at_{};
    Time began_{};
    bool complained_ = false;
};

}  // namespace hallcast::wire
