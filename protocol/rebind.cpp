#include "protocol/rebind.h"

#include <spdlog/spdlog.h>

#include "protocol/base/error.h"

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;

constexpr auto between_tries = 10ms;
constexpr auto patience = 5s;

}  // namespace

void Rebind::begin(const std::vector<zmq::socket_t*>& sockets, const KeyPair& keys, Time now) {
    HALLCAST_ASSERT(is_key(keys.public_key) && is_key(keys.secret_key));
    for (zmq::socket_t* socket : sockets) {
        socket->set(zmq::sockopt::curve_publickey, keys.public_key);
        socket->set(zmq::sockopt::curve_secretkey, keys.secret_key);
        // One that does not listen again yet, from a change just before, does so with this key.
        bool waits = false;
        for (const Left& left : left_) waits = waits || left.socket == socket;
        if (waits) continue;
        const std::string endpoint = socket->get(zmq::sockopt::last_endpoint);
        socket->unbind(endpoint);
        left_.push_back({socket, endpoint});
    }
    try_at_ = now;
    began_ = now;
    complained_ = false;
}

void Rebind::service(Time now) {
    if (done() || now < try_at_) return;
    std::erase_if(left_, [&](const Left& left) {
        if (::zmq_bind(left.socket->handle(), left.endpoint.c_str()) == 0) return true;
        if (now - began_ > patience && !complained_) {
            spdlog::error("{}: cannot listen again with the master's new key: {}; it is tried on", left.endpoint,
                          ::zmq_strerror(::zmq_errno()));
            complained_ = true;
        }
        return false;
    });
    try_at_ = now + between_tries;
}

}  // namespace hallcast::wire
