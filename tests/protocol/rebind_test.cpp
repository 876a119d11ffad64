#include "protocol/rebind.h"

#include "protocol/curve_socket.h"
#include "protocol/link.h"
#include "protocol/zmq_io.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace rebind_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace hallcast::wire::testing;
using std::chrono::steady_clock;

// Lets the link and the server's sockets live until the condition holds; false: it never did.
bool wait(Link& link, Rebind& rebind, const std::vector<zmq::socket_t*>& server,
          const std::function<bool()>& condition) {
    const auto limit = steady_clock::now() + generous;
    for (;;) {
        const auto now = steady_clock::now();
        link.service(now);
        rebind.service(now);
        zmq::message_t frame;
        for (zmq::socket_t* socket : server)  // libzmq ends a connection only while its socket is used
            while (try_receive_last(*socket, frame)) continue;
        if (condition()) return true;
        if (now >= limit) return false;
        std::vector<zmq::pollitem_t> items;
        link.add_to(items, false);
        for (zmq::socket_t* socket : server) items.push_back({socket->handle(), 0, ZMQ_POLLIN, 0});
        poll_until(items, std::min({limit, link.next(), rebind.next()}));
    }
}

TEST_CASE(
    "sockets with another key listen on the same ports; who knows the old one is out, who knows the new one is in") {
    zmq::context_t context;
    zmq::socket_t router(context, zmq::socket_type::router);
    zmq::socket_t events(context, zmq::socket_type::xpub);
    const std::vector<zmq::socket_t*> server{&router, &events};
    const KeyPair old = make_key_pair();
    for (zmq::socket_t* socket : server) {
        make_curve_server(*socket, old);
        socket->bind("tcp://127.0.0.1:*");
    }
    const std::string router_at = router.get(zmq::sockopt::last_endpoint);
    const std::string events_at = events.get(zmq::sockopt::last_endpoint);
    zmq::context_t clients;
    const KeyPair client = make_key_pair();
    Link knows_old(clients, {zmq::socket_type::dealer, router_at, {old.public_key, client}});
    Rebind rebind;
    REQUIRE(wait(knows_old, rebind, server, [&] { return knows_old.up(); }));

    const KeyPair fresh = make_key_pair();
    const KeyPair freshest = make_key_pair();
    rebind.begin(server, fresh, steady_clock::now());
    rebind.begin(server, freshest, steady_clock::now());  // changed again before it is done
    CHECK_FALSE(rebind.done());
    CHECK(wait(knows_old, rebind, server, [&] { return rebind.done() && knows_old.take_went_down(); }));
    CHECK(router.get(zmq::sockopt::last_endpoint) == router_at);
    CHECK(events.get(zmq::sockopt::last_endpoint) == events_at);
    Link knows_new(clients, {zmq::socket_type::dealer, router_at, {freshest.public_key, client}});
    CHECK(wait(knows_new, rebind, server, [&] { return knows_new.up(); }));
    Link listens(clients, {zmq::socket_type::sub, events_at, {freshest.public_key, client}});
    CHECK(wait(listens, rebind, server, [&] { return listens.up(); }));
    knows_old.service(steady_clock::now());
    CHECK_FALSE(knows_old.up());
}

}  // namespace rebind_test
