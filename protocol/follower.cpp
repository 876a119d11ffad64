// The thread that feeds HallFollow from the sockets (Follower is declared in client.h).
#include <spdlog/spdlog.h>

#include <mutex>
#include <thread>
#include <zmq.hpp>

#include "protocol/endpoints.h"
#include "protocol/follow.h"
#include "protocol/link.h"
#include "protocol/wake.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

constexpr int most_at_once = 256;  // messages before a look at the clock

Moment moment_now() { return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()}; }

class ZmqFollower final : public Follower {
  public:
    ZmqFollower(zmq::context_t& context, FollowerOptions options)
        : options_(std::move(options)), followed_(std::make_shared<const Followed>()) {
        thread_ = std::jthread([this, &context](const std::stop_token& stop) { run(context, stop); });
    }

    std::shared_ptr<const Followed> followed() const override {
        const std::lock_guard lock(mutex_);
        return followed_;
    }

  private:
    // What lives on the thread only.
    struct Lines {
        HallFollow follow;
        Link events;
        Link sync;
        std::string subscribed;  // the hall whose topic is subscribed to
        bool was_denied = false;
    };

    void run(zmq::context_t& context, const std::stop_token& stop) {
        const std::stop_callback on_stop(stop, [this] { wake_.wake(); });
        try {
            Lines lines = open(context);
            while (!stop.stop_requested()) step(lines);
        } catch (const zmq::error_t& error) {
            if (error.num() != ETERM) throw;  // the process ends
        }
    }

    Lines open(zmq::context_t& context) {
        const auto prepare_events = [hall = options_.hall](zmq::socket_t& socket) {
            socket.set(zmq::sockopt::rcvhwm, 10000);
            if (!hall.empty()) socket.set(zmq::sockopt::subscribe, topic_of(hall));
        };
        const auto prepare_sync = [](zmq::socket_t& socket) {
            socket.set(zmq::sockopt::immediate, true);  // a question that cannot be sent now is not kept for later
            socket.set(zmq::sockopt::sndhwm, 8);
            socket.set(zmq::sockopt::rcvhwm, 64);
        };
        return {HallFollow(options_.hall, {.stale_after = options_.stale_after}, moment_now()),
                Link(context, {zmq::socket_type::sub, endpoint(options_.master, events_offset), options_.credentials,
                               prepare_events}),
                Link(context, {zmq::socket_type::dealer, endpoint(options_.master, sync_offset), options_.credentials,
                               prepare_sync}),
                options_.hall};
    }

    void step(Lines& lines) {
        Moment now = moment_now();
        lines.events.service(now.steady);
        lines.sync.service(now.steady);
        if (lines.sync.take_went_down()) lines.follow.disconnected();
        // After either came up: something may have been missed before.
        const bool events_came_up = lines.events.take_came_up();
        const bool sync_came_up = lines.sync.take_came_up();
        if (events_came_up || sync_came_up) lines.follow.connected();
        tell_denial(lines);
        receive(lines);
        subscribe(lines, events_came_up);
        now = moment_now();
        lines.follow.tick(now);
        const bool can_ask = ask(lines, now);
        share(lines);
        wait(lines, now, can_ask);
    }

    void tell_denial(Lines& lines) const {
        const bool denied = lines.events.denied() || lines.sync.denied();
        if (denied && !lines.was_denied)
            spdlog::warn(
                "{}: the master refuses the key {}; it is tried again until the master's DIR/keys/authorized "
                "has a line 'player NAME {}'",
                options_.master.text(), options_.credentials.client.public_key, options_.credentials.client.public_key);
        lines.was_denied = denied;
    }

    static void receive(Lines& lines) {
        zmq::message_t frame;
        const Moment now = moment_now();
        if (zmq::socket_t* socket = lines.events.socket()) {
            v1::StreamMessage message;
            for (int i = 0; i < most_at_once && try_receive_last(*socket, frame); ++i)
                if (message.ParseFromArray(frame.data(), int(frame.size()))) lines.follow.stream(message, now);
        }
        if (zmq::socket_t* socket = lines.sync.socket()) {
            v1::SyncReply reply;
            for (int i = 0; i < most_at_once && try_receive_last(*socket, frame); ++i)
                if (reply.ParseFromArray(frame.data(), int(frame.size()))) lines.follow.reply(reply, now);
        }
    }

    // When "the first hall" has got a name: its topic, on this socket and on each new one.
    void subscribe(Lines& lines, bool new_socket) const {
        const std::string& hall = lines.follow.hall();
        zmq::socket_t* socket = lines.events.socket();
        if (!options_.hall.empty() || hall.empty() || socket == nullptr) return;
        if (lines.subscribed == hall && !new_socket) return;
        socket->set(zmq::sockopt::subscribe, topic_of(hall));
        lines.subscribed = hall;
    }

    // Sends what is to be asked. False when nothing can be sent now: the poll tells when that changes.
    static bool ask(Lines& lines, Moment now) {
        zmq::socket_t* socket = lines.sync.socket();
        if (socket == nullptr || !lines.sync.up()) return false;
        if (!lines.follow.wants_request(now)) return true;
        if ((socket->get(zmq::sockopt::events) & ZMQ_POLLOUT) == 0) return false;
        const auto request = lines.follow.take_request(now);
        socket->send(zmq::message_t(), zmq::send_flags::sndmore);
        socket->send(zmq::buffer(request->SerializeAsString()), zmq::send_flags::none);
        return true;
    }

    void share(Lines& lines) {
        auto changed = lines.follow.take_changed();
        if (!changed) return;
        {
            const std::lock_guard lock(mutex_);
            followed_ = std::move(changed);
        }
        if (options_.changed) options_.changed();
    }

    void wait(Lines& lines, Moment now, bool can_ask) {
        std::vector<zmq::pollitem_t> items{{nullptr, wake_.descriptor(), ZMQ_POLLIN, 0}};
        lines.events.add_to(items, false);
        lines.sync.add_to(items, !can_ask && lines.follow.wants_request(now));
        poll_until(items, std::min({lines.follow.next(now, can_ask), lines.events.next(), lines.sync.next()}));
    }

    const FollowerOptions options_;
    Wake wake_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Followed> followed_;  // protected by mutex_
    std::jthread thread_;                       // last: ends before what it uses
};

}  // namespace

std::unique_ptr<Follower> make_follower(zmq::context_t& context, FollowerOptions options) {
    return std::make_unique<ZmqFollower>(context, std::move(options));
}

}  // namespace hallcast::wire
