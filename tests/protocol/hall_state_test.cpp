#include "protocol/hall_state.h"

#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace hall_state_test {

using namespace hallcast;
using wire::testing::call_event;

v1::HallEvent event_of(std::uint64_t seq, const v1::Call& call) {
    v1::HallEvent event = call_event("main", 1, seq);
    *event.mutable_changes(0)->mutable_call() = call;
    return event;
}

TEST_CASE("a new call goes to the front, and the fortieth before it falls off") {
    v1::HallState state;
    for (std::uint64_t seq = 1; seq <= 41; ++seq) wire::apply(state, call_event("main", 1, seq));
    REQUIRE(state.calls_size() == 40);
    CHECK(state.calls(0).call_id() == "call-1-41");
    CHECK(state.calls(39).call_id() == "call-1-2");
    CHECK(state.hall() == "main");
    CHECK(state.epoch() == 1);
    CHECK(state.seq() == 41);
}

TEST_CASE("a call's new phase leaves it in its place, its new attempt moves it to the front") {
    v1::HallState state;
    for (std::uint64_t seq = 1; seq <= 3; ++seq) wire::apply(state, call_event("main", 1, seq));
    v1::Call call = state.calls(2);
    call.set_phase(v1::CALL_PHASE_SERVING);
    wire::apply(state, event_of(4, call));
    CHECK(state.calls(2).phase() == v1::CALL_PHASE_SERVING);
    call.set_attempt(2);
    call.set_phase(v1::CALL_PHASE_CALLED);
    wire::apply(state, event_of(5, call));
    REQUIRE(state.calls_size() == 3);
    CHECK(state.calls(0).call_id() == "call-1-1");
    CHECK(state.calls(1).call_id() == "call-1-3");
    CHECK(state.calls(2).call_id() == "call-1-2");
}

TEST_CASE("a call that fell off the list is not shown as the newest when it ends, but is when it is repeated") {
    v1::HallState state;
    wire::apply(state, call_event("main", 1, 1));
    v1::Call old = state.calls(0);
    for (std::uint64_t seq = 2; seq <= 41; ++seq) wire::apply(state, call_event("main", 1, seq));
    old.set_phase(v1::CALL_PHASE_FINISHED);
    wire::apply(state, event_of(42, old));
    CHECK(state.calls(0).call_id() == "call-1-41");
    old.set_phase(v1::CALL_PHASE_CALLED);
    old.set_attempt(2);
    wire::apply(state, event_of(43, old));
    CHECK(state.calls(0).call_id() == "call-1-1");
    CHECK(state.calls_size() == 40);
}

TEST_CASE("counters stay sorted by number, services keep the order they came in") {
    v1::HallState state;
    v1::HallEvent event = call_event("main", 1, 1);
    event.clear_changes();
    for (const std::uint32_t number : {5u, 2u, 9u, 2u}) {
        event.add_changes()->mutable_counter()->set_number(number);
        event.mutable_changes(event.changes_size() - 1)
            ->mutable_counter()
            ->set_ticket("A00" + std::to_string(event.changes_size()));
    }
    for (const char* id : {"B", "A", "B"}) event.add_changes()->mutable_service()->set_id(id);
    event.mutable_changes(event.changes_size() - 1)->mutable_service()->set_waiting(7);
    event.add_changes()->mutable_profile()->set_time_zone("Europe/Warsaw");
    event.add_changes();  // a change of a kind that is not known here
    wire::apply(state, event);
    REQUIRE(state.counters_size() == 3);
    CHECK(state.counters(0).number() == 2);
    CHECK(state.counters(0).ticket() == "A004");
    CHECK(state.counters(1).number() == 5);
    CHECK(state.counters(2).number() == 9);
    REQUIRE(state.services_size() == 2);
    CHECK(state.services(0).id() == "B");
    CHECK(state.services(0).waiting() == 7);
    CHECK(state.services(1).id() == "A");
    CHECK(state.profile().time_zone() == "Europe/Warsaw");
}

}  // namespace hall_state_test
