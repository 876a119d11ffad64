#include "protocol/curve_socket.h"

#include "protocol/zap.h"

namespace hallcast::wire {
namespace {

// A cable that was pulled sends no FIN: ZeroMQ's own pings notice it on a connection that has been up, TCP's when even
// the other side's ZeroMQ is stuck.
void notice_dead_peers(zmq::socket_t& socket) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::handshake_ivl, int(std::chrono::milliseconds(handshake_limit).count()));
    socket.set(zmq::sockopt::heartbeat_ivl, 1000);
    socket.set(zmq::sockopt::heartbeat_timeout, 3000);
    socket.set(zmq::sockopt::heartbeat_ttl, 5000);
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    socket.set(zmq::sockopt::tcp_keepalive_idle, 10);
    socket.set(zmq::sockopt::tcp_keepalive_intvl, 5);
    socket.set(zmq::sockopt::tcp_keepalive_cnt, 3);
}

}  // namespace

void make_curve_server(zmq::socket_t& socket, const KeyPair& keys) {
    HALLCAST_ASSERT(is_key(keys.public_key) && is_key(keys.secret_key));
    notice_dead_peers(socket);
    socket.set(zmq::sockopt::maxmsgsize, std::int64_t(max_request_bytes));
    socket.set(zmq::sockopt::zap_domain, zap_domain);
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_publickey, keys.public_key);
    socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
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

}  // namespace hallcast::wire
