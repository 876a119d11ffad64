// Thousands of listeners on one thread, by epoll: the same loop for hallcast's players and for bare libzmq subscribers.
#pragma once

#include <functional>
#include <memory>
#include <vector>
#include <zmq.hpp>

#include "tests/bench/wire_process.h"

namespace hallcast::bench {

using Time = std::chrono::steady_clock::time_point;

class Listener {
  public:
    virtual ~Listener() = default;
    // Takes what has come and does what is due. Adds the time from call to applied of each event that it applied.
    virtual void step(Time now, Latencies& latencies) = 0;
    virtual void add_to(std::vector<zmq::pollitem_t>& items) = 0;  // what step() waits for
    virtual Time next() const = 0;                                 // when step() has something to do without a message
    // Connected, certain of its state, and has it from an event made after `since_ns` (0: whatever event, or none).
    virtual bool live(std::int64_t since_ns) const = 0;
};

// Runs until the channel's other side ends. Its orders:
//   clear             forgets the latencies so far      -> "cleared"
//   await SINCE_NS    answers when all are live         -> when that was, in nanoseconds
//   cut PORT          ends all TCP connections to PORT.. PORT+3, as a switch does that loses power   -> when that was
//   report            -> the latencies, packed
void run_crowd(Channel& channel, std::vector<std::unique_ptr<Listener>> listeners);

}  // namespace hallcast::bench
