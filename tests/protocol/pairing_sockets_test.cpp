// Pairing, revocation and the change of the master's key between a real server and real clients.
#include <set>

#include "protocol/base/file.h"
#include "protocol/curve_socket.h"
#include "protocol/endpoints.h"
#include "protocol/link.h"
#include "protocol/pairing_client.h"
#include "protocol/successor.h"
#include "protocol/successor_search.h"
#include "protocol/zmq_io.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace pairing_sockets_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace hallcast::wire::testing;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

class TestGuest {
  public:
    explicit TestGuest(const MasterAddress& master)
        : client_(make_pairing_client(
              context_,
              {.master = master, .keys = keys, .name = "new-player", .changed = [this] { bell_.notify(); }})) {}
    bool wait(const std::function<bool(const PairingView&)>& condition) {
        return bell_.wait([&] { return condition(*client_->view()); });
    }
    std::shared_ptr<const PairingView> view() const { return client_->view(); }

    const KeyPair keys = make_key_pair();

  private:
    zmq::context_t context_;
    Bell bell_;
    std::unique_ptr<PairingClient> client_;  // last: its thread rings the bell
};

v1::SyncReply ask(const TestMaster& master, const Credentials& credentials, v1::SyncRequest request) {
    zmq::context_t context;
    auto reply = make_sync_client(context, master.address(), credentials)->ask(std::move(request), generous);
    INFO((reply ? "" : reply.error().message));
    REQUIRE(reply);
    return *reply;
}

v1::SyncRequest confirm(const PairingCode& code, const std::string& name) {
    v1::SyncRequest request;
    request.mutable_confirm_pairing()->set_number(code.number);
    request.mutable_confirm_pairing()->set_secret(code.secret);
    request.mutable_confirm_pairing()->set_name(name);
    return request;
}

TEST_CASE("a new player is let in by the code that it shows, and follows its hall with what it learnt") {
    TestMaster master;
    const Credentials admin = master.client(Role::admin, "admin");
    master.start(1);
    master.call();
    TestGuest guest(master.address());
    REQUIRE(guest.wait([](const PairingView& view) { return view.code.has_value(); }));
    const PairingCode code = *guest.view()->code;

    v1::SyncRequest pairings;
    pairings.mutable_pairings();
    const v1::SyncReply list = ask(master, admin, pairings);
    REQUIRE(list.pairings().waiting_size() == 1);
    CHECK(list.pairings().waiting(0).number() == code.number);
    CHECK(list.pairings().waiting(0).name() == "new-player");
    CHECK(list.pairings().waiting(0).address() == "127.0.0.1");

    const v1::SyncReply reply = ask(master, admin, confirm(code, "hall-2"));
    INFO(reply.error().message());
    REQUIRE(reply.has_pairing());
    CHECK(reply.pairing().name() == "hall-2");
    CHECK(reply.pairing().public_key() == guest.keys.public_key);
    REQUIRE(guest.wait([](const PairingView& view) { return view.credentials.has_value(); }));
    CHECK(guest.view()->name == "hall-2");
    CHECK(guest.view()->credentials->master_key == master.keys().public_key);
    TestFollower follower(master.address(), *guest.view()->credentials, "main");
    CHECK(follower.wait_for(master.state()));
}

TEST_CASE("a wrong code is told to the administrator and lets nobody in") {
    TestMaster master;
    const Credentials admin = master.client(Role::admin, "admin");
    master.start(1);
    TestGuest guest(master.address());
    REQUIRE(guest.wait([](const PairingView& view) { return view.code.has_value(); }));
    PairingCode code = *guest.view()->code;
    code.secret[3] = code.secret[3] == '0' ? '1' : '0';
    const v1::SyncReply reply = ask(master, admin, confirm(code, "hall-2"));
    CHECK(reply.error().message().find("wrong") != std::string::npos);
    CHECK(guest.wait([](const PairingView& view) { return view.pausing; }));
    CHECK(load_authorized(master.folder / "authorized").value().size() == 1);
}

TEST_CASE("only an administrator sees who waits, and lets them in") {
    TestMaster master;
    const Credentials clerk = master.client(Role::clerk, "desk");
    const Credentials player = master.client(Role::player, "hall-1");
    master.start(1);
    TestGuest guest(master.address());
    REQUIRE(guest.wait([](const PairingView& view) { return view.code.has_value(); }));
    for (const Credentials& other : {clerk, player}) {
        v1::SyncRequest pairings;
        pairings.mutable_pairings();
        CHECK(ask(master, other, pairings).error().code() == v1::SyncError::NOT_ALLOWED);
        CHECK(ask(master, other, confirm(*guest.view()->code, "hall-2")).error().code() == v1::SyncError::NOT_ALLOWED);
    }
    CHECK(load_authorized(master.folder / "authorized").value().size() == 2);
}

TEST_CASE("pairing replaces nobody: a name that has another key is refused before the code is used up") {
    TestMaster master;
    const Credentials admin = master.client(Role::admin, "admin");
    master.start(1);
    TestGuest guest(master.address());
    REQUIRE(guest.wait([](const PairingView& view) { return view.code.has_value(); }));
    const PairingCode code = *guest.view()->code;
    const v1::SyncReply refused = ask(master, admin, confirm(code, "admin"));
    CHECK(refused.error().message().find("another key") != std::string::npos);
    CHECK(ask(master, admin, confirm(code, "hall-2")).has_pairing());
    const auto keys = load_authorized(master.folder / "authorized").value();
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].role == Role::admin);
    CHECK(keys[0].public_key == admin.client.public_key);
}

TEST_CASE("a player whose key is known already is paired again under its name, with its role") {
    TestMaster master;
    const Credentials admin = master.client(Role::admin, "admin");
    master.start(1);
    TestGuest guest(master.address());
    REQUIRE(authorize(master.folder / "authorized", {Role::kiosk, "hall-7", guest.keys.public_key}));
    REQUIRE(guest.wait([](const PairingView& view) { return view.code.has_value(); }));
    CHECK(ask(master, admin, confirm(*guest.view()->code, "")).pairing().name() == "hall-7");
    const auto keys = load_authorized(master.folder / "authorized").value();
    REQUIRE(keys.size() == 2);
    CHECK(keys[1].role == Role::kiosk);
}

// A connection of either kind, from which the test reads by hand.
struct Connection {
    Connection(const TestMaster& master, zmq::socket_type type, int offset, const Credentials& credentials)
        : link(context, {.type = type,
                         .endpoint = endpoint(master.address(), offset),
                         .credentials = credentials,
                         .prepare = [type](zmq::socket_t& socket) {
                             if (type == zmq::socket_type::sub) socket.set(zmq::sockopt::subscribe, topic_of("main"));
                         }}) {}
    bool wait(const std::function<bool()>& condition) {
        const auto limit = steady_clock::now() + generous;
        for (;;) {
            link.service(steady_clock::now());
            went_down = link.take_went_down() || went_down;
            if (condition()) return true;
            if (steady_clock::now() >= limit) return false;
            std::vector<zmq::pollitem_t> items;
            link.add_to(items, false);
            poll_until(items, std::min(limit, link.next()));
        }
    }
    // An event of that number, whatever comes before.
    bool hears(std::uint64_t seq) {
        return wait([&] {
            zmq::message_t frame;
            v1::StreamMessage message;
            while (link.socket() != nullptr && try_receive_last(*link.socket(), frame))
                if (message.ParseFromArray(frame.data(), int(frame.size()))) {
                    heard.insert(message.event().seq());
                    if (message.event().seq() == seq) return true;
                }
            return false;
        });
    }
    // Sends a question and waits for its answer.
    bool is_answered() {
        if (!wait([&] { return link.up(); })) return false;
        v1::SyncRequest request;
        request.set_version(1);
        request.mutable_snapshot();
        link.socket()->send(zmq::message_t(), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
        link.socket()->send(zmq::buffer(request.SerializeAsString()), zmq::send_flags::dontwait);
        return wait([&] {
            zmq::message_t frame;
            return link.socket() != nullptr && try_receive_last(*link.socket(), frame);
        });
    }
    zmq::context_t context;
    Link link;
    bool went_down = false;
    std::set<std::uint64_t> heard;
};

// Two players with both connections each, all known to have been heard by the master.
struct TwoPlayers {
    explicit TwoPlayers(TestMaster& master)
        : first(master.client(Role::player, "hall-1")), second(master.client(Role::player, "hall-2")) {
        master.start(1);
        first_events.emplace(master, zmq::socket_type::sub, events_offset, first);
        first_sync.emplace(master, zmq::socket_type::dealer, sync_offset, first);
        second_events.emplace(master, zmq::socket_type::sub, events_offset, second);
        second_sync.emplace(master, zmq::socket_type::dealer, sync_offset, second);
        REQUIRE(first_sync->is_answered());
        REQUIRE(second_sync->is_answered());
        // A listener may miss what was sent before its subscription came.
        for (Connection* listener : {&*first_events, &*second_events})
            REQUIRE(listener->wait([&] {
                zmq::message_t frame;
                return listener->link.socket() != nullptr && try_receive_last(*listener->link.socket(), frame);
            }));
    }
    const Credentials first;
    const Credentials second;
    std::optional<Connection> first_events, first_sync, second_events, second_sync;
};

TEST_CASE("a revoked key's connections end at once, all of them and no others; it hears nothing more") {
    TestMaster master;
    TwoPlayers players(master);
    const auto before = steady_clock::now();
    REQUIRE(revoke(master.folder / "authorized", "hall-1"));
    CHECK(players.first_events->wait([&] { return players.first_events->went_down; }));
    CHECK(players.first_sync->wait([&] { return players.first_sync->went_down; }));
    const auto took = steady_clock::now() - before;
    INFO("it took " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms");
    CHECK(took < 10s);  // a few milliseconds on a quiet machine
    master.call();
    const std::uint64_t seq = master.state().seq();
    CHECK(players.second_events->hears(seq));
    CHECK(players.first_events->wait([&] { return players.first_events->link.denied(); }));
    CHECK_FALSE(players.first_events->heard.contains(seq));
    CHECK(players.second_sync->is_answered());
    CHECK_FALSE(players.second_events->went_down);
    CHECK_FALSE(players.second_sync->went_down);
}

TEST_CASE("the test before this one would notice if sessions were not ended: a revoked listener would hear on") {
    TestMaster master;
    master.end_sessions = false;
    TwoPlayers players(master);
    REQUIRE(revoke(master.folder / "authorized", "hall-1"));
    master.call();
    CHECK(players.first_events->hears(master.state().seq()));
    CHECK_FALSE(players.first_events->went_down);
}

TEST_CASE("a key that is replaced under its name is out like a revoked one") {
    TestMaster master;
    TwoPlayers players(master);
    REQUIRE(authorize(master.folder / "authorized", {Role::player, "hall-1", make_key_pair().public_key}));
    CHECK(players.first_events->wait([&] { return players.first_events->went_down; }));
    CHECK(players.first_sync->wait([&] { return players.first_sync->went_down; }));
    CHECK(players.second_sync->is_answered());
    CHECK_FALSE(players.second_events->went_down);
}

TEST_CASE("who knows another key than the master's is turned away; who is not let in is not") {
    TestMaster master;
    const Credentials player = master.client(Role::player, "hall-1");
    master.start(1);
    Connection other_key(master, zmq::socket_type::dealer, sync_offset, {make_key_pair().public_key, player.client});
    CHECK(other_key.wait([&] { return other_key.link.turned_away(); }));
    Connection stranger(master, zmq::socket_type::dealer, sync_offset, master.stranger());
    CHECK(stranger.wait([&] { return stranger.link.denied(); }));
    CHECK_FALSE(stranger.link.turned_away());
}

// A thousand players that ask a busy master for a successor would make it busier.
TEST_CASE("a player asks for the master's successor where it is turned away, and not where a master is off or busy") {
    const auto begin = steady_clock::now();
    zmq::context_t context;
    const SearchRules rules;
    SuccessorSearch search(context, {"127.0.0.1", 9}, {make_key_pair().public_key, make_key_pair()}, rules);
    for (const auto later : {0s, 3600s}) {
        search.service(begin + later, false);
        CHECK(search.next() == SuccessorSearch::Time::max());
    }
    search.service(begin, true);
    CHECK(search.next() >= begin + rules.ask_after);
    CHECK(search.next() <= begin + 2 * rules.ask_after);
    search.service(begin + rules.ask_after, false);
    CHECK(search.next() == SuccessorSearch::Time::max());
}

TEST_CASE("the master's key changes while it runs: its players find the new one by themselves, also who was away") {
    TestMaster master;
    master.keep_keys_in_folder();
    const Credentials player = master.client(Role::player, "hall-1");
    const Credentials away = master.client(Role::player, "hall-2");
    master.start(1);
    TestFollower follower(master.address(), player, "main");
    REQUIRE(follower.wait_for(master.state()));
    const std::string first = rotate_master_key(std::filesystem::path(master.folder / "")).value();
    master.call();
    CHECK(follower.wait_for(master.state()));
    CHECK(follower.wait([&](const Followed&) { return follower.learnt() == first; }));
    const std::string second = rotate_master_key(std::filesystem::path(master.folder / "")).value();
    master.call();
    CHECK(follower.wait([&](const Followed&) { return follower.learnt() == second; }));
    CHECK(follower.wait_for(master.state()));
    TestFollower late(master.address(), away, "main");
    CHECK(late.wait_for(master.state()));
    CHECK(late.wait([&](const Followed&) { return late.learnt() == second; }));
}

TEST_CASE("who is not on the list learns of no successor, and neither does anybody once the old keys are forgotten") {
    TestMaster master;
    master.keep_keys_in_folder();
    const Credentials player = master.client(Role::player, "hall-1");
    const Credentials stranger = master.stranger();
    REQUIRE(rotate_master_key(std::filesystem::path(master.folder / "")));
    master.start(1);
    const auto answer_to = [&](const Credentials& who) {
        zmq::context_t context;
        zmq::socket_t socket(context, zmq::socket_type::dealer);
        make_curve_client(socket, {pairing_keys().public_key, who.client});
        socket.connect(endpoint(master.address(), pairing_offset));
        v1::PairingMessage message;
        message.set_version(pairing_version);
        message.mutable_successor_request()->set_master_key(raw_key(who.master_key));
        socket.send(zmq::message_t(), zmq::send_flags::sndmore);
        socket.send(zmq::buffer(message.SerializeAsString()), zmq::send_flags::none);
        std::vector<zmq::pollitem_t> items{{socket.handle(), 0, ZMQ_POLLIN, 0}};
        poll_until(items, steady_clock::now() + generous);
        zmq::message_t frame;
        REQUIRE(try_receive_last(socket, frame));
        REQUIRE(message.ParseFromArray(frame.data(), int(frame.size())));
        return message;
    };
    CHECK(answer_to(player).has_successor());
    CHECK(answer_to(stranger).has_refused());
    REQUIRE(forget_previous_keys(std::filesystem::path(master.folder / "")));
    CHECK(answer_to(player).has_refused());
}

}  // namespace pairing_sockets_test
