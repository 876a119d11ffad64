// Which day it is: after midnight, on days that have 23 or 25 hours, and what a new day does to the queue.
#include "player/queue/office_day.h"

#include "player/queue/next.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::office_day_test {

using namespace sample;

// 2026-03-29 01:00 UTC is when Warsaw's clocks jump from 2 to 3.
constexpr std::int64_t march_29 = 1'774'742'400'000;  // 2026-03-29 00:00 UTC
constexpr std::int64_t hour = 3'600'000;

TEST_CASE("an office's day begins at its hour, by its clock") {
    OfficeDay day;
    v1::Office made = office();
    CHECK(day(made, march_29 - hour) == 20260328);       // 00:00 in Warsaw, winter time
    CHECK(day(made, march_29 + hour - 1) == 20260328);   // 01:59:59.999
    CHECK(day(made, march_29 + hour) == 20260329);       // 03:00, summer time
    CHECK(day(made, march_29 + 24 * hour) == 20260329);  // 02:00 on the 30th
    CHECK(day(made, march_29 + 25 * hour - 1) == 20260329);
    CHECK(day(made, march_29 + 25 * hour) == 20260330);
    made.mutable_rules()->set_day_starts("00:00");
    CHECK(day(made, march_29 - hour - 1) == 20260328);
    CHECK(day(made, march_29 - hour) == 20260329);
    made.set_time_zone("Pacific/Auckland");
    CHECK(day(made, march_29 + 11 * hour) == 20260330);
    made.set_time_zone("UTC");
    CHECK(day(made, 1'709'164'800'000) == 20240229);
    CHECK(day(made, 1'709'164'800'000 + 24 * hour) == 20240301);
}

TEST_CASE("a new day closes the counters, lets who waits expire, and begins the series anew") {
    Desk desk;
    desk.day = 20261124;
    REQUIRE(desk(apply_office(office())).has_office());
    for (std::uint32_t counter = 1; counter <= 3; ++counter) REQUIRE(desk(open(counter)).has_counter());
    CHECK(desk(issue("A")).ticket().number() == "A001");
    CHECK(desk(issue("A")).ticket().number() == "A002");
    CHECK(desk(issue("A")).ticket().number() == "A003");
    CHECK(desk(call_next(1)).call().ticket() == "A001");
    REQUIRE(desk(start(1)).has_counter());
    CHECK(desk(call_next(2)).call().ticket() == "A002");

    desk.day = 20261125;
    const std::size_t before = desk.log.size();
    CHECK(desk(call_next(3)).rejection().code() == v1::Rejection::WRONG_STATE);  // it closed over night ...
    CHECK(desk.log.size() == before);  // ... which a refusal does not write down
    CHECK(desk(open(3)).counter().activity() == v1::COUNTER_ACTIVITY_FREE);
    REQUIRE(desk.log.size() == before + 2);
    const v1::DayEnded& ended = desk.log[before].day_ended();
    CHECK(ended.ended() == 20261124);
    CHECK(ended.finished_size() == 1);
    CHECK(ended.expired_size() == 2);
    CHECK(desk(issue("A")).ticket().number() == "A001");
    CHECK(desk(call_next(1)).rejection().code() == v1::Rejection::WRONG_STATE);
    CHECK(desk(call_ticket(3, "A001")).call().ticket() == "A001");

    desk.day = 20261124;  // the clock is put back: the day that ended does not come again
    CHECK(desk(issue("A")).ticket().number() == "A002");
    CHECK(desk.log.back().day() == 20261125);
    CHECK(describe(replay_of(desk.log)) == describe(desk.state));
    CHECK(!fault_of_log(desk.log));
}

TEST_CASE("a log from before there were days goes on in the middle of one") {
    Desk desk = open_desk();
    CHECK(desk(issue("A")).ticket().number() == "A001");
    desk.day = 20261124;
    CHECK(desk(issue("A")).ticket().number() == "A002");  // A001 still waits
    CHECK(desk(call_next(1)).call().ticket() == "A001");
    desk.day = 20261125;
    CHECK(desk(issue("A")).ticket().number() == "A001");
    CHECK(describe(replay_of(desk.log)) == describe(desk.state));
}

TEST_CASE("appointments that are due go first, but not all the time") {
    // Appointments are made elsewhere; here it is what next_visit makes of them.
    Desk desk = open_desk();
    for (int i = 0; i < 4; ++i) desk(issue("B"));
    for (int i = 0; i < 5; ++i) desk(issue("B"));
    for (std::uint64_t id = 5; id <= 9; ++id) {
        Visit& visit = desk.state.visits.at(id);
        ServiceState& queue = desk.state.services.at("B");
        queue.walk_ins.erase(place_of(visit));
        visit.appointment_ms = desk.now_ms + std::int64_t(id - 5) * 60'000;
        queue.booked.insert(place_of(visit));
    }
    std::string called;
    for (int i = 0; i < 9; ++i) called += desk(call_next(3)).call().ticket().substr(3) + " ";
    // Three in a row, then somebody who waits; the ninth is due in four minutes: all are, five minutes before.
    CHECK(called == "5 6 7 1 8 9 2 3 4 ");
    CHECK(next_visit(desk.state, 3, desk.now_ms) == 0);

    const auto late = desk(issue("B")).ticket();
    Visit& visit = desk.state.visits.at(late.visit_id());
    ServiceState& queue = desk.state.services.at("B");
    queue.walk_ins.erase(place_of(visit));
    visit.appointment_ms = desk.now_ms + 3'600'000;
    queue.booked.insert(place_of(visit));
    CHECK(next_visit(desk.state, 3, desk.now_ms) == late.visit_id());  // nobody else is there, and the counter is free
    const auto walk_in = desk(issue("B")).ticket().visit_id();
    CHECK(next_visit(desk.state, 3, desk.now_ms) == walk_in);
}

}  // namespace hallcast::queue::office_day_test
