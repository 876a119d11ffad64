#include "protocol/zmq_io.h"

#include <algorithm>
#include <cerrno>

namespace hallcast::wire {

void poll_until(std::vector<zmq::pollitem_t>& items, std::chrono::steady_clock::time_point until) {
    using namespace std::chrono;
    for (;;) {
        long wait = -1;
        if (until != steady_clock::time_point::max()) {
            const auto now = steady_clock::now();
            // Rounded up: a wait that ends just before `until` would be followed by a spin.
            wait = until <= now
                       ? 0
                       : long(ceil<milliseconds>(std::min<steady_clock::duration>(until - now, hours(1))).count());
        }
        if (::zmq_poll(items.data(), int(items.size()), wait) >= 0) return;
        if (::zmq_errno() != EINTR) throw zmq::error_t();
    }
}

bool try_receive(zmq::socket_ref socket, zmq::message_t& frame) {
    for (;;) {
        if (::zmq_msg_recv(frame.handle(), socket.handle(), ZMQ_DONTWAIT) >= 0) return true;
        if (::zmq_errno() == EAGAIN) return false;
        if (::zmq_errno() != EINTR) throw zmq::error_t();
    }
}

bool try_receive_last(zmq::socket_ref socket, zmq::message_t& last) {
    if (!try_receive(socket, last)) return false;
    while (last.more() && try_receive(socket, last)) continue;
    return true;
}

}  // namespace hallcast::wire
