// The watch over the screens, with the test as its clock.
#include "player/master/call_watch.h"

#include <random>

#include "tests/master/calls_sample.h"

namespace hallcast::master::call_watch_test {

using namespace calls_sample;
using namespace std::chrono_literals;
using What = CallWatch::Wanted::What;

constexpr CallWatch::Moment started{1000s};

// A hall whose queue core does what the watch wants, at once or not at all.
struct Hall {
    CallWatch watch{started};
    CallWatch::Moment now = started + 10s;
    v1::Call call;
    bool core_answers = true;
    std::vector<CallWatch::Wanted> wanted;

    std::int64_t now_ms() const {
        return noon_ms + std::chrono::duration_cast<std::chrono::milliseconds>(now - started).count();
    }
    void tell() { watch.hall_event(event_of(call, now_ms()), now); }
    void make(std::uint32_t attempt = 1, bool unseen = false) {
        call = call_of(1, attempt, now_ms());
        call.set_unseen(unseen);
        tell();
    }
    void run_until(CallWatch::Moment end) {
        while (watch.next_due() <= end) {
            now = std::max(now, watch.next_due());
            for (CallWatch::Wanted& one : watch.take_due(now)) {
                wanted.push_back(one);
                if (!core_answers) continue;
                REQUIRE(one.call.attempt() == call.attempt());
                if (one.what == What::repeat)
                    make(call.attempt() + 1, true);
                else
                    call.set_unseen(false), tell();
            }
        }
        now = end;
    }
    void see(std::uint32_t attempt) { watch.shown("main", "main-1", attempt, now); }
};

TEST_CASE("a call that no screen reports is repeated after 0.8 s, then after 2 s and 5 s, and no more") {
    Hall hall;
    const auto called = hall.now;
    hall.make();
    hall.run_until(called + 799ms);
    CHECK(hall.wanted.empty());
    hall.run_until(called + 800ms);
    REQUIRE(hall.wanted.size() == 1);
    CHECK(hall.wanted[0].what == What::repeat);
    CHECK(hall.wanted[0].hall == "main");
    CHECK(hall.wanted[0].call.attempt() == 1);
    CHECK(hall.wanted[0].repeats == 1);
    hall.run_until(called + 2799ms);
    CHECK(hall.wanted.size() == 1);
    hall.run_until(called + 2800ms);
    CHECK(hall.wanted.size() == 2);
    hall.run_until(called + 7799ms);
    CHECK(hall.wanted.size() == 2);
    hall.run_until(called + 1h);
    CHECK(hall.wanted.size() == 3);
    CHECK(hall.call.attempt() == 4);
    CHECK(hall.watch.next_due() == CallWatch::Moment::max());
}

TEST_CASE("a call that a screen reports in time is no alert") {
    Hall hall;
    hall.make();
    hall.run_until(hall.now + 700ms);
    hall.see(1);
    hall.run_until(hall.now + 1h);
    CHECK(hall.wanted.empty());
}

TEST_CASE("an alert ends when a screen reports any attempt since the clerk's") {
    Hall hall;
    hall.make();
    hall.run_until(hall.now + 1s);
    REQUIRE(hall.call.unseen());
    SECTION("the repeated one") { hall.see(2); }
    SECTION("the first one, whose receipt was under way") { hall.see(1); }
    hall.run_until(hall.now + 1h);
    REQUIRE(hall.wanted.size() == 2);
    CHECK(hall.wanted[1].what == What::confirm);
    CHECK(hall.wanted[1].call.attempt() == 2);
    CHECK_FALSE(hall.call.unseen());
}

TEST_CASE("a receipt that comes between the repeat and its event ends the alert, too") {
    Hall hall;
    hall.make();
    hall.now += 800ms;
    REQUIRE(hall.watch.take_due(hall.now).size() == 1);
    hall.see(1);
    hall.make(2, true);
    hall.run_until(hall.now + 1s);
    REQUIRE(hall.wanted.size() == 1);
    CHECK(hall.wanted[0].what == What::confirm);
}

TEST_CASE("a receipt of before the clerk called again says nothing of the new attempt, nor does one that nobody made") {
    Hall hall;
    hall.make();
    hall.see(1);
    hall.make(2);
    hall.see(1);
    hall.see(3);
    hall.run_until(hall.now + 800ms);
    CHECK(hall.wanted.size() == 1);
}

TEST_CASE("who has come, was sent elsewhere or whose call has expired is not called again") {
    Hall hall;
    hall.make();
    SECTION("being served") {
        hall.call.set_phase(v1::CALL_PHASE_SERVING);
        hall.now += 500ms;
        hall.tell();
    }
    SECTION("withdrawn") {
        hall.call.set_phase(v1::CALL_PHASE_WITHDRAWN);
        hall.now += 500ms;
        hall.tell();
    }
    SECTION("expired while the master slept") { hall.now += 61s; }
    hall.run_until(hall.now + 1h);
    CHECK(hall.wanted.empty());
}

TEST_CASE("a call that an undo brings back is not made by it: only its alert can still end") {
    Hall hall;
    hall.make();
    hall.run_until(hall.now + 1s);
    hall.call.set_phase(v1::CALL_PHASE_SERVING);
    hall.tell();
    hall.see(2);  // its receipt was late
    hall.now += 30s;
    CHECK(hall.watch.next_due() == CallWatch::Moment::max());
    hall.call.set_phase(v1::CALL_PHASE_CALLED);
    hall.tell();
    hall.run_until(hall.now + 1h);
    REQUIRE(hall.wanted.size() == 2);
    CHECK(hall.wanted[1].what == What::confirm);
}

TEST_CASE("after a start players get three seconds to come back, and older calls are left alone") {
    Hall hall;
    v1::HallState state;
    state.set_hall("main");
    *state.add_calls() = call_of(7, 1, noon_ms - 500);
    v1::Call& alert = *state.add_calls();
    alert = call_of(8, 2, noon_ms - 900);
    alert.set_unseen(true);
    hall.watch.found(state);
    hall.now = started + 100ms;
    hall.make();
    hall.run_until(started + 2999ms);
    CHECK(hall.wanted.empty());
    hall.run_until(started + 3s);
    REQUIRE(hall.wanted.size() == 1);
    CHECK(hall.wanted[0].call.call_id() == "main-1");
    // What was an alert before the start ends when it is seen.
    hall.see(2);
    hall.watch.shown("main", "main-8", 2, hall.now);
    hall.core_answers = false;
    hall.wanted.clear();
    hall.run_until(hall.now + 500ms);
    REQUIRE(hall.wanted.size() == 2);
    CHECK(hall.wanted[1].call.call_id() == "main-8");
    CHECK(hall.wanted[1].what == What::confirm);
}

TEST_CASE("what the core did not take is wanted again a second later, and never more often than three times") {
    Hall hall;
    hall.core_answers = false;
    const auto called = hall.now;
    hall.make();
    hall.run_until(called + 1799ms);
    CHECK(hall.wanted.size() == 1);
    hall.run_until(called + 1800ms);
    CHECK(hall.wanted.size() == 2);
    hall.run_until(called + 1h);
    CHECK(hall.wanted.size() == 3);
}

TEST_CASE("switched off it misses nothing, and alerts of before still end") {
    Hall hall;
    hall.watch.set_unseen_after(0ms);
    hall.make();
    CHECK(hall.watch.next_due() == CallWatch::Moment::max());
    hall.make(2, true);
    hall.see(2);
    hall.run_until(hall.now + 1s);
    REQUIRE(hall.wanted.size() == 1);
    CHECK(hall.wanted[0].what == What::confirm);
}

TEST_CASE("switched off while a call waits for its receipt it misses nothing either") {
    Hall hall;
    hall.make();
    hall.watch.set_unseen_after(0ms);
    hall.run_until(hall.now + 1h);
    CHECK(hall.wanted.empty());
}

TEST_CASE("whatever happens, no call is repeated more than three times between a clerk's keys, nor when it was seen") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint32_t limit) {
        return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random);
    };
    Hall hall;
    hall.make();
    int repeats = 0, total = 0, confirmed = 0;
    bool seen = false;
    for (int i = 0; i < 20'000; ++i) {
        hall.core_answers = below(10) != 0;
        hall.wanted.clear();
        hall.run_until(hall.now + std::chrono::milliseconds(below(2000)));
        for (const auto& one : hall.wanted) {
            if (one.what == What::confirm) {
                REQUIRE(seen);
                ++confirmed;
                continue;
            }
            REQUIRE_FALSE(seen);
            REQUIRE(++repeats <= CallWatch::most_repeats);
            ++total;
        }
        switch (below(8)) {
            case 0:
                hall.make(hall.call.attempt() + 1);
                repeats = 0;
                seen = false;
                break;
            case 1:
                if (below(2)) hall.see(hall.call.attempt()), seen = true;
                break;
            case 2:
                hall.call.set_phase(below(3) ? v1::CALL_PHASE_CALLED : v1::CALL_PHASE_SERVING);
                hall.tell();
                break;
            default:
                break;
        }
    }
    CHECK(total > 500);
    CHECK(confirmed > 50);
}

TEST_CASE("the memory of calls is bounded, and forgets the oldest") {
    CallWatch watch(started);
    for (std::uint64_t i = 1; i <= CallWatch::most_calls + 10; ++i)
        watch.hall_event(event_of(call_of(i), noon_ms), started + 10s);
    CHECK(watch.take_due(started + 11s).size() == CallWatch::most_calls);
}

}  // namespace hallcast::master::call_watch_test
