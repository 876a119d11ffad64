#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "protocol/authorized_clients.h"
#include "protocol/endpoints.h"
#include "protocol/hall_log.h"
#include "protocol/hall_state.h"
#include "protocol/player_lines.h"
#include "protocol/server_sockets.h"
#include "protocol/zap.h"
#include "protocol/zmq_io.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace follower_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace hallcast::wire::testing;
using namespace std::chrono_literals;

TEST_CASE("a follower gets the snapshot, and then every event") {
    TestMaster master;
    const auto player = master.client(Role::player, "hall-1");
    master.start(1);
    for (int i = 0; i < 5; ++i) master.call();
    const std::string hall = GENERATE(std::string("main"), std::string(""), std::string("upstairs"));
    TestFollower follower(master.address(), player, hall);
    const std::string name = hall.empty() ? "main" : hall;
    REQUIRE(follower.wait_for(master.state(name)));
    for (int i = 0; i < 200; ++i) master.call(name);
    CHECK(follower.wait_for(master.state(name)));
    CHECK_FALSE(follower.followed()->stale_since);
}

TEST_CASE("followers in one context with their master get the same") {
    TestMaster master;
    std::vector<std::unique_ptr<TestFollower>> followers;
    const auto player = master.client(Role::player, "hall-1");
    master.start(1);
    for (int i = 0; i < 10; ++i) followers.push_back(std::make_unique<TestFollower>(master.address(), player, "main"));
    for (int i = 0; i < 50; ++i) master.call();
    for (const auto& follower : followers) CHECK(follower->wait_for(master.state()));
}

TEST_CASE("a follower that was started before its master is stale, and then live by itself") {
    TestMaster master;
    const auto player = master.client(Role::player, "hall-1");
    master.start(1);  // for a port that is free
    master.stop();
    TestFollower follower(master.address(), player, "", 100ms);
    REQUIRE(follower.wait([](const Followed& followed) { return followed.stale_since && !followed.state; }));
    master.start(2);
    master.call();
    CHECK(follower.wait_for(master.state()));
    CHECK(follower.wait([](const Followed& followed) { return !followed.stale_since; }));
}

TEST_CASE("a follower outlives its master: stale with the old state, then the new life's state, never a mixture") {
    TestMaster master;
    const auto player = master.client(Role::player, "hall-1");
    master.start(1);
    TestFollower follower(master.address(), player, "main", 2500ms);
    for (std::uint64_t epoch = 2; epoch <= 3; ++epoch) {
        for (int i = 0; i < 3; ++i) master.call();
        REQUIRE(follower.wait_for(master.state()));
        const auto before = master.state();
        master.stop();
        REQUIRE(follower.wait([](const Followed& followed) { return followed.stale_since.has_value(); }));
        CHECK(same(*follower.followed()->state, before));
        master.start(epoch);
        master.call();
        REQUIRE(follower.wait_for(master.state()));
        CHECK(follower.wait([](const Followed& followed) { return !followed.stale_since; }));
    }
}

TEST_CASE("a changed content version arrives without waiting for the next second") {
    TestMaster master;
    const auto player = master.client(Role::player, "hall-1");
    master.start(1);
    TestFollower follower(master.address(), player, "main");
    REQUIRE(follower.wait_for(master.state()));
    for (std::uint64_t version = 1; version <= 20; ++version) {
        master.server().content_changed(version);
        REQUIRE(follower.wait([&](const Followed& followed) { return followed.content_version == version; }));
    }
}

TEST_CASE("of two players that can speak one does, and the other as soon as the first is gone") {
    TestMaster master;
    const auto one = master.client(Role::player, "hall-1"), other = master.client(Role::player, "hall-2");
    master.start(1);
    auto first = std::make_unique<TestFollower>(master.address(), one, "main");
    first->can_speak(true);
    REQUIRE(first->wait([](const Followed& followed) { return followed.speaks; }));
    TestFollower second(master.address(), other, "main");
    second.can_speak(true);
    REQUIRE(second.wait_for(master.state()));
    master.call();
    REQUIRE(second.wait_for(master.state()));
    CHECK_FALSE(second.followed()->speaks);
    first.reset();
    CHECK(second.wait([](const Followed& followed) { return followed.speaks; }));
}

TEST_CASE("a wrong layout is told to the master's own process in a moment, and whoever asks at its end is answered") {
    TestMaster master;
    const auto one = master.client(Role::player, "hall-1");
    master.start(1);
    TestFollower follower(master.address(), one, "main");
    REQUIRE(follower.wait_for(master.state()));
    const auto told = [&] {
        std::promise<v1::PlayerList> list;
        master.server().players([&](v1::PlayerList players) { list.set_value(std::move(players)); });
        const v1::PlayerList players = list.get_future().get();
        return players.players().empty() ? std::string() : players.players(0).report().statistics().layout_error();
    };
    v1::PlayerStatistics statistics;
    statistics.set_layout_error("hall.yaml:3:1: unknown key 'colur'");
    const auto begin = std::chrono::steady_clock::now();
    follower.report(statistics);
    while (told() != statistics.layout_error()) REQUIRE(std::chrono::steady_clock::now() < begin + generous);

    std::atomic<int> answered{0};
    for (int i = 0; i < 100; ++i) master.server().players([&](const v1::PlayerList&) { ++answered; });
    master.stop();
    CHECK(answered == 100);
}

// A master whose event socket loses what the test wants to be lost.
class LeakyMaster {
  public:
    LeakyMaster(const TestMaster& office) : clients_(office.folder / "authorized"), zap_(context_, clients_) {
        auto bound = bind_server_sockets(context_, {"127.0.0.1", 0, office.keys(), office.folder / "authorized"});
        REQUIRE(bound);
        sockets_ = std::move(*bound);
        state_.set_hall("main");
        state_.set_epoch(1);
        log_.learn({1, 0});
    }

    MasterAddress address() const { return {"127.0.0.1", sockets_.port}; }
    const v1::HallState& state() const { return state_; }
    int ranges() const { return ranges_; }
    int listeners() const { return listeners_; }
    std::size_t askers() const { return askers_.size(); }  // connections over which something was asked
    void be_mute() { mute_ = true; }                       // answers nothing any more

    void call(bool lose) {
        const auto event = call_event("main", 1, state_.seq() + 1);
        apply(state_, event);
        log_.append(event);
        for (const std::string& bytes : log_.take_unsent()) {
            if (lose) continue;
            sockets_.events.send(zmq::str_buffer("hall/main/"), zmq::send_flags::sndmore);
            sockets_.events.send(zmq::buffer(bytes), zmq::send_flags::none);
        }
    }

    bool serve_until(const std::function<bool()>& done) {
        const auto limit = std::chrono::steady_clock::now() + generous;
        while (!done()) {
            if (std::chrono::steady_clock::now() > limit) return false;
            std::vector<zmq::pollitem_t> items{{zap_.socket().handle(), 0, ZMQ_POLLIN, 0},
                                               {sockets_.sync.handle(), 0, ZMQ_POLLIN, 0},
                                               {sockets_.events.handle(), 0, ZMQ_POLLIN, 0}};
            poll_until(items, std::chrono::steady_clock::now() + 10ms);
            while (zap_.answer()) continue;
            zmq::message_t frame;
            while (try_receive_last(sockets_.events, frame))
                listeners_ += frame.to_string_view().starts_with('\1') ? 1 : 0;
            zmq::message_t address;
            while (try_receive(sockets_.sync, address)) {
                REQUIRE(try_receive_last(sockets_.sync, frame));
                answer(address, frame);
            }
        }
        return true;
    }

  private:
    void answer(zmq::message_t& address, const zmq::message_t& frame) {
        v1::SyncRequest request;
        REQUIRE(request.ParseFromArray(frame.data(), int(frame.size())));
        askers_.insert(address.to_string());
        if (mute_) return;
        v1::SyncReply reply;
        reply.set_request_id(request.request_id());
        if (request.has_snapshot()) *reply.mutable_snapshot() = state_;
        if (request.has_range()) {
            *reply.mutable_range() = log_.range(request.range());
            ranges_ += reply.range().events_size() > 0 ? 1 : 0;
        }
        sockets_.sync.send(address, zmq::send_flags::sndmore);
        sockets_.sync.send(zmq::message_t(), zmq::send_flags::sndmore);
        sockets_.sync.send(zmq::buffer(reply.SerializeAsString()), zmq::send_flags::none);
    }

    zmq::context_t context_;
    AuthorizedClients clients_;
    ZapHandler zap_;
    ServerSockets sockets_;
    v1::HallState state_;
    HallLog log_;
    int ranges_ = 0;
    int listeners_ = 0;
    std::set<std::string> askers_;
    bool mute_ = false;
};

// Its cable was pulled, or a router forgot it: TCP alone would tell that after many seconds.
TEST_CASE("a player that hears nothing of its master makes its connections anew, each for itself") {
    TestMaster office;
    const auto player = office.client(Role::player, "hall-1");
    LeakyMaster master(office);
    zmq::context_t context;
    PlayerLines lines(context, {.master = master.address(),
                                .credentials = player,
                                .hall = "main",
                                .stale_after = 500ms,  // so that it asks when the stream is silent
                                .silence_limit = 300ms,
                                .changed = {},
                                .learnt = {},
                                .program = {}});
    const auto until = [&](const std::function<bool()>& condition) {
        return master.serve_until([&] {
            lines.step();
            return condition();
        });
    };
    REQUIRE(until([&] { return lines.end().state() != nullptr && master.listeners() == 1; }));
    CHECK(until([&] { return master.listeners() == 3; }));  // there are no heartbeats
    CHECK(master.askers() == 1);                            // but answers
    master.be_mute();
    CHECK(until([&] { return master.askers() == 3; }));
}

TEST_CASE("an event that the stream lost is fetched as a range when the next one shows the gap") {
    TestMaster office;
    const auto player = office.client(Role::player, "hall-1");
    LeakyMaster master(office);
    TestFollower follower(master.address(), player, "main");
    const auto has_state = [&] {
        const auto followed = follower.followed();
        return followed->state && same(*followed->state, master.state());
    };
    REQUIRE(master.serve_until([&] { return has_state() && master.listeners() > 0; }));
    // Until the stream is heard.
    master.call(false);
    REQUIRE(master.serve_until(has_state));
    const int before = master.ranges();
    master.call(true);
    master.call(true);
    master.call(false);
    REQUIRE(master.serve_until(has_state));
    CHECK(master.ranges() == before + 1);
}

TEST_CASE("a gap that the real server keeps no events for ends in a new snapshot") {
    TestMaster master;
    const auto player = master.client(Role::player, "hall-1");
    master.start(1);
    TestFollower follower(master.address(), player, "main");
    REQUIRE(follower.wait_for(master.state()));
    master.call();
    REQUIRE(follower.wait_for(master.state()));
    // More than the log keeps, in one go: the stream's tail alone is sent.
    for (std::size_t i = 0; i < 2 * HallLog::max_events; ++i) master.call();
    CHECK(follower.wait_for(master.state()));
}

}  // namespace follower_test
