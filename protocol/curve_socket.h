// The options that all our sockets share: encryption, limits, and how fast a dead peer is noticed.
#pragma once

#include <chrono>
#include <zmq.hpp>

#include "protocol/keys.h"

namespace hallcast::wire {

constexpr std::chrono::seconds handshake_limit{5};
constexpr int max_request_bytes = 1 << 20;  // what a master takes from a client
constexpr int max_reply_bytes = 16 << 20;   // what a client takes from its master

// Before bind, in a context that has its ZapHandler: without one libzmq lets every key in.
void make_curve_server(zmq::socket_t& socket, const KeyPair& keys);
// Before connect. `credentials` hold valid keys.
void make_curve_client(zmq::socket_t& socket, const Credentials& credentials);

}  // namespace hallcast::wire
