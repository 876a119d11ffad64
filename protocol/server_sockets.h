// The bound sockets of a master.
#pragma once

#include <cstdint>
#include <zmq.hpp>

#include "protocol/server.h"

namespace hallcast::wire {

struct ServerSockets {
    zmq::socket_t sync;
    zmq::socket_t events;
    zmq::socket_t commands;
    zmq::socket_t pairing;
    std::uint16_t port = 0;  // of sync
};

// Fails when a port is taken, saying which. Port 0: looks for four free ones in a row. The context has its ZapHandler.
Expected<ServerSockets> bind_server_sockets(zmq::context_t& context, const ServerOptions& options);

}  // namespace hallcast::wire
