// The wait estimate in the queue core: what is told with a ticket and published of a service.
#include "player/queue/waits.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::wait_core_test {

using namespace sample;

const ServiceWaits& waits(const Desk& desk, const std::string& service) {
    return desk.state.services.find(service)->second.waits;
}

// Visitors of a service come and are called by one counter, one every so many seconds, with the others busy.
void work(Desk& desk, std::uint32_t counter, const std::string& service, int calls, std::int64_t seconds) {
    for (int i = 0; i < calls; ++i) {
        desk.now_ms += seconds * 1000;
        REQUIRE(desk(issue(service)).has_ticket());
        REQUIRE(desk(call_next(counter)).has_call());
    }
}

v1::ServiceStatus published(const Desk& desk, const std::string& service) {
    const v1::HallState hall = project(desk.state, desk.state.office->halls(0));
    for (const v1::ServiceStatus& status : hall.services())
        if (status.id() == service) return status;
    FAIL("no such service");
    return {};
}

TEST_CASE("A ticket tells the wait with its interval, and the hall what somebody who comes now would be told") {
    Desk desk = open_desk();
    for (std::uint32_t counter = 1; counter <= 4; ++counter) {
        REQUIRE(desk(issue(counter == 4 ? "C" : "B")).has_ticket());
        REQUIRE(desk(call_next(counter)).has_call());
    }
    std::uint32_t before = 0;
    for (int i = 0; i < 5; ++i) {
        const v1::ServiceStatus status = published(desk, "B");
        const v1::Ticket ticket = desk(issue("B")).ticket();
        CHECK(ticket.ahead() == std::uint32_t(i));
        CHECK(ticket.expected_wait_s() > before);
        CHECK(ticket.wait_low_s() < ticket.expected_wait_s());
        CHECK(ticket.expected_wait_s() < ticket.wait_high_s());
        CHECK(std::abs(std::int64_t(ticket.expected_wait_s()) - status.expected_wait_s()) <= 5);
        before = ticket.expected_wait_s();
    }
    CHECK(published(desk, "B").expected_wait_s() > before);
}

TEST_CASE("People who come together are told the wait of each one's place") {
    Desk desk = open_desk();
    for (std::uint32_t counter = 1; counter <= 3; ++counter) {
        REQUIRE(desk(issue("B")).has_ticket());
        REQUIRE(desk(call_next(counter)).has_call());
    }
    v1::Command family = issue("B");
    family.mutable_issue_ticket()->set_people(3);
    const v1::CommandReply reply = desk(family);
    REQUIRE(reply.tickets().tickets_size() == 3);
    for (int i = 1; i < 3; ++i)
        CHECK(reply.tickets().tickets(i).expected_wait_s() > reply.tickets().tickets(i - 1).expected_wait_s());
}

TEST_CASE("A no-show who comes back is told the wait anew") {
    Desk desk = open_desk();
    for (std::uint32_t counter = 1; counter <= 3; ++counter) {
        REQUIRE(desk(issue("B")).has_ticket());
        REQUIRE(desk(call_next(counter)).has_call());
    }
    REQUIRE(desk(no_show(2)).has_counter());
    REQUIRE(desk(issue("B")).has_ticket());
    const v1::Ticket back = desk(reinstate("B002")).ticket();
    CHECK(back.ahead() == 0);  // by the time of arrival
    CHECK(back.expected_wait_s() > 0);
    CHECK(back.wait_low_s() <= back.expected_wait_s());
    CHECK(back.expected_wait_s() <= back.wait_high_s());
    CHECK(desk(end_visit("B002")).ticket().expected_wait_s() == 0);
}

TEST_CASE("A counter that has nothing to do means a short wait, for all that it serves, until it has") {
    Desk desk = open_desk();  // counter 4 serves C alone, counter 1 everything, 2 and 3 also B
    CHECK(waits(desk, "C").idle);
    const std::uint32_t at_once = published(desk, "C").expected_wait_s();
    REQUIRE(desk(issue("C")).has_ticket());
    CHECK_FALSE(waits(desk, "C").idle);
    REQUIRE(desk(call_next(4)).has_call());
    CHECK(waits(desk, "C").idle);  // counter 1
    REQUIRE(desk(issue("A")).has_ticket());
    REQUIRE(desk(call_next(1)).has_call());
    CHECK_FALSE(waits(desk, "C").idle);  // no change of C itself
    CHECK(waits(desk, "B").idle);
    CHECK(published(desk, "C").expected_wait_s() > 3 * at_once);
    REQUIRE(desk(finish(1)).has_counter());
    CHECK(waits(desk, "C").idle);
    CHECK(published(desk, "C").expected_wait_s() <= at_once + 5);
}

TEST_CASE("A service's pace is that of its own calls, by whatever counters") {
    Desk desk;
    REQUIRE(desk(apply_office(office())).has_office());
    for (const std::uint32_t counter : {2, 4}) REQUIRE(desk(open(counter)).has_counter());
    for (int i = 0; i < 5; ++i)
        for (const char* service : {"B", "C"}) REQUIRE(desk(issue(service)).has_ticket());
    for (int i = 0; i < 300; ++i) {  // C is five times as slow as B
        work(desk, 2, "B", 5, 20);
        work(desk, 4, "C", 1, 0);
    }
    const std::uint32_t b = published(desk, "B").expected_wait_s(), c = published(desk, "C").expected_wait_s();
    INFO("B " << b << " s, C " << c << " s");
    CHECK(c > 3 * b);
    CHECK(c < 7 * b);
}

TEST_CASE("Who leaves without a call teaches nothing and is not followed any longer") {
    Desk desk = open_desk();
    for (std::uint32_t counter = 1; counter <= 3; ++counter) {
        REQUIRE(desk(issue("B")).has_ticket());
        REQUIRE(desk(call_next(counter)).has_call());
    }
    const std::string ticket = desk(issue("B")).ticket().number();
    const WaitRatios before = waits(desk, "B").shift;
    CHECK(waits(desk, "B").followed.size() == 1);
    desk.now_ms += 3'600'000;
    REQUIRE(desk(end_visit(ticket)).has_ticket());
    CHECK(waits(desk, "B").followed.empty());
    CHECK(waits(desk, "B").shift == before);
}

TEST_CASE("The estimate is part of the state: a replay of the log gives the same numbers") {
    Desk desk = open_desk();
    for (int i = 0; i < 8; ++i) REQUIRE(desk(issue("B")).has_ticket());
    work(desk, 2, "B", 50, 45);
    REQUIRE(desk(close(3)).has_counter());
    REQUIRE(desk(undo(2)).has_counter());
    work(desk, 2, "B", 5, 45);
    REQUIRE(desk(end_day()).has_day());
    CHECK(waits(desk, "B").followed.empty());
    CHECK(waits(desk, "B").pace.all.calls > 10);
    CHECK(describe(replay_of(desk.log)) == describe(desk.state));
}

}  // namespace hallcast::queue::wait_core_test
