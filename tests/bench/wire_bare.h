// The measure of things: libzmq's own PUB and SUB with CURVE, the same messages, nothing of ours around them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocol/keys.h"
#include "tests/bench/wire_crowd.h"

namespace hallcast::bench {

// A publisher. Tells its port first. Orders: as run_master()'s `publish`.
void run_bare_publisher(Channel& channel, const wire::KeyPair& keys);

// One subscriber. `context` outlives it.
std::unique_ptr<Listener> bare_subscriber(zmq::context_t& context, std::uint16_t port,
                                          const wire::Credentials& credentials);

// Connects `count` of them to the port of any publisher and never reads anything; returns when the channel ends.
void run_deaf_subscribers(Channel& channel, std::uint16_t port, const std::vector<wire::Credentials>& credentials);

}  // namespace hallcast::bench
