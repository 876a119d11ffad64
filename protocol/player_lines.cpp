#include "protocol/player_lines.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "protocol/cmd_id.h"
#include "protocol/endpoints.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

constexpr int most_at_once = 256;  // messages before a look at the clock

LinkOptions events_link(const FollowerOptions& options) {
    return {zmq::socket_type::sub, endpoint(options.master, events_offset), options.credentials,
            [hall = options.hall](zmq::socket_t& socket) {
                socket.set(zmq::sockopt::rcvhwm, 10000);
                if (!hall.empty()) socket.set(zmq::sockopt::subscribe, topic_of(hall));
            }};
}

LinkOptions sync_link(const FollowerOptions& options) {
    return {zmq::socket_type::dealer, endpoint(options.master, sync_offset), options.credentials,
            [](zmq::socket_t& socket) {
                socket.set(zmq::sockopt::immediate, true);  // a question that cannot be sent now is not kept for later
                socket.set(zmq::sockopt::sndhwm, 8);
                socket.set(zmq::sockopt::rcvhwm, 64);
            }};
}

}  // namespace

PlayerLines::PlayerLines(zmq::context_t& context, FollowerOptions options)
    : context_(&context),
      options_(std::move(options)),
      end_({.hall = options_.hall,
            .key = options_.credentials.client.public_key,
            .zone = options_.zone,
            .rules = {.stale_after = options_.stale_after},
            .program = options_.program,
            .seed = random_seed()},
           Moment::read()),
      subscribed_(options_.hall) {
    connect();
}

void PlayerLines::connect() {
    events_.emplace(*context_, events_link(options_));
    sync_.emplace(*context_, sync_link(options_));
    search_.emplace(*context_, options_.master, options_.credentials);
}

// A player that its master turns away may know a key that the master had before.
void PlayerLines::look_for_successor(Moment now) {
    search_->service(now.steady, !up() && (events_->turned_away() || sync_->turned_away()));
    const auto found = search_->take_found();
    if (!found) return;
    spdlog::info("{}: the master has the key {} now, as its former one proves", options_.master.text(),
                 found->master_key);
    options_.credentials = *found;
    connections_before_ += events_->connections() + sync_->connections();
    denials_before_ += events_->denials() + sync_->denials();
    end_.disconnected();
    connect();
    if (options_.learnt) options_.learnt(*found);
}

void PlayerLines::step() {
    Moment now = Moment::read();
    events_->service(now.steady);
    sync_->service(now.steady);
    if (sync_->take_went_down()) end_.disconnected();
    // After either came up: something may have been missed before.
    const bool events_came_up = events_->take_came_up();
    const bool sync_came_up = sync_->take_came_up();
    if (events_came_up) heard_ = now.steady;
    if (sync_came_up) asked_.reset();
    if (events_came_up || sync_came_up) end_.connected(now);
    end_.count_connections(connections_before_ + events_->connections() + sync_->connections(),
                           denials_before_ + events_->denials() + sync_->denials());
    tell_denial();
    receive();
    subscribe(events_came_up);
    now = Moment::read();
    end_.tick(now);
    can_ask_ = ask(now);
    end_silent(now);
    look_for_successor(now);
}

// Whether a master is there is told by its heartbeats and its answers: ZeroMQ's pings of each player, which a master
// answers one by one, took it half of its processor time. A hall that it does not have has no heartbeats.
PlayerLines::Time PlayerLines::events_silent_at() const {
    return events_->up() && end_.state() != nullptr ? heard_ + options_.silence_limit : Time::max();
}

PlayerLines::Time PlayerLines::sync_silent_at() const {
    return sync_->up() && asked_ ? *asked_ + options_.silence_limit : Time::max();
}

void PlayerLines::end_silent(Moment now) {
    if (now.steady >= events_silent_at()) events_->give_up(now.steady);
    if (now.steady >= sync_silent_at()) sync_->give_up(now.steady);
}

void PlayerLines::tell_denial() {
    const bool denied = events_->denied() || sync_->denied();
    if (denied && !was_denied_)
        spdlog::warn(
            "{}: the master refuses the key {}; it is tried again until the master's DIR/keys/authorized has a line "
            "'player NAME {}'",
            options_.master.text(), options_.credentials.client.public_key, options_.credentials.client.public_key);
    was_denied_ = denied;
}

void PlayerLines::receive() {
    zmq::message_t frame;
    const Moment now = Moment::read();
    if (zmq::socket_t* socket = events_->socket())
        for (int i = 0; i < most_at_once && try_receive_last(*socket, frame); ++i) {
            end_.stream(frame.to_string_view(), now);
            heard_ = now.steady;
        }
    if (zmq::socket_t* socket = sync_->socket())
        for (int i = 0; i < most_at_once && try_receive_last(*socket, frame); ++i) {
            end_.reply(frame.to_string_view(), now);
            asked_.reset();
        }
}

// When "the first hall" has got a name: its topic, on this socket and on each new one.
void PlayerLines::subscribe(bool new_socket) {
    const std::string& hall = end_.hall();
    zmq::socket_t* socket = events_->socket();
    if (!options_.hall.empty() || hall.empty() || socket == nullptr) return;
    if (subscribed_ == hall && !new_socket) return;
    socket->set(zmq::sockopt::subscribe, topic_of(hall));
    subscribed_ = hall;
}

// Sends what is to be asked. False when nothing can be sent now: the poll tells when that changes.
bool PlayerLines::ask(Moment now) {
    zmq::socket_t* socket = sync_->socket();
    if (socket == nullptr || !sync_->up()) return false;
    while (end_.wants_request(now)) {
        if ((socket->get(zmq::sockopt::events) & ZMQ_POLLOUT) == 0) return false;
        const auto request = end_.take_request(now);
        socket->send(zmq::message_t(), zmq::send_flags::sndmore);
        socket->send(zmq::buffer(*request), zmq::send_flags::none);
        if (!asked_) asked_ = now.steady;
    }
    return true;
}

void PlayerLines::add_to(std::vector<zmq::pollitem_t>& items) {
    events_->add_to(items, false);
    sync_->add_to(items, !can_ask_ && end_.wants_request(Moment::read()));
    search_->add_to(items);
}

PlayerLines::Time PlayerLines::next() const {
    return std::min({end_.next(Moment::read(), can_ask_), events_->next(), sync_->next(), search_->next(),
                     events_silent_at(), sync_silent_at()});
}

}  // namespace hallcast::wire
