#include "protocol/socket_monitor.h"

#include <fmt/format.h>

#include <cstring>
#include <string>

#include "protocol/base/error.h"
#include "protocol/cmd_id.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {

SocketMonitor::SocketMonitor(zmq::context_t& context, zmq::socket_t& watched, int events)
    : watched_(watched.handle()), monitor_(context, zmq::socket_type::pair) {
    // libzmq frees the name of a monitor only some time after it has ended, so none may come twice in a context.
    std::string name = "inproc://monitor-";
    for (const unsigned char byte : make_cmd_id()) name += fmt::format("{:02x}", byte);
    if (::zmq_socket_monitor(watched_, name.c_str(), events) != 0) throw zmq::error_t();
    monitor_.set(zmq::sockopt::linger, 0);
    monitor_.connect(name);
}

SocketMonitor::~SocketMonitor() { ::zmq_socket_monitor(watched_, nullptr, 0); }

std::optional<SocketMonitor::Event> SocketMonitor::next() {
    zmq::message_t event;
    zmq::message_t address;
    if (!try_receive(monitor_, event)) return std::nullopt;
    Event told{};
    HALLCAST_ASSERT(event.size() >= sizeof told.kind + sizeof told.value);
    std::memcpy(&told.kind, event.data(), sizeof told.kind);
    std::memcpy(&told.value, static_cast<const char*>(event.data()) + sizeof told.kind, sizeof told.value);
    if (event.more()) try_receive(monitor_, address);
    return told;
}

}  // namespace hallcast::wire
