#include "protocol/sessions.h"

#include <cerrno>
#include <cstring>

namespace hallcast::wire {
namespace {

int descriptor_of(const zmq::message_t& frame) {
    // An old property, but the only one that names the connection; libzmq marks it so because it does not keep the
    // descriptor open for the caller. Therefore the peer's address is compared.
    return ::zmq_msg_get(frame.handle(), ZMQ_SRCFD);
}

// libzmq tells of an end before it closes the descriptor: until then it has a peer, which has said its last.
bool is_at_end(int descriptor) {
    char byte = 0;
    const ssize_t size = ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace

bool Sessions::Peer::operator==(const Peer& other) const {
    return length == other.length && std::memcmp(&address, &other.address, length) == 0;
}

Sessions::Peer Sessions::peer_of(int descriptor) {
    Peer peer;
    socklen_t length = sizeof peer.address;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer.address), &length) == 0) peer.length = length;
    return peer;
}

void Sessions::heard(const zmq::message_t& frame, const std::string& public_key) {
    const int descriptor = descriptor_of(frame);
    if (descriptor < 0) return;
    const Peer peer = peer_of(descriptor);
    if (peer.length == 0) {
        if (const auto gone = connections_.find(descriptor); gone != connections_.end()) {
            forget_newest(gone->second.public_key, descriptor);
            connections_.erase(gone);
        }
        return;
    }
    Connection& connection = connections_[descriptor];
    connection.peer = peer;
    if (connection.public_key != public_key) {
        forget_newest(connection.public_key, descriptor);
        connection.public_key = public_key;
    }
    newest_[public_key] = descriptor;
}

bool Sessions::forget_newest(const std::string& public_key, int descriptor) {
    const auto newest = newest_.find(public_key);
    if (newest == newest_.end() || newest->second != descriptor) return false;
    newest_.erase(newest);
    return true;
}

std::string Sessions::ended(int descriptor) {
    const auto connection = connections_.find(descriptor);
    if (connection == connections_.end()) return {};
    if (peer_of(descriptor) == connection->second.peer && !is_at_end(descriptor)) return {};
    std::string key = std::move(connection->second.public_key);
    connections_.erase(connection);
    return forget_newest(key, descriptor) ? key : std::string();
}

std::size_t Sessions::end_unless(const std::function<bool(const std::string& public_key)>& stays) {
    std::size_t ended = 0;
    for (auto place = connections_.begin(); place != connections_.end();) {
        const auto& [descriptor, connection] = *place;
        const bool there = peer_of(descriptor) == connection.peer;
        if (there && stays(connection.public_key)) {
            ++place;
            continue;
        }
        // Between the look and this another connection may come to this number. It would be made anew by its Link.
        if (there && ::shutdown(descriptor, SHUT_RDWR) == 0) ++ended;
        forget_newest(connection.public_key, descriptor);
        place = connections_.erase(place);
    }
    return ended;
}

void Sessions::end(const zmq::message_t& frame) {
    const int descriptor = descriptor_of(frame);
    if (descriptor >= 0) ::shutdown(descriptor, SHUT_RDWR);
}

}  // namespace hallcast::wire
