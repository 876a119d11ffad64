#include "protocol/follow.h"

#include <algorithm>
#include <random>

#include "protocol/hall_log.h"
#include "protocol/hall_state.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace follow_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace std::chrono_literals;
using wire::testing::call_event;
using wire::testing::same;

Moment at(std::chrono::milliseconds time) {
    return {std::chrono::steady_clock::time_point(1h + time), std::chrono::system_clock::time_point(100h + time)};
}

v1::StreamMessage stream_of(const v1::HallEvent& event) {
    v1::StreamMessage message;
    *message.mutable_event() = event;
    return message;
}

v1::StreamMessage heartbeat(std::uint64_t epoch, std::uint64_t head_seq, Moment sent = at(0ms)) {
    v1::StreamMessage message;
    message.mutable_heartbeat()->set_server_time_ms(
        std::chrono::duration_cast<std::chrono::milliseconds>(sent.wall.time_since_epoch()).count());
    message.mutable_heartbeat()->set_hall("main");
    message.mutable_heartbeat()->set_epoch(epoch);
    message.mutable_heartbeat()->set_head_seq(head_seq);
    return message;
}

// The master's half of the conversation, without sockets.
struct ModelMaster {
    v1::HallState state;
    HallLog log;

    explicit ModelMaster(std::uint64_t epoch) { restart(epoch); }
    void restart(std::uint64_t epoch) {
        state.set_hall("main");
        state.set_epoch(epoch);
        state.set_seq(0);
        log = HallLog();
        log.learn({epoch, 0});
    }
    v1::HallEvent call() {
        const v1::HallEvent event = call_event("main", state.epoch(), state.seq() + 1);
        apply(state, event);
        log.append(event);
        return event;
    }
    v1::SyncReply answer(const v1::SyncRequest& request) const {
        v1::SyncReply reply;
        reply.set_request_id(request.request_id());
        if (request.has_snapshot()) *reply.mutable_snapshot() = state;
        if (request.has_range()) *reply.mutable_range() = log.range(request.range());
        return reply;
    }
};

// A follower that has the master's state at the given time.
HallFollow live(const ModelMaster& master, Moment now) {
    HallFollow follow("main", {}, now);
    follow.reply(master.answer(follow.take_request(now).value()), now);
    REQUIRE(same(*follow.take_changed()->state, master.state));
    return follow;
}

TEST_CASE("events that come before the snapshot wait, and those it contains are skipped") {
    ModelMaster master(1);
    HallFollow follow("main", {}, at(0ms));
    const auto request = follow.take_request(at(0ms)).value();
    CHECK(request.snapshot().hall() == "main");
    const auto first = master.call();
    const auto reply = master.answer(request);
    follow.stream(stream_of(first), at(1ms));
    follow.stream(stream_of(master.call()), at(2ms));
    CHECK(follow.take_changed() == nullptr);
    follow.reply(reply, at(3ms));
    CHECK(same(*follow.take_changed()->state, master.state));
    CHECK_FALSE(follow.wants_request(at(4ms)));
}

TEST_CASE("a gap asks for the range from the first missing event") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    master.call();
    master.call();
    follow.stream(stream_of(master.call()), at(10ms));
    CHECK(follow.take_changed() == nullptr);
    const auto request = follow.take_request(at(10ms)).value();
    CHECK(request.range().from_seq() == 1);
    CHECK(request.range().epoch() == 1);
    CHECK_FALSE(follow.take_request(at(11ms)));
    follow.reply(master.answer(request), at(12ms));
    CHECK(same(*follow.take_changed()->state, master.state));
}

TEST_CASE("a heartbeat that is ahead tells of an event that was lost last") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    master.call();
    follow.stream(heartbeat(1, 1), at(10ms));
    const auto request = follow.take_request(at(10ms)).value();
    CHECK(request.range().from_seq() == 1);
    follow.reply(master.answer(request), at(12ms));
    CHECK(same(*follow.take_changed()->state, master.state));
}

TEST_CASE("a range that the master keeps no more leads to a snapshot") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    for (std::size_t i = 0; i < HallLog::max_events + 10; ++i) master.call();
    follow.stream(heartbeat(1, master.state.seq()), at(10ms));
    follow.reply(master.answer(follow.take_request(at(10ms)).value()), at(11ms));
    const auto request = follow.take_request(at(11ms)).value();
    REQUIRE(request.has_snapshot());
    follow.reply(master.answer(request), at(12ms));
    CHECK(same(*follow.take_changed()->state, master.state));
}

TEST_CASE("a higher epoch means a snapshot, a lower one is ignored, and the old state stays meanwhile") {
    ModelMaster master(5);
    HallFollow follow = live(master, at(0ms));
    follow.stream(stream_of(call_event("main", 4, 1)), at(1ms));
    follow.stream(heartbeat(4, 100), at(1ms));
    CHECK_FALSE(follow.wants_request(at(1ms)));
    CHECK(follow.take_changed() == nullptr);
    master.restart(6);
    follow.stream(stream_of(master.call()), at(2ms));
    CHECK(follow.take_changed() == nullptr);
    const auto request = follow.take_request(at(2ms)).value();
    REQUIRE(request.has_snapshot());
    follow.reply(master.answer(request), at(3ms));
    CHECK(same(*follow.take_changed()->state, master.state));
}

TEST_CASE("an event of another hall changes nothing") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    follow.stream(stream_of(call_event("upstairs", 1, 1)), at(1ms));
    CHECK(follow.take_changed() == nullptr);
    CHECK_FALSE(follow.wants_request(at(1ms)));
}

TEST_CASE("silence makes the state stale, dated by when it was last known to be the latest, and hearing mends it") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    follow.stream(heartbeat(1, 0, at(1000ms)), at(1000ms));
    while (follow.take_changed()) continue;
    follow.tick(at(3499ms));
    CHECK(follow.take_changed() == nullptr);
    CHECK(follow.next(at(3499ms), false) == at(3500ms).steady);
    follow.tick(at(3500ms));
    const auto stale = follow.take_changed();
    REQUIRE(stale);
    CHECK(stale->stale_since == at(1000ms).wall);
    CHECK(stale->state->seq() == 0);
    SECTION("a heartbeat at the same place mends it") {
        follow.stream(heartbeat(1, 0, at(5000ms)), at(5000ms));
        CHECK_FALSE(follow.take_changed()->stale_since);
    }
    SECTION("a heartbeat further on does not, what was missed does") {
        master.call();
        follow.stream(heartbeat(1, 1, at(5000ms)), at(5000ms));
        CHECK(follow.take_changed() == nullptr);
        follow.reply(master.answer(follow.take_request(at(5000ms)).value()), at(5010ms));
        const auto mended = follow.take_changed();
        CHECK_FALSE(mended->stale_since);
        CHECK(same(*mended->state, master.state));
    }
}

TEST_CASE("without heartbeats the master is asked before the state is stale") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    CHECK_FALSE(follow.wants_request(at(1400ms)));
    master.call();
    const auto request = follow.take_request(at(1500ms)).value();
    follow.reply(master.answer(request), at(1510ms));
    CHECK(same(*follow.take_changed()->state, master.state));
    follow.tick(at(2600ms));
    CHECK(follow.take_changed() == nullptr);
}

TEST_CASE("a lost question is asked again, one that the master cannot answer without haste") {
    ModelMaster master(1);
    HallFollow follow("main", {}, at(0ms));
    REQUIRE(follow.take_request(at(0ms)));
    CHECK_FALSE(follow.wants_request(at(1999ms)));
    const auto again = follow.take_request(at(2000ms)).value();
    v1::SyncReply refusal;
    refusal.set_request_id(again.request_id());
    refusal.mutable_error()->set_message("this master has no hall 'main'");
    follow.reply(refusal, at(2001ms));
    CHECK_FALSE(follow.wants_request(at(2002ms)));
    const auto later = follow.take_request(at(3001ms)).value();
    follow.reply(master.answer(later), at(3002ms));
    CHECK(same(*follow.take_changed()->state, master.state));
}

TEST_CASE("the first hall's name comes with its snapshot, and what happened until it is listened to is asked for") {
    ModelMaster master(1);
    HallFollow follow("", {}, at(0ms));
    const auto request = follow.take_request(at(0ms)).value();
    CHECK(request.snapshot().hall().empty());
    follow.reply(master.answer(request), at(1ms));
    CHECK(follow.hall() == "main");
    master.call();  // not heard: the topic is only subscribed to now
    const auto verify = follow.take_request(at(1ms)).value();
    CHECK(verify.range().hall() == "main");
    follow.reply(master.answer(verify), at(2ms));
    CHECK(same(*follow.take_changed()->state, master.state));
}

TEST_CASE("a snapshot of no hall is none: the hall that is followed never becomes another") {
    HallFollow follow("", {}, at(0ms));
    v1::SyncReply reply;
    reply.set_request_id(follow.take_request(at(0ms)).value().request_id());
    reply.mutable_snapshot()->set_epoch(1);
    follow.reply(reply, at(1ms));
    CHECK(follow.state() == nullptr);
    reply.mutable_snapshot()->set_hall("main");
    follow.reply(reply, at(2ms));
    CHECK(follow.hall() == "main");
    reply.mutable_snapshot()->set_hall("");
    reply.mutable_snapshot()->set_epoch(2);
    follow.reply(reply, at(3ms));
    CHECK(follow.state()->epoch() == 1);
}

TEST_CASE("the content's version comes with the heartbeat; one that says nothing new changes nothing") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    auto message = heartbeat(1, 0);
    message.mutable_heartbeat()->set_content_version(3);
    follow.stream(message, at(0ms));
    CHECK(follow.take_changed()->content_version == 3);
    follow.stream(message, at(1000ms));
    CHECK(follow.take_changed() == nullptr);
}

v1::StreamMessage heartbeat_with_hash(const v1::HallState& state) {
    auto message = heartbeat(state.epoch(), state.seq());
    message.mutable_heartbeat()->set_hash_seq(state.seq());
    message.mutable_heartbeat()->set_state_hash(state_hash(state));
    return message;
}

// An event that arrives whole, and says something else than the master's did.
v1::StreamMessage falsified(v1::HallEvent event) {
    event.mutable_changes(0)->mutable_call()->set_counter(99);
    return stream_of(event);
}

TEST_CASE("a state that is not the master's is noticed by its hash, replaced by a snapshot, and counted") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    follow.stream(falsified(master.call()), at(0ms));
    follow.stream(heartbeat_with_hash(master.state), at(10ms));
    const auto request = follow.take_request(at(10ms));
    REQUIRE(request);
    REQUIRE(request->has_snapshot());
    follow.reply(master.answer(*request), at(11ms));
    CHECK(same(*follow.take_changed()->state, master.state));
    CHECK(follow.statistics().hash_mismatches == 1);
    follow.stream(heartbeat_with_hash(master.state), at(5s));
    CHECK_FALSE(follow.wants_request(at(5s)));
}

TEST_CASE("the test before this one would notice if hashes were not compared") {
    ModelMaster master(1);
    HallFollow follow("main", {.compare_hashes = false}, at(0ms));
    follow.reply(master.answer(follow.take_request(at(0ms)).value()), at(0ms));
    follow.stream(falsified(master.call()), at(0ms));
    follow.stream(heartbeat_with_hash(master.state), at(10ms));
    CHECK_FALSE(follow.wants_request(at(10ms)));
    CHECK_FALSE(same(*follow.take_changed()->state, master.state));
}

TEST_CASE("a master whose hashes are never ours is asked less and less, and its state is shown all the same") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    int snapshots = 0;
    for (auto time = 0s; time < 600s; time += 1s) {
        auto message = heartbeat_with_hash(master.state);
        message.mutable_heartbeat()->set_state_hash("of another kind");
        follow.stream(message, at(time));
        follow.tick(at(time));
        while (const auto request = follow.take_request(at(time))) {
            snapshots += request->has_snapshot();
            follow.reply(master.answer(*request), at(time));
        }
        const auto followed = follow.take_changed();
        CHECK((!followed || !followed->stale_since));
    }
    CHECK(snapshots >= 5);
    CHECK(snapshots <= 12);
}

TEST_CASE("a hash of a later or earlier state says nothing about this one") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    const auto before = master.state;
    follow.stream(stream_of(master.call()), at(0ms));
    auto message = heartbeat_with_hash(before);
    message.mutable_heartbeat()->set_head_seq(master.state.seq());
    follow.stream(message, at(1ms));
    CHECK_FALSE(follow.wants_request(at(1ms)));
    CHECK(follow.statistics().hash_mismatches == 0);
}

TEST_CASE("a master of another major version is not followed, and people are told what to do") {
    ModelMaster master(1);
    HallFollow follow = live(master, at(0ms));
    auto message = heartbeat(1, 0);
    message.mutable_heartbeat()->set_version(2);
    message.mutable_heartbeat()->set_content_version(77);
    for (auto time = 0ms; time <= 3000ms; time += 1000ms) {
        follow.stream(message, at(time));
        follow.tick(at(time));
    }
    const auto followed = follow.take_changed();
    CHECK(followed->stale_since);
    CHECK(followed->content_version == 0);
    CHECK(followed->trouble.find("install the master's hallcast here") != std::string::npos);
    follow.stream(heartbeat(1, 0), at(3100ms));
    CHECK(follow.take_changed()->trouble.empty());
}

// A network that loses, delays, reorders and repeats, and a master that calls and restarts. Returns what went wrong.
std::string converges(std::uint32_t seed, FollowRules rules) {
    std::mt19937 random(seed);
    const auto chance = [&](int percent) { return int(random() % 100) < percent; };
    ModelMaster master(1);
    std::map<Position, v1::HallState> history{{{1, 0}, master.state}};
    std::chrono::milliseconds time{0};
    HallFollow follow(chance(50) ? "main" : "", rules, at(time));
    std::vector<v1::StreamMessage> stream;  // under way
    std::vector<v1::SyncReply> replies;     // under way
    v1::HallState known;
    bool stale = false;

    const auto look = [&]() -> std::string {
        const auto changed = follow.take_changed();
        if (!changed) return "";
        stale = changed->stale_since.has_value();
        if (!changed->state) return "";
        known = *changed->state;
        const auto then = history.find({known.epoch(), known.seq()});
        if (then == history.end() || !same(then->second, known))
            return fmt::format("the state at epoch {} seq {} was never the master's", known.epoch(), known.seq());
        return "";
    };
    const auto deliver = [&](auto& under_way, bool lossy, const auto& take) {
        if (under_way.empty()) return;
        const std::size_t place = lossy ? random() % std::min<std::size_t>(under_way.size(), 6) : 0;
        const auto message = under_way[place];
        if (!lossy || !chance(10)) under_way.erase(under_way.begin() + std::ptrdiff_t(place));  // else it comes twice
        if (lossy && chance(15)) return;
        take(message);
    };
    const auto round = [&](bool lossy) {
        time += std::chrono::milliseconds(random() % 120);
        if (chance(10)) stream.push_back(heartbeat(master.state.epoch(), master.state.seq()));
        deliver(stream, lossy, [&](const auto& message) { follow.stream(message, at(time)); });
        if (chance(50)) deliver(replies, lossy, [&](const auto& reply) { follow.reply(reply, at(time)); });
        if (lossy && chance(1)) follow.connected();
        if (lossy && chance(1)) follow.disconnected();
        follow.tick(at(time));
        if (const auto request = follow.take_request(at(time))) replies.push_back(master.answer(*request));
    };
    for (int step = 0; step < 1500; ++step) {
        if (chance(30)) {
            stream.push_back(stream_of(master.call()));
        } else if (chance(1)) {
            master.restart(master.state.epoch() + 1);
        }
        history[{master.state.epoch(), master.state.seq()}] = master.state;
        round(true);
        if (const auto wrong = look(); !wrong.empty()) return wrong;
    }
    // Now nothing happens at the master any more, and the network works.
    for (int step = 0; step < 3000; ++step) {
        round(false);
        if (const auto wrong = look(); !wrong.empty()) return wrong;
    }
    if (!same(known, master.state))
        return fmt::format("ended at epoch {} seq {}, the master is at {} {}", known.epoch(), known.seq(),
                           master.state.epoch(), master.state.seq());
    return stale ? "the latest state counts as stale" : "";
}

TEST_CASE(
    "whatever the network loses, repeats and reorders, only states of the master are shown, in the end its latest") {
    const std::uint32_t base = std::random_device{}();
    for (std::uint32_t seed = base; seed != base + 20; ++seed) {
        INFO("seed " << seed);
        CHECK(converges(seed, {}) == "");
    }
}

TEST_CASE("the test before this one would notice if gaps were not detected") {
    int noticed = 0;
    for (std::uint32_t seed = 1; seed <= 10; ++seed) noticed += converges(seed, {.detect_gaps = false}).empty() ? 0 : 1;
    CHECK(noticed == 10);
}

TEST_CASE("a range is complete only when every event from its first on is kept") {
    ModelMaster master(3);
    const auto range = [&](std::uint64_t epoch, std::uint64_t from) {
        v1::RangeRequest request;
        request.set_epoch(epoch);
        request.set_from_seq(from);
        return master.log.range(request);
    };
    for (int i = 0; i < 5; ++i) master.call();
    CHECK(range(3, 1).events_size() == 5);
    CHECK(range(3, 4).events_size() == 2);
    CHECK(range(3, 6).complete());
    CHECK(range(3, 6).events_size() == 0);
    CHECK_FALSE(range(3, 7).complete());
    CHECK_FALSE(range(2, 1).complete());
    CHECK_FALSE(range(4, 1).complete());
    CHECK_FALSE(range(3, 0).complete());
    for (std::size_t i = 0; i < HallLog::max_events; ++i) master.call();
    CHECK_FALSE(range(3, 5).complete());
    CHECK(range(3, 6).events_size() == int(HallLog::max_events));
    CHECK(master.log.take_unsent().size() == HallLog::max_events);
    CHECK(master.log.take_unsent().empty());
}

}  // namespace follow_test
