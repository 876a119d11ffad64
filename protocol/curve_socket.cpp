#include "protocol/curve_socket.h"

#include "protocol/pairing.h"
#include "protocol/zap.h"

namespace hallcast::wire {
namespace {

// A cable that was pulled sends no FIN, and neither does a program that is stuck. Of a master's sockets TCP tells: what
// it sends must be acknowledged within the limit, and where it sends nothing the peer is asked. ZeroMQ's own pings are
// not for these: each message of a pinged peer ends a timer, which libzmq 4.3 looks for among those of all connections,
// so that a thousand players cost a master a third of its processor time, and five thousand all of it.
constexpr std::chrono::milliseconds unacknowledged_limit{10'000};

void notice_dead_peers(zmq::socket_t& socket) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::handshake_ivl, int(std::chrono::milliseconds(handshake_limit).count()));
    socket.set(zmq::sockopt::tcp_maxrt, int(unacknowledged_limit.count()));
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    socket.set(zmq::sockopt::tcp_keepalive_idle, 10);
    socket.set(zmq::sockopt::tcp_keepalive_intvl, 5);
    socket.set(zmq::sockopt::tcp_keepalive_cnt, 3);
}

void make_server(zmq::socket_t& socket, const KeyPair& keys, const char* domain, int max_bytes) {
    HALLCAST_ASSERT(is_key(keys.public_key) && is_key(keys.secret_key));
    notice_dead_peers(socket);
    socket.set(zmq::sockopt::maxmsgsize, std::int64_t(max_bytes));
    // libzmq's own 100 are fewer than there are players: the others' connections were dropped while the first shook
    // hands, and tried again after a second, after two ... The kernel takes less where it has to (somaxconn).
    socket.set(zmq::sockopt::backlog, 4096);
    socket.set(zmq::sockopt::zap_domain, domain);
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_publickey, keys.public_key);
    socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
}

}  // namespace

void make_curve_server(zmq::socket_t& socket, const KeyPair& keys) {
    make_server(socket, keys, zap_domain, max_request_bytes);
}

void make_pairing_server(zmq::socket_t& socket) {
    make_server(socket, pairing_keys(), pairing_zap_domain, max_pairing_bytes);
    socket.set(zmq::sockopt::sndhwm, 16);
    socket.set(zmq::sockopt::rcvhwm, 16);
}

void make_curve_client(zmq::socket_t& socket, const Credentials& credentials) {
    HALLCAST_ASSERT(is_key(credentials.master_key) && is_key(credentials.client.public_key) &&
                    is_key(credentials.client.secret_key));
    notice_dead_peers(socket);
    socket.set(zmq::sockopt::maxmsgsize, std::int64_t(max_reply_bytes));
    socket.set(zmq::sockopt::connect_timeout, 3000);
    // Who reconnects is Link, which knows more reasons to than libzmq does.
    socket.set(zmq::sockopt::reconnect_ivl, -1);
    socket.set(zmq::sockopt::curve_serverkey, credentials.master_key);
    socket.set(zmq::sockopt::curve_publickey, credentials.client.public_key);
    socket.set(zmq::sockopt::curve_secretkey, credentials.client.secret_key);
}

// No time to live: that would be a timer in the master.
void ping(zmq::socket_t& socket) {
    socket.set(zmq::sockopt::heartbeat_ivl, 1000);
    socket.set(zmq::sockopt::heartbeat_timeout, 3000);
    socket.set(zmq::sockopt::heartbeat_ttl, 0);
}

void prepare_guest(zmq::socket_t& socket) {
    ping(socket);
    socket.set(zmq::sockopt::maxmsgsize, std::int64_t(max_pairing_bytes));
    socket.set(zmq::sockopt::immediate, true);
    socket.set(zmq::sockopt::sndhwm, 8);
    socket.set(zmq::sockopt::rcvhwm, 16);
}

}  // namespace hallcast::wire
