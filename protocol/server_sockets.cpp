#include "protocol/server_sockets.h"

#include <random>

#include "protocol/cmd_id.h"
#include "protocol/curve_socket.h"
#include "protocol/endpoints.h"

namespace hallcast::wire {
namespace {

struct BindFailure {
    int error_number;
    std::string message;
};

std::expected<void, BindFailure> bind(zmq::socket_t& socket, const ServerOptions& options, std::uint16_t base,
                                      int offset, const char* purpose) {
    if (offset == pairing_offset)
        make_pairing_server(socket);
    else
        make_curve_server(socket, options.keys);
    const std::string where = endpoint({options.address, base}, offset);
    if (where.find('[') != std::string::npos) socket.set(zmq::sockopt::ipv6, true);
    try {
        try {
            socket.bind(where);
        } catch (const zmq::error_t& error) {
            if (error.num() != EMTHREAD) throw;  // else: a context that somebody has used with one I/O thread before
            socket.set(zmq::sockopt::affinity, std::uint64_t(0));
            socket.bind(where);
        }
        return {};
    } catch (const zmq::error_t& error) {
        const char* advice = error.num() == EADDRINUSE
                                 ? "another program listens there, maybe another hallcast; stop it, or "
                                   "choose another port"
                                 : "is the address one of this machine, and the port allowed?";
        return std::unexpected(BindFailure{
            error.num(), fmt::format("{}: cannot listen for {}: {}: {}", where, purpose, error.what(), advice)});
    }
}

std::expected<ServerSockets, BindFailure> bind_all(zmq::context_t& context, const ServerOptions& options,
                                                   std::uint16_t base) {
    ServerSockets sockets{
        zmq::socket_t(context, zmq::socket_type::router), zmq::socket_t(context, zmq::socket_type::xpub),
        zmq::socket_t(context, zmq::socket_type::router), zmq::socket_t(context, zmq::socket_type::router), base};
    // A client that asks for pieces of files and does not read them may hold this many MiB of ours, no more.
    sockets.sync.set(zmq::sockopt::sndhwm, 16);
    sockets.sync.set(zmq::sockopt::rcvhwm, 64);
    sockets.commands.set(zmq::sockopt::sndhwm, 256);
    sockets.commands.set(zmq::sockopt::rcvhwm, 256);
    // A player this far behind loses events, notices the gap, and asks. What waits for it costs 64 bytes a message: the
    // message itself is shared by all.
    sockets.events.set(zmq::sockopt::sndhwm, 1000);
    // A thousand players come back in the same second.
    for (zmq::socket_t* socket : {&sockets.sync, &sockets.events, &sockets.commands})
        socket->set(zmq::sockopt::backlog, 4096);
    // The players' handshakes, a millisecond of work each, have one I/O thread, and the clerks' commands another: a
    // thousand players that come back at once keep no clerk waiting.
    sockets.sync.set(zmq::sockopt::affinity, std::uint64_t(1));
    sockets.events.set(zmq::sockopt::affinity, std::uint64_t(1));
    sockets.commands.set(zmq::sockopt::affinity, std::uint64_t(2));
    // Each subscription is told, also the second to the same hall: it is greeted with a heartbeat.
    sockets.events.set(zmq::sockopt::xpub_verbose, true);
    if (auto done = bind(sockets.sync, options, base, sync_offset, "sync"); !done) return std::unexpected(done.error());
    if (auto done = bind(sockets.events, options, base, events_offset, "events"); !done)
        return std::unexpected(done.error());
    if (auto done = bind(sockets.commands, options, base, commands_offset, "commands"); !done)
        return std::unexpected(done.error());
    if (auto done = bind(sockets.pairing, options, base, pairing_offset, "pairing"); !done)
        return std::unexpected(done.error());
    return sockets;
}

}  // namespace

Expected<ServerSockets> bind_server_sockets(zmq::context_t& context, const ServerOptions& options) {
    if (options.port > last_port) return fail("port {}: must be at most {}", options.port, last_port);
    if (options.port != 0) {
        auto bound = bind_all(context, options, options.port);
        if (!bound) return fail("{}", bound.error().message);
        return std::move(*bound);
    }
    std::minstd_rand random(random_seed());
    // Below the ports that the system gives to outgoing connections.
    std::uniform_int_distribution<> ports(10000, 32000);
    for (int attempt = 0; attempt < 100; ++attempt) {
        auto bound = bind_all(context, options, std::uint16_t(ports(random)));
        if (bound) return std::move(*bound);
        if (bound.error().error_number != EADDRINUSE) return fail("{}", bound.error().message);
    }
    return fail("{}: no four free ports in a row were found in 100 tries; choose one yourself", options.address);
}

}  // namespace hallcast::wire
