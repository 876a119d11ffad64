#include "player/runtime/call_schedule.h"

#include "tests/catch.h"

namespace hallcast::runtime {
namespace call_schedule_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t now_ms = 1'800'000'000'000;
constexpr CallSchedule::Moment start{seconds(1000)};

v1::Call& add_call(v1::HallState& state, const std::string& id, std::int64_t age_ms = 0, std::uint32_t attempt = 1) {
    v1::Call call;
    call.set_call_id(id);
    call.set_ticket("A" + id);
    call.set_counter(1);
    call.set_attempt(attempt);
    call.set_called_at_ms(now_ms - age_ms);
    call.set_expires_at_ms(now_ms - age_ms + 60'000);
    call.set_phase(v1::CALL_PHASE_CALLED);
    // A state has its newest call first.
    *state.add_calls() = call;
    for (int i = state.calls_size() - 1; i > 0; --i) state.mutable_calls()->SwapElements(i, i - 1);
    return *state.mutable_calls(0);
}

std::vector<std::string> ids(const std::vector<v1::Call>& calls) {
    std::vector<std::string> all;
    for (const v1::Call& call : calls) all.push_back(call.call_id());
    return all;
}

}  // namespace call_schedule_test

using namespace call_schedule_test;
using Ids = std::vector<std::string>;

TEST_CASE("several calls at once are new once each, oldest first, and take turns on the screen") {
    CallSchedule schedule({seconds(9)});
    v1::HallState state;
    add_call(state, "1", 30);
    add_call(state, "2", 20);
    add_call(state, "3", 10);
    CHECK(ids(schedule.update(state, now_ms)) == Ids{"1", "2", "3"});
    CHECK(schedule.update(state, now_ms).empty());

    CHECK(schedule.shown(start, now_ms) == screen::ShownCall{"1", 1});
    CHECK(schedule.shown(start + milliseconds(1700), now_ms) == screen::ShownCall{"1", 1});
    CHECK(schedule.shown(start + milliseconds(1801), now_ms) == screen::ShownCall{"2", 1});
    CHECK(schedule.shown(start + milliseconds(1801 + 3001), now_ms) == screen::ShownCall{"3", 1});
    // Alone it stays its whole time, and goes when that is over.
    const auto third = start + milliseconds(1801 + 3001);
    CHECK(schedule.next_change() == third + seconds(9));
    CHECK(schedule.shown(third + milliseconds(8999), now_ms) == screen::ShownCall{"3", 1});
    CHECK_FALSE(schedule.shown(third + milliseconds(9000), now_ms));
    CHECK(schedule.next_change() == CallSchedule::Moment::max());
}

TEST_CASE("a recall is a new attempt, shown and announced again") {
    CallSchedule schedule({seconds(9)});
    v1::HallState state;
    add_call(state, "1");
    CHECK(schedule.update(state, now_ms).size() == 1);
    CHECK(schedule.shown(start, now_ms));
    state.mutable_calls(0)->set_attempt(2);
    const auto again = schedule.update(state, now_ms);
    REQUIRE(again.size() == 1);
    CHECK(again[0].attempt() == 2);
    CHECK(schedule.shown(start + seconds(9), now_ms) == screen::ShownCall{"1", 2});
}

TEST_CASE("an old call is never shown as new") {
    CallSchedule schedule({seconds(9)});
    v1::HallState state;
    SECTION("because the player has just started") {
        add_call(state, "1", CallSchedule::fresh_for_ms + 1);
        CHECK(schedule.update(state, now_ms).empty());
        CHECK_FALSE(schedule.shown(start, now_ms));
        add_call(state, "2", 5);
        CHECK(ids(schedule.update(state, now_ms)) == Ids{"2"});
    }
    SECTION("because it expired") {
        add_call(state, "1", 1000).set_expires_at_ms(now_ms);
        CHECK(schedule.update(state, now_ms).empty());
    }
    SECTION("because the visitor is at the counter") {
        add_call(state, "1", 1000).set_phase(v1::CALL_PHASE_SERVING);
        CHECK(schedule.update(state, now_ms).empty());
    }
    SECTION("because the same state came again, after a restart of the master") {
        add_call(state, "1", 1000);
        CHECK(schedule.update(state, now_ms).size() == 1);
        state.set_epoch(state.epoch() + 1);
        CHECK(schedule.update(state, now_ms).empty());
    }
    SECTION("because it waited for its turn beyond its expiry") {
        add_call(state, "1", 200);
        add_call(state, "2", 100).set_expires_at_ms(now_ms + 1000);
        CHECK(schedule.update(state, now_ms).size() == 2);
        CHECK(schedule.shown(start, now_ms) == screen::ShownCall{"1", 1});
        CHECK_FALSE(schedule.shown(start + seconds(20), now_ms + 20'000));
    }
}

TEST_CASE("a visitor who came while others were shown is not called any more") {
    CallSchedule schedule({seconds(9)});
    v1::HallState state;
    add_call(state, "1", 20);
    add_call(state, "2", 10);
    CHECK(schedule.update(state, now_ms).size() == 2);
    CHECK(schedule.shown(start, now_ms) == screen::ShownCall{"1", 1});
    state.mutable_calls(0)->set_phase(v1::CALL_PHASE_SERVING);
    CHECK(schedule.update(state, now_ms).empty());
    CHECK_FALSE(schedule.shown(start + seconds(9), now_ms));
}

TEST_CASE("forty calls at once are each shown for at least the shortest time, and none is skipped before it expires") {
    CallSchedule schedule({seconds(9), milliseconds(1500)});
    v1::HallState state;
    for (int i = 0; i < 40; ++i) add_call(state, std::to_string(i), 40 - i);
    CHECK(schedule.update(state, now_ms).size() == 40);
    Ids seen;
    for (int ms = 0; ms < 60'000; ms += 100) {
        const auto call = schedule.shown(start + milliseconds(ms), now_ms + ms);
        if (call && (seen.empty() || seen.back() != call->call_id)) seen.push_back(call->call_id);
    }
    REQUIRE(seen.size() >= 39);  // 60 s of expiry hold 40 turns of 1.5 s, less what the grid of the test rounds away
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == std::to_string(i));
}

TEST_CASE("each of several calls stays for the layout's least time, in turn, and none is skipped") {
    const auto least = GENERATE(milliseconds(500), milliseconds(4000));
    CallSchedule schedule({seconds(10), least});
    v1::HallState state;
    for (int i = 0; i < 12; ++i) add_call(state, std::to_string(i), 12 - i);
    CHECK(schedule.update(state, now_ms).size() == 12);
    std::map<std::string, int> shown_for;
    Ids order;
    for (int ms = 0; ms < 59'000; ++ms) {
        const auto call = schedule.shown(start + milliseconds(ms), now_ms + ms);
        if (!call) continue;
        if (shown_for[call->call_id]++ == 0) order.push_back(call->call_id);
    }
    REQUIRE(order.size() == 12);
    for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] == std::to_string(i));
    for (const auto& [id, ms] : shown_for) CHECK(ms >= int(least.count()));
    CHECK(shown_for["11"] == 10'000);  // nobody waits behind the last
}

}  // namespace hallcast::runtime
