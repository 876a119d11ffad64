// Asks one question at a time over a Link, again and again until its answer comes or the deadline.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "protocol/client.h"
#include "protocol/link.h"

namespace hallcast::wire {

// One thread at a time.
class Requester {
  public:
    Requester(zmq::context_t& context, const MasterAddress& master, int port_offset, const Credentials& credentials);

    // Sends `bytes`, the same ones each time, so that the master can tell a repetition. `accept` tells whether a
    // message is the answer (an answer to an earlier question is not). The error says where and what to check.
    Expected<void> ask(const std::string& bytes, const std::function<bool(const zmq::message_t&)>& accept,
                       std::chrono::milliseconds deadline);

  private:
    bool receive(const std::function<bool(const zmq::message_t&)>& accept);
    bool send(const std::string& bytes);
    Error no_answer(std::chrono::milliseconds waited, bool was_sent) const;

    MasterAddress master_;
    std::string endpoint_;
    std::minstd_rand random_;
    Link link_;
};

}  // namespace hallcast::wire
