#include "protocol/link.h"

#include <algorithm>

#include "protocol/cmd_id.h"
#include "protocol/curve_socket.h"

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 50ms;
constexpr auto longest_pause = 1000ms;         // a player must be back within 3 s of its master
constexpr auto longest_denied_pause = 5000ms;  // each try costs the master a handshake
constexpr auto connect_limit = 8s;             // resolving, connecting and the handshake together
constexpr int watched = ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

}  // namespace

Link::Link(zmq::context_t& context, LinkOptions options)
    : context_(&context), options_(std::move(options)), random_(random_seed()) {
    connect(std::chrono::steady_clock::now());
}

Link::~Link() { drop(); }

void Link::connect(Time now) {
    socket_.emplace(*context_, options_.type);
    make_curve_client(*socket_, options_.credentials);
    if (options_.endpoint.find('[') != std::string::npos) socket_->set(zmq::sockopt::ipv6, true);
    options_.prepare(*socket_);
    monitor_.emplace(*context_, *socket_, watched);
    deadline_ = now + connect_limit;
    try {
        socket_->connect(options_.endpoint);
    } catch (const zmq::error_t&) {
        drop_and_pause(now);  // an interface that is not there yet
    }
}

void Link::drop() {
    monitor_.reset();
    socket_.reset();
    if (up_) went_down_ = true;
    up_ = false;
    came_up_ = false;
}

void Link::drop_and_pause(Time now) {
    drop();
    const auto longest = denied_ ? longest_denied_pause : longest_pause;
    const auto pause = std::min<std::chrono::milliseconds>(longest, first_pause * (1 << std::min(failures_++, 10)));
    deadline_ = now + std::chrono::milliseconds(
                          std::uniform_int_distribution<>(int(pause.count() / 2), int(pause.count() * 3 / 2))(random_));
}

void Link::read_monitor(Time now) {
    bool ended = false;
    while (const auto event = monitor_->next()) {
        if (event->kind == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            up_ = true;
            came_up_ = true;
            denied_ = false;
            turned_away_ = false;
            failures_ = 0;
            ++connections_;
        } else {
            if (event->kind == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
                denied_ = true;
                turned_away_ = false;
                ++denials_;
            } else if (event->kind == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) {
                const auto left = deadline_ - now;
                turned_away_ = left > connect_limit - handshake_limit;  // later somebody ran out of patience
            }
            ended = true;
        }
    }
    if (ended) drop_and_pause(now);
}

void Link::add_to(std::vector<zmq::pollitem_t>& items, bool wants_to_send) {
    if (!socket_) return;
    const short output = wants_to_send && up_ ? ZMQ_POLLOUT : 0;
    items.push_back({socket_->handle(), 0, short(ZMQ_POLLIN | output), 0});
    items.push_back({monitor_->socket().handle(), 0, ZMQ_POLLIN, 0});
}

void Link::service(Time now) {
    if (socket_) read_monitor(now);
    if (socket_ && !up_ && now >= deadline_) drop_and_pause(now);
    if (!socket_ && now >= deadline_) connect(now);
}

Link::Time Link::next() const { return up_ ? Time::max() : deadline_; }

void Link::give_up(Time now) {
    if (up_) drop_and_pause(now);
}

void Link::hurry() {
    if (!socket_) deadline_ = Time::min();
}

}  // namespace hallcast::wire
