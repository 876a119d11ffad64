// Answers libzmq's question (ZAP, RFC 27) whether a client may connect: only with an authorised CURVE key.
#pragma once

#include <zmq.hpp>

#include "protocol/authorized_clients.h"
#include "protocol/zap_decision.h"

namespace hallcast::wire {

// The socket that asks decide_zap(), by the list as it is at that moment; an unreadable list lets nobody in. One
// thread, that of `clients`.
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
