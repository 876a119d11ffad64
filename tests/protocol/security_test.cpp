#include <atomic>
#include <cstring>

#include "protocol/curve_socket.h"
#include "protocol/endpoints.h"
#include "protocol/pairing.h"
#include "protocol/zmq_io.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace security_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace hallcast::wire::testing;
using namespace std::chrono_literals;

// Somebody at the network's other end, with some key or none.
class Outsider {
  public:
    Outsider(zmq::context_t& context, zmq::socket_type type, const std::string& where,
             const std::optional<Credentials>& credentials)
        : socket_(context, type), monitor_(context, zmq::socket_type::pair) {
        if (credentials) {
            make_curve_client(socket_, *credentials);
        } else {
            socket_.set(zmq::sockopt::linger, 0);
            socket_.set(zmq::sockopt::reconnect_ivl, -1);
        }
        if (type == zmq::socket_type::sub) socket_.set(zmq::sockopt::subscribe, "");
        static std::atomic<int> number = 0;  // libzmq frees a monitor's name only some time after its end
        const std::string name = fmt::format("inproc://outsider-{}", ++number);
        REQUIRE(::zmq_socket_monitor(socket_.handle(), name.c_str(), ZMQ_EVENT_ALL) == 0);
        monitor_.set(zmq::sockopt::linger, 0);
        monitor_.connect(name);
        socket_.connect(where);
    }
    ~Outsider() { ::zmq_socket_monitor(socket_.handle(), nullptr, 0); }
    Outsider(const Outsider&) = delete;
    Outsider& operator=(const Outsider&) = delete;

    // Waits for the end of the handshake.
    bool is_let_in() {
        for (;;) {
            if (!readable(monitor_)) FAIL("the handshake never ended");
            zmq::message_t event;
            zmq::message_t address;
            REQUIRE(try_receive(monitor_, event));
            try_receive(monitor_, address);
            std::uint16_t kind = 0;
            std::memcpy(&kind, event.data(), sizeof kind);
            if (kind == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) return true;
            if (kind == ZMQ_EVENT_DISCONNECTED || kind == ZMQ_EVENT_CLOSED) return false;
        }
    }
    void send(const std::string& bytes) {
        socket_.send(zmq::message_t(), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
        socket_.send(zmq::buffer(bytes), zmq::send_flags::dontwait);
    }
    bool gets_something() {
        zmq::message_t frame;
        if (!readable(socket_) || !try_receive_last(socket_, frame)) return false;
        got = frame.to_string();
        return true;
    }
    bool has_something() {
        zmq::message_t frame;
        return try_receive_last(socket_, frame);
    }
    std::string got;

  private:
    static bool readable(zmq::socket_t& socket) {
        std::vector<zmq::pollitem_t> items{{socket.handle(), 0, ZMQ_POLLIN, 0}};
        poll_until(items, std::chrono::steady_clock::now() + generous);
        return items[0].revents != 0;
    }

    zmq::socket_t socket_;
    zmq::socket_t monitor_;
};

struct Door {
    zmq::socket_type type;
    int offset;
};
constexpr Door doors[] = {{zmq::socket_type::dealer, sync_offset},
                          {zmq::socket_type::sub, events_offset},
                          {zmq::socket_type::dealer, commands_offset}};

std::string question(int offset) {
    if (offset == commands_offset) {
        v1::Command command;
        command.set_cmd_id("0123456789abcdef");
        command.mutable_call_next()->set_counter(1);
        return command.SerializeAsString();
    }
    v1::SyncRequest request;
    request.set_version(1);
    request.mutable_snapshot();
    return request.SerializeAsString();
}

TEST_CASE("who has no authorised key, no CURVE or a wrong idea of the master's key gets nothing from any socket") {
    TestMaster master;
    int commands = 0;  // of the server's thread until the master is stopped
    master.handlers.command = [&](const v1::Command&, const std::function<void(const v1::CommandReply&)>&) {
        ++commands;
    };
    const auto member = master.client(Role::player, "hall-1");
    Credentials misled = member;
    misled.master_key = make_key_pair().public_key;
    const Credentials stranger = master.stranger();
    const Credentials master_itself{master.keys().public_key, master.keys()};
    master.start(1);
    zmq::context_t context;
    for (const Door& door : doors) {
        INFO("port offset " << door.offset);
        const std::string where = endpoint(master.address(), door.offset);
        Outsider insider(context, door.type, where, member);
        REQUIRE(insider.is_let_in());
        for (const auto& credentials : {std::optional(stranger), std::optional(misled), std::optional(master_itself),
                                        std::optional<Credentials>()}) {
            Outsider outsider(context, door.type, where, credentials);
            if (door.type == zmq::socket_type::dealer) outsider.send(question(door.offset));
            CHECK_FALSE(outsider.is_let_in());
            // The insider's answer shows that the master has had its turn with what the outsider sent.
            if (door.type == zmq::socket_type::dealer)
                insider.send(question(door.offset));
            else
                master.call();
            CHECK(insider.gets_something());
            CHECK_FALSE(outsider.has_something());
        }
    }
    master.stop();
    CHECK(commands == 0);
}

TEST_CASE("the test before this one would notice a missing ZAP handler: without it libzmq lets any key in") {
    TestMaster master;
    zmq::context_t open_context;
    zmq::socket_t router(open_context, zmq::socket_type::router);
    make_curve_server(router, master.keys());
    router.bind("tcp://127.0.0.1:*");
    zmq::context_t context;
    Outsider outsider(context, zmq::socket_type::dealer, router.get(zmq::sockopt::last_endpoint), master.stranger());
    CHECK(outsider.is_let_in());
}

TEST_CASE(
    "the pairing socket lets strangers in as guests: they are told to wait, and nothing else they ask is answered") {
    TestMaster master;
    int commands = 0;
    master.handlers.command = [&](const v1::Command&, const std::function<void(const v1::CommandReply&)>&) {
        ++commands;
    };
    const Credentials member = master.client(Role::admin, "admin");
    const Credentials stranger = master.stranger();
    master.start(1);
    zmq::context_t context;
    const std::string where = endpoint(master.address(), pairing_offset);
    for (const Credentials& guest : {stranger, member}) {
        Outsider outsider(context, zmq::socket_type::dealer, where,
                          Credentials{pairing_keys().public_key, guest.client});
        REQUIRE(outsider.is_let_in());
        outsider.send(question(sync_offset));
        outsider.send(question(commands_offset));
        outsider.send(std::string(4000, 'x'));
        v1::PairingMessage hello;
        hello.set_version(pairing_version);
        hello.mutable_hello()->set_name("new");
        outsider.send(hello.SerializeAsString());
        v1::PairingMessage wait;
        do REQUIRE(outsider.gets_something());
        while (wait.ParseFromString(outsider.got) && wait.has_refused());  // what was no PairingMessage of this version
        CHECK(wait.has_wait());
        CHECK_FALSE(outsider.has_something());
    }
    CHECK_FALSE(Outsider(context, zmq::socket_type::dealer, where, std::nullopt).is_let_in());
    CHECK_FALSE(Outsider(context, zmq::socket_type::dealer, where, member).is_let_in());  // with the master's own key
    Outsider shouts(context, zmq::socket_type::dealer, where, Credentials{pairing_keys().public_key, stranger.client});
    REQUIRE(shouts.is_let_in());
    shouts.send(std::string(5000, 'x'));  // more than is taken: the connection ends
    CHECK_FALSE(shouts.is_let_in());
    master.stop();
    CHECK(commands == 0);
}

TEST_CASE("an unreadable list of keys lets nobody in") {
    TestMaster master;
    const auto member = master.client(Role::player, "hall-1");
    master.start(1);
    zmq::context_t context;
    const std::string where = endpoint(master.address(), sync_offset);
    CHECK(Outsider(context, zmq::socket_type::dealer, where, member).is_let_in());
    std::filesystem::rename(master.folder / "authorized", master.folder / "before");
    std::filesystem::create_directory(master.folder / "authorized");
    CHECK_FALSE(Outsider(context, zmq::socket_type::dealer, where, member).is_let_in());
}

TEST_CASE("a follower that was denied gets in by itself once its key is authorised") {
    TestMaster master;
    const Credentials player = master.stranger();
    master.start(1);
    master.call();
    {
        // The denial is certain, not just likely: another socket with the same key is told of it.
        zmq::context_t context;
        const auto client = make_sync_client(context, master.address(), player);
        v1::SyncRequest request;
        request.mutable_snapshot();
        auto refused = client->ask(request, 0ms);
        for (const auto limit = std::chrono::steady_clock::now() + generous;
             !refused && refused.error().message.find("refuses this key") == std::string::npos;) {
            REQUIRE(std::chrono::steady_clock::now() < limit);
            refused = client->ask(request, 100ms);
        }
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.find("authorized") != std::string::npos);
    }
    TestFollower follower(master.address(), player, "main", 300ms);
    REQUIRE(follower.wait([](const Followed& followed) { return followed.stale_since.has_value(); }));
    CHECK_FALSE(follower.followed()->state);
    master.let_in(player, Role::player, "hall-1");
    CHECK(follower.wait_for(master.state()));
    master.call();
    CHECK(follower.wait_for(master.state()));
}

}  // namespace security_test
