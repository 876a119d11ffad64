#include "protocol/pairing_client.h"

#include <mutex>
#include <thread>
#include <zmq.hpp>

#include "protocol/curve_socket.h"
#include "protocol/endpoints.h"
#include "protocol/link.h"
#include "protocol/pairing_guest.h"
#include "protocol/parse.h"
#include "protocol/wake.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

using std::chrono::steady_clock;

constexpr int replies_at_once = 16;

class ZmqPairingClient final : public PairingClient {
  public:
    ZmqPairingClient(zmq::context_t& context, PairingOptions options)
        : options_(std::move(options)), view_(std::make_shared<const PairingView>()) {
        thread_ = std::jthread([this, &context](const std::stop_token& stop) { run(context, stop); });
    }

    std::shared_ptr<const PairingView> view() const override {
        const std::lock_guard lock(mutex_);
        return view_;
    }

  private:
    void run(zmq::context_t& context, const std::stop_token& stop) {
        const std::stop_callback on_stop(stop, [this] { wake_.wake(); });
        try {
            Link link(context, {.type = zmq::socket_type::dealer,
                                .endpoint = endpoint(options_.master, pairing_offset),
                                .credentials = {pairing_keys().public_key, options_.keys},
                                .prepare = prepare_guest});
            PairingGuest guest(options_.keys.public_key, options_.name, PairingGuest::random_secret, {},
                               steady_clock::now());
            while (!stop.stop_requested() && !guest.paired()) step(link, guest);
        } catch (const zmq::error_t& error) {
            if (error.num() != ETERM) throw;  // the process ends
        }
    }

    void step(Link& link, PairingGuest& guest) {
        auto now = steady_clock::now();
        link.service(now);
        if (link.take_came_up()) guest.connected(now);
        if (zmq::socket_t* socket = link.socket()) receive(*socket, guest);
        now = steady_clock::now();
        guest.tick(now);
        if (zmq::socket_t* socket = link.socket(); socket != nullptr && link.up()) {
            if (const auto message = guest.take_message(now)) {
                socket->send(zmq::message_t(), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
                socket->send(zmq::buffer(message->SerializeAsString()), zmq::send_flags::dontwait);
            }
        }
        show(guest);
        std::vector<zmq::pollitem_t> items{{nullptr, wake_.descriptor(), ZMQ_POLLIN, 0}};
        link.add_to(items, false);
        // Without a connection a hello that is due waits for one, which the link tells.
        const auto guest_next = guest.next();
        poll_until(items, link.up() || guest_next > now ? std::min(guest_next, link.next()) : link.next());
    }

    static void receive(zmq::socket_t& socket, PairingGuest& guest) {
        zmq::message_t frame;
        v1::PairingMessage message;
        for (int i = 0; i < replies_at_once && try_receive_last(socket, frame); ++i)
            if (parse(message, frame.to_string_view())) guest.receive(message, steady_clock::now());
    }

    void show(const PairingGuest& guest) {
        PairingView next{.code = guest.code(), .pausing = guest.pausing(), .refusal = guest.refusal()};
        if (guest.paired()) {
            next.credentials = Credentials{guest.paired()->master_key, options_.keys};
            next.name = guest.paired()->name;
        }
        const auto text = [](const PairingView& view) { return view.code ? view.code->text() : std::string(); };
        {
            const std::lock_guard lock(mutex_);
            if (text(next) == text(*view_) && next.pausing == view_->pausing && next.refusal == view_->refusal &&
                next.credentials.has_value() == view_->credentials.has_value())
                return;
            view_ = std::make_shared<const PairingView>(std::move(next));
        }
        if (options_.changed) options_.changed();
    }

    const PairingOptions options_;
    Wake wake_;
    mutable std::mutex mutex_;
    std::shared_ptr<const PairingView> view_;  // protected by mutex_
    std::jthread thread_;                      // last: ends before what it uses
};

}  // namespace

std::unique_ptr<PairingClient> make_pairing_client(zmq::context_t& context, PairingOptions options) {
    return std::make_unique<ZmqPairingClient>(context, std::move(options));
}

}  // namespace hallcast::wire
