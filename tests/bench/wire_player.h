// One of hallcast's players in the wire benchmark: all of its network side, without a thread of its own.
#pragma once

#include <memory>

#include "protocol/client.h"
#include "tests/bench/wire_crowd.h"

namespace hallcast::bench {

// `context` outlives it.
std::unique_ptr<Listener> player(zmq::context_t& context, std::uint16_t port, const wire::Credentials& credentials);

}  // namespace hallcast::bench
