// Thousands of random commands on the pure core: whatever happens, what must hold holds.
#include <random>

#include "player/queue/expected_version.h"
#include "tests/queue/random_commands.h"
#include "tests/queue/sample.h"
#include "tests/sanitized.h"

namespace hallcast::queue::random_test {

using namespace sample;

// What must hold of a state at any moment.
void check_invariants(const State& state) {
    std::set<std::uint64_t> at_counters;
    for (const auto& [number, counter] : state.counters) {
        if (counter.visit == 0) continue;
        REQUIRE(counter.open);
        REQUIRE(at_counters.insert(counter.visit).second);  // no visitor at two counters
        const Visit& visit = state.visits.at(counter.visit);
        REQUIRE((visit.phase == VisitPhase::called || visit.phase == VisitPhase::serving));
        REQUIRE(visit.call.counter() == number);
    }
    std::set<std::uint64_t> waiting;
    for (const auto& [id, service] : state.services) {
        REQUIRE(service.arrivals.size() == service.waiting());
        for (const auto* places : {&service.walk_ins, &service.booked}) {
            for (const Place& place : *places) {
                REQUIRE(waiting.insert(place.visit).second);
                REQUIRE(state.visits.at(place.visit).service() == id);
            }
        }
    }
    for (const auto& [id, visit] : state.visits) {
        if (!is_over(visit.phase)) REQUIRE(state.visit_of_ticket.at(visit.ticket) == id);
        REQUIRE((visit.phase == VisitPhase::waiting) == waiting.contains(id));
        REQUIRE((visit.phase == VisitPhase::called || visit.phase == VisitPhase::serving) == at_counters.contains(id));
    }
    REQUIRE(state.visit_of_ticket.size() <= state.visits.size());
}

// The halls as players see them: snapshots at a new office, events from then on.
class Followers {
  public:
    void restart(const State& state) {
        halls_.clear();
        for (const v1::Hall& hall : state.office->halls()) halls_[hall.id()] = project(state, hall);
    }
    void follow(std::vector<v1::HallEvent> events) {
        for (v1::HallEvent& event : events) {
            event.set_seq(halls_.at(event.hall()).seq() + 1);
            wire::apply(halls_.at(event.hall()), event);
        }
    }
    void check(const State& state) {
        REQUIRE(halls_.size() == std::size_t(state.office->halls_size()));
        for (const v1::Hall& hall : state.office->halls()) {
            v1::HallState projected = project(state, hall);
            projected.set_seq(halls_.at(hall.id()).seq());
            INFO(projected.DebugString());
            REQUIRE(halls_.at(hall.id()).DebugString() == projected.DebugString());
        }
    }

  private:
    std::map<std::string, v1::HallState> halls_;
};

TEST_CASE("random commands keep every invariant, and players that follow events see what a snapshot shows") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    RandomCommands commands(seed);
    Desk desk = open_desk();
    Followers followers;
    followers.restart(desk.state);
    int accepted = 0, refused = 0, offices = 0;
    constexpr int steps = tests::sanitized ? 3000 : 8000;
    for (int i = 0; i < steps; ++i) {
        v1::Command command = commands.next();
        const CounterState& some = desk.state.counters.begin()->second;
        if (i % 16 == 3 && some.visit != 0) {
            const v1::Call& call = desk.state.visits.at(some.visit).call;
            command = commands.below(2) ? repeat_unseen(call.call_id(), call.attempt())
                                        : confirm_seen(call.call_id(), call.attempt());
        } else if (commands.below(8) == 0 && counter_of(command)) {
            command.set_expected_version(desk.state.log_seq - commands.below(4));  // now and then it is the counter's
        }
        INFO("command " << i << ": " << command.ShortDebugString().substr(0, 400));
        const std::size_t before = desk.log.size();
        const v1::CommandReply reply = desk(command);
        reply.has_rejection() ? ++refused : ++accepted;
        const std::span<const v1::Event> events = std::span(desk.log).subspan(before);
        if (!events.empty() && events.front().has_office_applied()) {
            ++offices;
            followers.restart(desk.state);
            followers.follow(repaint(desk.state, desk.now_ms));  // changes nothing that a snapshot has
        } else {
            followers.follow(project(desk.state, desk.touched, desk.now_ms));
        }
        if (i % 16 == 0 || i > steps - 100) followers.check(desk.state);
        if (i % 64 == 0) check_invariants(desk.state);
        if (reply.has_rejection()) REQUIRE(events.empty());
        if (reply.has_counter())
            REQUIRE(reply.counter().version() == desk.state.counters.at(reply.counter().number()).version);
        if (reply.log_seq() != 0) REQUIRE(reply.log_seq() == desk.log.back().log_seq());
        // The reply's call is the call on the board.
        if (reply.has_call()) {
            const Board& board = desk.state.boards.at(desk.state.counters.at(reply.call().counter()).hall);
            if (command.has_confirm_seen())  // moves nothing
                REQUIRE(!reply.call().unseen());
            else
                REQUIRE(board.calls.front().SerializeAsString() == reply.call().SerializeAsString());
        }
    }
    check_invariants(desk.state);
    const auto fault = fault_of_log(desk.log);
    INFO(fault.value_or(""));
    CHECK(!fault);
    CHECK(describe(replay_of(desk.log)) == describe(desk.state));
    // The run would prove little if it mostly refused, or never changed its office.
    CHECK(accepted > steps / 4);
    CHECK(refused > steps / 16);
    CHECK(offices > steps / 2500);
}

TEST_CASE("forty calls are on the board, and one that fell off returns by a recall only") {
    Desk desk;
    v1::Office wide = office();
    while (wide.counters_size() < 45) {
        v1::Counter& counter = *wide.add_counters();
        counter.set_number(std::uint32_t(wide.counters_size()));
        counter.set_hall("main");
    }
    REQUIRE(desk(apply_office(wide)).has_office());
    Followers followers;
    followers.restart(desk.state);
    const auto carry_out = [&](const v1::Command& command) {
        REQUIRE(!desk(command).has_rejection());
        followers.follow(project(desk.state, desk.touched, desk.now_ms));
        followers.check(desk.state);
    };
    for (std::uint32_t number = 5; number <= 45; ++number) {
        carry_out(open(number));
        carry_out(issue("A"));
        carry_out(call_next(number));
    }
    const auto& calls = desk.state.boards.at("main").calls;
    CHECK(calls.size() == 40);
    CHECK(calls.front().ticket() == "A041");
    CHECK(calls.back().ticket() == "A002");
    carry_out(recall(5));
    CHECK(calls.front().ticket() == "A001");
    CHECK(calls.back().ticket() == "A003");
    carry_out(recall(30));  // in the middle
    CHECK(calls.front().ticket() == "A026");
    carry_out(start(6));  // A002, off the board by now
    carry_out(finish(6));
    carry_out(start(7));
    carry_out(finish(7));
    CHECK(calls.size() == 40);
    CHECK(calls.back().ticket() == "A003");
    CHECK(calls.back().phase() == v1::CALL_PHASE_FINISHED);
}

TEST_CASE("a log with a number twice, a gap, or a second effect is found out") {
    Desk desk = open_desk();
    for (int i = 0; i < 4; ++i) desk(issue("A"));
    desk(call_next(1));
    REQUIRE(!fault_of_log(desk.log));
    const auto spoil = [&](auto change) {
        std::vector<v1::Event> log = desk.log;
        change(log);
        return fault_of_log(log).has_value();
    };
    CHECK(spoil([](auto& log) { log[6].mutable_ticket_issued()->set_ticket("A001"); }));
    CHECK(spoil([](auto& log) { log[6].mutable_ticket_issued()->set_number(4); }));
    CHECK(spoil([](auto& log) { log[7].set_cmd_id(log[6].cmd_id()); }));
    CHECK(spoil([](auto& log) { log[8].set_cmd_id(log[6].cmd_id()); }));
    CHECK(spoil([](auto& log) { log[6].set_log_seq(9); }));
    CHECK(spoil(
        [](auto& log) { log.push_back(log.back()), log.back().set_log_seq(log.size()), log.back().set_cmd_id("x"); }));
}

}  // namespace hallcast::queue::random_test
