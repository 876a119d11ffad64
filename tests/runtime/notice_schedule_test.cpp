#include "player/runtime/notice_schedule.h"

#include "tests/catch.h"

namespace notice_schedule_test {

using namespace hallcast;
using runtime::NoticeSchedule;

constexpr std::int64_t noon = 1'790'000'000'000;

struct Hall {
    v1::HallState state;
    NoticeSchedule schedule;

    void make(const std::string& id, std::int64_t at_ms, bool urgent = false, std::int64_t for_ms = 60'000) {
        v1::Notice notice;
        notice.set_id(id);
        notice.set_urgent(urgent);
        notice.set_made_at_ms(at_ms);
        notice.set_expires_at_ms(at_ms + for_ms);
        v1::HallState next = state;
        next.clear_notices();
        *next.add_notices() = notice;
        for (const auto& before : state.notices()) *next.add_notices() = before;
        state = next;
    }
    // "a1 b2 -c": a is spoken, b again, c is over.
    std::string step(std::int64_t at_ms) {
        std::string said;
        const auto step = schedule.step(state, at_ms);
        for (const auto& due : step.due) said += due.notice->id() + std::to_string(due.attempt) + " ";
        for (const auto& id : step.over) said += "-" + id + " ";
        return said;
    }
};

TEST_CASE("each notice is spoken once, in the order in which they were made") {
    Hall hall;
    CHECK(hall.step(noon) == "");
    hall.make("a", noon + 1000);
    hall.make("b", noon + 1500);
    CHECK(hall.step(noon + 2000) == "a1 b1 ");
    CHECK(hall.step(noon + 2000) == "");
    CHECK(hall.step(noon + 30'000) == "");
    hall.state.mutable_notices()->RemoveLast();
    CHECK(hall.step(noon + 30'000) == "-a ");
    CHECK(hall.step(noon + 61'499) == "");
    CHECK(hall.step(noon + 61'500) == "-b ");  // its time is over, though no event has said so yet
    CHECK(hall.step(noon + 61'500) == "");
}

TEST_CASE("what was told before the player began is no news, but for ten seconds") {
    Hall hall;
    hall.make("old", noon - 10'000);
    hall.make("fresh", noon - 9'999);
    CHECK(hall.step(noon) == "fresh1 ");
    CHECK(hall.step(noon + 20'000) == "");
    // The master was silent for a while: what it told meanwhile is news all the same.
    hall.make("meanwhile", noon + 21'000);
    CHECK(hall.step(noon + 60'000) == "meanwhile1 -fresh -old ");
}

TEST_CASE("an urgent notice is repeated every 20 s until it is over, also by a player that begins in the middle") {
    Hall hall;
    hall.step(noon);
    hall.make("fire", noon + 1000, true, 600'000);
    std::string said;
    for (std::int64_t ms = 1000; ms <= 61'000; ms += 100) said += hall.step(noon + ms);
    CHECK(said == "fire1 fire2 fire3 fire4 ");
    Hall late;
    late.state = hall.state;
    CHECK(late.step(noon + 45'000) == "fire3 ");
    CHECK(late.step(noon + 60'999) == "");
    CHECK(late.step(noon + 61'000) == "fire4 ");
    hall.state.clear_notices();
    CHECK(hall.step(noon + 61'100) == "-fire ");
    CHECK(hall.step(noon + 81'000) == "");
}

TEST_CASE("a clock that is behind, or put back, repeats nothing") {
    Hall hall;
    hall.step(noon);
    hall.make("fire", noon + 5000, true);
    CHECK(hall.step(noon + 4000) == "fire1 ");
    CHECK(hall.step(noon + 25'000) == "fire2 ");
    CHECK(hall.step(noon + 10'000) == "");
    CHECK(hall.step(noon + 25'000) == "");
}

}  // namespace notice_schedule_test
