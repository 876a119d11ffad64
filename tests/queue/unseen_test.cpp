// A call that no screen has shown: the master's own two commands, and that they are nobody's step.
#include "tests/queue/sample.h"

namespace hallcast::queue::unseen_test {

using namespace sample;

struct CalledDesk {
    Desk desk = open_desk();
    v1::Call call;

    CalledDesk() {
        desk(issue("A", "uk"));
        call = desk(call_next(1)).call();
        REQUIRE(call.call_id() == "main-1");
    }
    const v1::Call& shown() const { return desk.state.boards.at("main").calls.front(); }
};

TEST_CASE("a call that nobody saw is a new attempt with an alert, until somebody sees it") {
    CalledDesk at;
    const v1::CommandReply repeated = at.desk(repeat_unseen("main-1", 1));
    REQUIRE(repeated.has_call());
    CHECK(repeated.call().attempt() == 2);
    CHECK(repeated.call().unseen());
    CHECK(repeated.call().called_at_ms() == at.desk.now_ms);
    CHECK(repeated.call().expires_at_ms() == at.desk.now_ms + 60'000);
    CHECK(at.shown().SerializeAsString() == repeated.call().SerializeAsString());
    CHECK(at.desk.log.back().call_repeated().unseen());

    // Every screen hears of it, and of the end of the alert; the call is not called again for that.
    const auto told = project(at.desk.state, at.desk.touched, at.desk.now_ms);
    REQUIRE(told.size() == 1);
    REQUIRE(told[0].changes_size() == 1);
    CHECK(told[0].changes(0).call().unseen());
    const v1::CommandReply seen = at.desk(confirm_seen("main-1", 2));
    CHECK_FALSE(seen.call().unseen());
    CHECK(seen.call().attempt() == 2);
    CHECK(seen.log_seq() != 0);
    CHECK(at.shown().SerializeAsString() == seen.call().SerializeAsString());
    CHECK(project(at.desk.state, at.desk.touched, at.desk.now_ms)[0].changes(0).call().attempt() == 2);

    // Once more, of a call that is no alert: it is like that already.
    const v1::CommandReply again = at.desk(confirm_seen("main-1", 2));
    CHECK(again.has_call());
    CHECK(again.log_seq() == 0);
}

TEST_CASE("only the last attempt of a call whose visitor is awaited is repeated or seen") {
    CalledDesk at;
    CHECK(code_of(at.desk(repeat_unseen("main-1", 2)), "attempt 2") == v1::Rejection::WRONG_STATE);
    CHECK(code_of(at.desk(repeat_unseen("main-2", 1)), "main-2") == v1::Rejection::NOT_FOUND);
    at.desk(recall(1));
    CHECK(code_of(at.desk(repeat_unseen("main-1", 1)), "called again since") == v1::Rejection::WRONG_STATE);
    CHECK(code_of(at.desk(confirm_seen("main-1", 1)), "called again since") == v1::Rejection::WRONG_STATE);
    at.desk(start(1));
    CHECK(code_of(at.desk(repeat_unseen("main-1", 2)), "counter 1") == v1::Rejection::WRONG_STATE);
    at.desk(finish(1));
    CHECK(code_of(at.desk(confirm_seen("main-1", 2)), "main-1") == v1::Rejection::NOT_FOUND);
}

TEST_CASE("a clerk who calls again takes the alert away: what comes of that is watched anew") {
    CalledDesk at;
    at.desk(repeat_unseen("main-1", 1));
    const v1::CommandReply recalled = at.desk(recall(1));
    CHECK(recalled.call().attempt() == 3);
    CHECK_FALSE(recalled.call().unseen());
    CHECK_FALSE(at.shown().unseen());
    CHECK_FALSE(at.desk.log.back().call_repeated().unseen());
}

TEST_CASE("a repeat and its end are no step: undo takes back the clerk's") {
    CalledDesk at;
    at.desk(repeat_unseen("main-1", 1));
    at.desk(confirm_seen("main-1", 2));
    at.desk(repeat_unseen("main-1", 2));
    SECTION("the call itself") {
        REQUIRE(at.desk(undo(1)).has_counter());
        CHECK(at.desk.state.visits.at(1).phase == VisitPhase::waiting);
        CHECK(at.shown().phase() == v1::CALL_PHASE_WITHDRAWN);
    }
    SECTION("the service that began after it, whose alert comes back with it") {
        at.desk(start(1));
        REQUIRE(at.desk(undo(1)).has_counter());
        CHECK(at.desk.state.visits.at(1).phase == VisitPhase::called);
        CHECK(at.shown().phase() == v1::CALL_PHASE_CALLED);
        CHECK(at.shown().attempt() == 3);
        CHECK(at.shown().unseen());
        CHECK_FALSE(at.desk(confirm_seen("main-1", 3)).call().unseen());
    }
    CHECK(describe(replay_of(at.desk.log)) == describe(at.desk.state));
}

TEST_CASE("an undo of another counter that was refused before stays refused after a repeat") {
    CalledDesk at;
    at.desk(transfer(1, "", 2));
    at.desk(call_next(2));
    CHECK(at.desk(undo(1)).has_rejection());
    at.desk(repeat_unseen("main-2", 1));
    at.desk(confirm_seen("main-2", 2));
    CHECK(code_of(at.desk(undo(1)), "gone on") == v1::Rejection::WRONG_STATE);
}

}  // namespace hallcast::queue::unseen_test
