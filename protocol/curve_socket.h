// The options that all our sockets share: encryption, limits, and how fast a dead peer is noticed.
#pragma once

#include <chrono>
#include <zmq.hpp>

#include "protocol/keys.h"

namespace hallcast::wire {

constexpr std::chrono::seconds handshake_limit{5};
constexpr int max_request_bytes = 1 << 20;  // what a master takes from a client
constexpr int max_reply_bytes = 16 << 20;   // what a client takes from its master

constexpr int max_pairing_bytes = 4096;  // what either takes on the pairing socket, where anybody may come

// Before bind, in a context that has its ZapHandler: without one libzmq lets every key in.
void make_curve_server(zmq::socket_t& socket, const KeyPair& keys);
// The same for the pairing socket, with its keys that are no secret, where every key is let in as a guest.
void make_pairing_server(zmq::socket_t& socket);
// Before connect. `credentials` hold valid keys.
void make_curve_client(zmq::socket_t& socket, const Credentials& credentials);
// The same, for who would not notice by itself within 4 s that the master is silent: ZeroMQ asks it each second.
void ping(zmq::socket_t& socket);
// After that, for who asks the pairing socket: small limits, since anybody may answer there.
void prepare_guest(zmq::socket_t& socket);

}  // namespace hallcast::wire
