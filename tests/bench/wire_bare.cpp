#include "tests/bench/wire_bare.h"

#include <fmt/format.h>

#include <charconv>
#include <thread>
#include <zmq_addon.hpp>

#include "protocol/endpoints.h"
#include "protocol/hall_state.h"
#include "protocol/zmq_io.h"
#include "tests/bench/wire_load.h"
#include "tests/bench/wire_master.h"

namespace hallcast::bench {
namespace {

// Lets every key in; asks for nothing but CURVE.
void answer_zap(zmq::socket_t socket) {
    try {
        for (;;) {
            std::vector<zmq::message_t> frames;
            if (!zmq::recv_multipart(socket, std::back_inserter(frames)) || frames.size() < 2) continue;
            const std::vector<zmq::const_buffer> reply{
                zmq::str_buffer("1.0"),     zmq::buffer(frames[1].data(), frames[1].size()),
                zmq::str_buffer("200"),     zmq::str_buffer("OK"),
                zmq::str_buffer("anybody"), zmq::const_buffer()};
            zmq::send_multipart(socket, reply);
        }
    } catch (const zmq::error_t&) {
        // The context has ended.
    }
}

// What a call's id looks like within the bytes of its event; see made_ns().
std::int64_t made_ns_in(const zmq::message_t& message) {
    const std::string_view bytes = message.to_string_view();
    const std::size_t at = bytes.find("t00000");
    std::int64_t ns = 0;
    if (at != std::string_view::npos && at + 21 <= bytes.size())
        std::from_chars(bytes.data() + at + 1, bytes.data() + at + 21, ns);
    return ns;
}

void connect(zmq::socket_t& socket, std::uint16_t port, const wire::Credentials& credentials) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::curve_serverkey, credentials.master_key);
    socket.set(zmq::sockopt::curve_publickey, credentials.client.public_key);
    socket.set(zmq::sockopt::curve_secretkey, credentials.client.secret_key);
    socket.set(zmq::sockopt::subscribe, wire::topic_of(hall));
    socket.connect(fmt::format("tcp://127.0.0.1:{}", port));
}

class Subscriber final : public Listener {
  public:
    Subscriber(zmq::context_t& context, std::uint16_t port, const wire::Credentials& credentials)
        : socket_(context, zmq::socket_type::sub) {
        connect(socket_, port, credentials);
    }

    void step(Time, Latencies& latencies) override {
        while (wire::try_receive_last(socket_, frame_)) {
            latest_ns_ = made_ns_in(frame_);
            latencies.add_ns(now_ns() - latest_ns_);
        }
    }
    void add_to(std::vector<zmq::pollitem_t>& items) override { items.push_back({socket_.handle(), 0, ZMQ_POLLIN, 0}); }
    Time next() const override { return Time::max(); }
    bool live(std::int64_t since_ns) const override { return latest_ns_ > since_ns; }

  private:
    zmq::socket_t socket_;
    zmq::message_t frame_;
    std::int64_t latest_ns_ = 0;
};

}  // namespace

void run_bare_publisher(Channel& channel, const wire::KeyPair& keys) {
    zmq::context_t context;
    context.set(zmq::ctxopt::max_sockets, int(context.get(zmq::ctxopt::socket_limit)));
    zmq::socket_t zap(context, zmq::socket_type::rep);
    zap.bind("inproc://zeromq.zap.01");
    std::jthread zap_thread(answer_zap, std::move(zap));
    zmq::socket_t socket(context, zmq::socket_type::pub);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_publickey, keys.public_key);
    socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
    socket.bind("tcp://127.0.0.1:*");
    const std::string bound = socket.get(zmq::sockopt::last_endpoint);
    channel.send(bound.substr(bound.rfind(':') + 1));

    v1::HallState state = busy_hall(1);
    const std::string topic = wire::topic_of(hall);
    run_publishing(channel, [&] {
        v1::StreamMessage message;
        *message.mutable_event() = call_after(state, now_ns());
        socket.send(zmq::buffer(topic), zmq::send_flags::sndmore);
        socket.send(zmq::buffer(message.SerializeAsString()), zmq::send_flags::none);
        wire::apply(state, message.event());
    });
}

std::unique_ptr<Listener> bare_subscriber(zmq::context_t& context, std::uint16_t port,
                                          const wire::Credentials& credentials) {
    return std::make_unique<Subscriber>(context, port, credentials);
}

void run_deaf_subscribers(Channel& channel, std::uint16_t port, const std::vector<wire::Credentials>& credentials) {
    zmq::context_t context;
    context.set(zmq::ctxopt::max_sockets, int(context.get(zmq::ctxopt::socket_limit)));
    std::vector<zmq::socket_t> sockets;
    for (const wire::Credentials& mine : credentials) {
        zmq::socket_t& socket = sockets.emplace_back(context, zmq::socket_type::sub);
        socket.set(zmq::sockopt::rcvhwm, 1);
        socket.set(zmq::sockopt::rcvbuf, 2048);
        connect(socket, port, mine);
    }
    channel.send("connecting");
    channel.receive();
}

}  // namespace hallcast::bench
