// Two who work at one counter: the second to press a key is told to look again.
#include "player/queue/expected_version.h"

#include "tests/queue/sample.h"

namespace hallcast::queue::expected_version_test {

using namespace sample;

std::uint64_t version_of(const Desk& desk, std::uint32_t counter) {
    const v1::HallState hall = project(desk.state, desk.state.office->halls(counter == 4 ? 1 : 0));
    for (const v1::CounterStatus& status : hall.counters())
        if (status.number() == counter) return status.version();
    return 0;
}

TEST_CASE("of two keys pressed at the same picture of a counter one has an effect") {
    Desk desk = open_desk();
    desk(issue("A"));
    desk(issue("A"));
    const std::uint64_t seen = version_of(desk, 1);
    REQUIRE(seen != 0);
    CHECK(desk(expecting(seen, call_next(1))).call().ticket() == "A001");
    CHECK(code_of(desk(expecting(seen, call_next(1))), "Look at") == v1::Rejection::CONFLICT);
    CHECK(desk.state.visits.at(2).phase == VisitPhase::waiting);
    CHECK(desk(expecting(version_of(desk, 1), call_next(1))).call().ticket() == "A002");
}

TEST_CASE("every step of a counter gives it another version, and what the screens report does not") {
    Desk desk = open_desk();
    for (int i = 0; i < 8; ++i) desk(issue("A"));
    std::uint64_t version = version_of(desk, 1);
    const auto carry_out = [&](v1::Command command) {
        INFO(command.ShortDebugString());
        const v1::CommandReply reply = desk(expecting(version, std::move(command)));
        REQUIRE(!reply.has_rejection());
        CHECK(version_of(desk, 1) > version);
        if (reply.has_counter()) CHECK(reply.counter().version() == version_of(desk, 1));
        version = version_of(desk, 1);
    };
    carry_out(sign_in(1, "ann"));
    carry_out(call_next(1));
    carry_out(recall(1));
    REQUIRE(!desk(repeat_unseen("main-1", 2)).has_rejection());
    REQUIRE(!desk(confirm_seen("main-1", 3)).has_rejection());
    CHECK(version_of(desk, 1) == version);
    carry_out(start(1));
    carry_out(undo(1));
    carry_out(start(1));
    carry_out(finish(1));
    carry_out(call_ticket(1, "A004"));
    carry_out(no_show(1));
    carry_out(call_next(1));
    carry_out(park(1));
    carry_out(call_next(1));
    carry_out(recycle(1));
    carry_out(call_next(1));
    carry_out(transfer(1, "B"));
    carry_out(sign_out(1));
    carry_out(close(1));
    carry_out(open(1));
    // Signed in elsewhere, ann leaves counter 2; what happens at another counter does not concern this one.
    desk(sign_in(2, "ann"));
    CHECK(version_of(desk, 1) == version);
    carry_out(sign_in(1, "ann"));
    CHECK(version_of(desk, 2) == version - 1);
}

TEST_CASE("a reply without an event tells the version as it is") {
    Desk desk = open_desk();
    const v1::CommandReply again = desk(open(2));
    CHECK(again.log_seq() == 0);
    CHECK(again.counter().version() == version_of(desk, 2));
}

TEST_CASE("a version is a counter's, and a counter that there is not has none") {
    Desk desk = open_desk();
    CHECK(code_of(desk(expecting(5, issue("A"))), "Leave it out") == v1::Rejection::INVALID);
    CHECK(code_of(desk(expecting(5, open(9))), "no counter 9") == v1::Rejection::NOT_FOUND);
    CHECK_FALSE(counter_of(issue("A")));
}

TEST_CASE("a night between a look and a key is no conflict, since nobody could look again") {
    Desk desk = open_desk();
    desk.day = 20261124;
    desk(issue("A"));
    const std::uint64_t seen = version_of(desk, 1);
    desk.day = 20261125;
    // The counter was closed by the night that this command would end: it says so, and changes nothing.
    CHECK(code_of(desk(expecting(seen, call_next(1))), "closed") == v1::Rejection::WRONG_STATE);
    CHECK(version_of(desk, 1) == seen);
    CHECK(desk(expecting(seen, open(1))).counter().activity() == v1::COUNTER_ACTIVITY_FREE);
    CHECK(code_of(desk(expecting(seen, close(1))), "Look at") == v1::Rejection::CONFLICT);
}

}  // namespace hallcast::queue::expected_version_test
