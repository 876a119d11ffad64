#include "protocol/sessions.h"

#include <cstring>

#include "protocol/curve_socket.h"
#include "protocol/link.h"
#include "protocol/zmq_io.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace sessions_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace hallcast::wire::testing;
using std::chrono::steady_clock;

// A ROUTER and an XPUB with CURVE and no ZAP, to which clients with names connect.
struct Server {
    zmq::context_t context;
    KeyPair keys = make_key_pair();
    zmq::socket_t router{context, zmq::socket_type::router};
    zmq::socket_t events{context, zmq::socket_type::xpub};
    Sessions sessions;

    Server() {
        for (zmq::socket_t* socket : {&router, &events}) {
            make_curve_server(*socket, keys);
            socket->bind("tcp://127.0.0.1:*");
        }
        events.set(zmq::sockopt::xpub_verbose, true);
    }
    // Waits for a message and notes whose it is.
    void hear(zmq::socket_t& socket, const std::string& key) {
        std::vector<zmq::pollitem_t> items{{socket.handle(), 0, ZMQ_POLLIN, 0}};
        poll_until(items, steady_clock::now() + generous);
        zmq::message_t frame;
        REQUIRE(try_receive_last(socket, frame));
        sessions.heard(frame, key);
    }
};

struct Client {
    Client(Server& server, zmq::socket_type type, zmq::socket_t& to)
        : link(context, {.type = type,
                         .endpoint = to.get(zmq::sockopt::last_endpoint),
                         .credentials = {server.keys.public_key, make_key_pair()},
                         .prepare = [type](zmq::socket_t& socket) {
                             if (type == zmq::socket_type::sub) socket.set(zmq::sockopt::subscribe, "hall/");
                         }}) {}
    bool wait(const std::function<bool()>& condition) {
        const auto limit = steady_clock::now() + generous;
        for (;;) {
            link.service(steady_clock::now());
            if (condition()) return true;
            if (steady_clock::now() >= limit) return false;
            std::vector<zmq::pollitem_t> items;
            link.add_to(items, false);
            poll_until(items, std::min(limit, link.next()));
        }
    }
    bool hears(const std::string& text) {
        return wait([&] {
            zmq::message_t frame;
            return link.socket() != nullptr && try_receive_last(*link.socket(), frame) &&
                   frame.to_string_view() == text;
        });
    }
    void say(const std::string& text) {
        REQUIRE(wait([&] { return link.up(); }));
        link.socket()->send(zmq::buffer(text), zmq::send_flags::dontwait);
    }
    zmq::context_t context;
    Link link;
};

TEST_CASE("the connections of a key that does not stay end, of every kind, and only those") {
    Server server;
    Client asks(server, zmq::socket_type::dealer, server.router);
    asks.say("hello");
    server.hear(server.router, "revoked");
    Client listens(server, zmq::socket_type::sub, server.events);
    REQUIRE(listens.wait([&] { return listens.link.up(); }));
    server.hear(server.events, "revoked");  // its subscription is all that it ever says
    Client other_asks(server, zmq::socket_type::dealer, server.router);
    other_asks.say("hello");
    server.hear(server.router, "stays");
    Client other_listens(server, zmq::socket_type::sub, server.events);
    REQUIRE(other_listens.wait([&] { return other_listens.link.up(); }));
    server.hear(server.events, "stays");
    REQUIRE(server.sessions.size() == 4);

    CHECK(server.sessions.end_unless([](const std::string& key) { return key == "stays"; }) == 2);
    CHECK(server.sessions.size() == 2);
    CHECK(asks.wait([&] { return asks.link.take_went_down(); }));
    CHECK(listens.wait([&] { return listens.link.take_went_down(); }));
    server.events.send(zmq::str_buffer("hall/1"), zmq::send_flags::dontwait);
    CHECK(other_listens.hears("hall/1"));
    other_asks.say("still here");
    server.hear(server.router, "stays");
    CHECK_FALSE(other_asks.link.take_went_down());
    CHECK_FALSE(other_listens.link.take_went_down());
    CHECK(server.sessions.end_unless([](const std::string&) { return true; }) == 0);
}

TEST_CASE("a connection that is gone is forgotten, and whoever has its number now is left alone") {
    Server server;
    auto first = std::make_unique<Client>(server, zmq::socket_type::dealer, server.router);
    first->say("hello");
    server.hear(server.router, "revoked");
    zmq::socket_t monitor(server.context, zmq::socket_type::pair);
    REQUIRE(::zmq_socket_monitor(server.router.handle(), "inproc://gone", ZMQ_EVENT_DISCONNECTED) == 0);
    monitor.connect("inproc://gone");
    first.reset();
    std::vector<zmq::pollitem_t> items{{monitor.handle(), 0, ZMQ_POLLIN, 0}};
    poll_until(items, steady_clock::now() + generous);
    REQUIRE(items[0].revents != 0);
    // It takes the lowest free number, which was the first one's.
    Client second(server, zmq::socket_type::dealer, server.router);
    second.say("hello");
    zmq::message_t frame;
    items[0] = {server.router.handle(), 0, ZMQ_POLLIN, 0};
    poll_until(items, steady_clock::now() + generous);
    REQUIRE(try_receive_last(server.router, frame));
    std::size_t known = 0;
    SECTION("of which no end was told") {
        CHECK(server.sessions.end_unless([](const std::string&) { return false; }) == 0);
    }
    SECTION("of which the end was told") {
        std::uint32_t descriptor = 0;
        zmq::message_t event;
        REQUIRE(try_receive(monitor, event));
        std::memcpy(&descriptor, static_cast<const char*>(event.data()) + 2, sizeof descriptor);
        CHECK(server.sessions.ended(int(descriptor)) == "revoked");
        CHECK(server.sessions.ended(int(descriptor)).empty());
        // The second's lives: an end that is told late was the first one's.
        server.sessions.heard(frame, "stays");
        CHECK(server.sessions.ended(int(descriptor)).empty());
        CHECK(server.sessions.end_unless([](const std::string& key) { return key == "stays"; }) == 0);
        known = 1;
    }
    CHECK(server.sessions.size() == known);
    second.say("still here");
    server.hear(server.router, "stays");
    CHECK_FALSE(second.link.take_went_down());
    ::zmq_socket_monitor(server.router.handle(), nullptr, 0);
}

// What libzmq tells of the next connection that ends.
int next_end(zmq::socket_t& monitor) {
    std::vector<zmq::pollitem_t> items{{monitor.handle(), 0, ZMQ_POLLIN, 0}};
    poll_until(items, steady_clock::now() + generous);
    std::uint32_t descriptor = 0;
    zmq::message_t event, address;
    REQUIRE(try_receive(monitor, event));
    std::memcpy(&descriptor, static_cast<const char*>(event.data()) + 2, sizeof descriptor);
    try_receive(monitor, address);
    return int(descriptor);
}

TEST_CASE("the end of a connection says nothing of an owner who was heard on another since") {
    Server server;
    zmq::socket_t monitor(server.context, zmq::socket_type::pair);
    REQUIRE(::zmq_socket_monitor(server.router.handle(), "inproc://older", ZMQ_EVENT_DISCONNECTED) == 0);
    monitor.connect("inproc://older");
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 2; ++i) {
        clients.push_back(std::make_unique<Client>(server, zmq::socket_type::dealer, server.router));
        clients.back()->say("hello");
        server.hear(server.router, "key");
    }
    clients[0].reset();
    CHECK(server.sessions.ended(next_end(monitor)).empty());
    CHECK(server.sessions.size() == 1);
    clients[1].reset();
    CHECK(server.sessions.ended(next_end(monitor)) == "key");
    CHECK(server.sessions.size() == 0);
    ::zmq_socket_monitor(server.router.handle(), nullptr, 0);
}

TEST_CASE("an end is known at once, also while libzmq has not closed its descriptor") {
    Server server;
    zmq::socket_t monitor(server.context, zmq::socket_type::pair);
    REQUIRE(::zmq_socket_monitor(server.router.handle(), "inproc://ends", ZMQ_EVENT_DISCONNECTED) == 0);
    monitor.connect("inproc://ends");
    for (int i = 0; i < 50; ++i) {
        auto client = std::make_unique<Client>(server, zmq::socket_type::dealer, server.router);
        client->say("hello");
        server.hear(server.router, "key");
        client.reset();
        REQUIRE(server.sessions.ended(next_end(monitor)) == "key");
    }
    ::zmq_socket_monitor(server.router.handle(), nullptr, 0);
}

}  // namespace sessions_test
