// Answers libzmq's question (ZAP, RFC 27) whether a client may connect: only with an authorised CURVE key.
#pragma once

#include <zmq.hpp>

#include "protocol/authorized_clients.h"

namespace hallcast::wire {

// The domain that our sockets name. A request of any other is denied.
constexpr const char* zap_domain = "hallcast";

// Denies by default: another mechanism, version or domain, a malformed request, an unreadable list, an unknown key.
// A client that is let in has "role name" as the User-Id of all its messages. One thread, that of `clients`.
class ZapHandler {
  public:
    // Binds inproc://zeromq.zap.01, of which a context has one: throws zmq::error_t when it is taken. Must be there
    // before a socket of the context accepts its first client.
    ZapHandler(zmq::context_t& context, AuthorizedClients& clients);

    zmq::socket_ref socket() { return socket_; }
    // Answers one waiting request; false when there is none.
    bool answer();

  private:
    zmq::socket_t socket_;
    AuthorizedClients* clients_;
};

}  // namespace hallcast::wire
