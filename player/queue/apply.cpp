#include "player/queue/apply.h"

#include <algorithm>

#include "protocol/base/error.h"
#include "protocol/hall_state.h"

namespace hallcast::queue {
namespace {

Visit& visit_of(State& state, std::uint64_t id) {
    const auto visit = state.visits.find(id);
    HALLCAST_ASSERT(visit != state.visits.end());
    return visit->second;
}

CounterState& counter_of(State& state, std::uint32_t number) {
    const auto counter = state.counters.find(number);
    HALLCAST_ASSERT(counter != state.counters.end());
    return counter->second;
}

// A call that is new, or new by its attempt, comes to the front; the others stay where they are. One that has fallen
// off the full board comes back by a recall only.
void show(Board& board, const v1::Call& call, bool new_attempt) {
    auto known =
        std::ranges::find_if(board.calls, [&](const auto& other) { return other.call_id() == call.call_id(); });
    if (known != board.calls.end()) {
        *known = call;
        if (new_attempt) std::rotate(board.calls.begin(), known, known + 1);
    } else if (new_attempt) {
        board.calls.insert(board.calls.begin(), call);
        if (board.calls.size() > wire::max_calls) board.calls.pop_back();
    }
}

void show(State& state, const CounterState& counter, const Visit& visit, bool new_attempt) {
    const auto board = state.boards.find(counter.hall);  // a counter in use never changes its hall
    HALLCAST_ASSERT(board != state.boards.end());
    show(board->second, visit.call, new_attempt);
}

void apply_office(State& state, const v1::Office& office) {
    std::map<std::string, ServiceState, std::less<>> services;
    for (const v1::Service& service : office.services()) {
        auto known = state.services.find(service.id());
        ServiceState& next = services[service.id()];
        if (known != state.services.end()) next = std::move(known->second);
        next.prefix = service.prefix().empty() ? service.id() : service.prefix();
    }
    std::map<std::uint32_t, CounterState> counters;
    for (const v1::Counter& counter : office.counters()) {
        auto known = state.counters.find(counter.number());
        CounterState& next = counters[counter.number()];
        if (known != state.counters.end()) next = std::move(known->second);
        next.hall = counter.hall().empty() ? office.halls(0).id() : counter.hall();
        next.services.assign(counter.services().begin(), counter.services().end());
    }
    for (const v1::Hall& hall : office.halls()) state.boards.try_emplace(hall.id());
    state.services = std::move(services);
    state.counters = std::move(counters);
    state.office = std::make_shared<const v1::Office>(office);
}

void issue(State& state, const v1::TicketIssued& issued, std::int64_t at_ms) {
    HALLCAST_ASSERT(issued.visit_id() == state.last_visit + 1);
    std::uint32_t& last_number = state.series[issued.prefix()];
    HALLCAST_ASSERT(issued.number() == last_number + 1);
    const auto service = state.services.find(issued.service());
    HALLCAST_ASSERT(service != state.services.end());
    last_number = issued.number();
    state.last_visit = issued.visit_id();
    service->second.waiting.insert(issued.visit_id());
    const bool fresh = state.visit_of_ticket.try_emplace(issued.ticket(), issued.visit_id()).second;
    HALLCAST_ASSERT(fresh);
    state.visits.try_emplace(
        issued.visit_id(),
        Visit{issued.visit_id(), issued.service(), issued.ticket(), issued.language(), at_ms, VisitPhase::waiting, {}});
}

void call(State& state, const v1::TicketCalled& called, std::int64_t at_ms) {
    Visit& visit = visit_of(state, called.visit_id());
    CounterState& counter = counter_of(state, called.counter());
    Board& board = state.boards[called.hall()];
    HALLCAST_ASSERT(visit.phase == VisitPhase::waiting && counter.open && counter.visit == 0);
    HALLCAST_ASSERT(called.call_seq() == board.last_call_seq + 1);
    state.services.find(visit.service)->second.waiting.erase(visit.id);
    board.last_call_seq = called.call_seq();
    counter.visit = visit.id;
    visit.phase = VisitPhase::called;
    visit.call = make_call(visit, called, at_ms);
    show(board, visit.call, true);
}

void repeat(State& state, const v1::CallRepeated& repeated, std::int64_t at_ms) {
    for (const auto& [number, counter] : state.counters) {
        if (counter.visit == 0) continue;
        Visit& visit = visit_of(state, counter.visit);
        if (visit.call.call_id() != repeated.call_id()) continue;
        visit.call.set_attempt(repeated.attempt());
        visit.call.set_called_at_ms(at_ms);
        visit.call.set_expires_at_ms(repeated.expires_at_ms());
        return show(state, counter, visit, true);
    }
    HALLCAST_ASSERT(!"a call that is repeated is at a counter");
}

void start(State& state, const v1::ServiceStarted& started) {
    Visit& visit = visit_of(state, started.visit_id());
    HALLCAST_ASSERT(visit.phase == VisitPhase::called);
    visit.phase = VisitPhase::serving;
    visit.call.set_phase(v1::CALL_PHASE_SERVING);
    show(state, counter_of(state, started.counter()), visit, false);
}

void end(State& state, std::uint64_t visit_id, std::uint32_t number, VisitPhase phase, v1::CallPhase call_phase) {
    Visit& visit = visit_of(state, visit_id);
    CounterState& counter = counter_of(state, number);
    HALLCAST_ASSERT(counter.visit == visit_id);
    counter.visit = 0;
    visit.phase = phase;
    visit.call.set_phase(call_phase);
    show(state, counter, visit, false);
    state.ended.push_back(visit_id);
    if (state.ended.size() > max_ended) {
        const auto oldest = state.visits.find(state.ended.front());
        state.visit_of_ticket.erase(oldest->second.ticket);
        state.visits.erase(oldest);
        state.ended.pop_front();
    }
}

}  // namespace

v1::Call make_call(const Visit& visit, const v1::TicketCalled& called, std::int64_t at_ms) {
    v1::Call call;
    call.set_call_id(called.call_id());
    call.set_call_seq(called.call_seq());
    call.set_ticket(visit.ticket);
    call.set_service(visit.service);
    call.set_counter(called.counter());
    call.set_attempt(1);
    call.set_language(visit.language);
    call.set_called_at_ms(at_ms);
    call.set_expires_at_ms(called.expires_at_ms());
    call.set_phase(v1::CALL_PHASE_CALLED);
    return call;
}

void apply(State& state, const v1::Event& event) {
    HALLCAST_ASSERT(event.log_seq() == state.log_seq + 1);
    switch (event.kind_case()) {
        case v1::Event::kOfficeApplied:
            apply_office(state, event.office_applied().office());
            break;
        case v1::Event::kTicketIssued:
            issue(state, event.ticket_issued(), event.at_ms());
            break;
        case v1::Event::kCounterOpened:
            counter_of(state, event.counter_opened().counter()).open = true;
            break;
        case v1::Event::kCounterClosed:
            counter_of(state, event.counter_closed().counter()).open = false;
            break;
        case v1::Event::kTicketCalled:
            call(state, event.ticket_called(), event.at_ms());
            break;
        case v1::Event::kCallRepeated:
            repeat(state, event.call_repeated(), event.at_ms());
            break;
        case v1::Event::kServiceStarted:
            start(state, event.service_started());
            break;
        case v1::Event::kServiceFinished:
            end(state, event.service_finished().visit_id(), event.service_finished().counter(), VisitPhase::finished,
                v1::CALL_PHASE_FINISHED);
            break;
        case v1::Event::kVisitMissed:
            end(state, event.visit_missed().visit_id(), event.visit_missed().counter(), VisitPhase::no_show,
                v1::CALL_PHASE_NO_SHOW);
            break;
        case v1::Event::KIND_NOT_SET:
            HALLCAST_ASSERT(!"the store gives no event of an unknown kind");
    }
    state.log_seq = event.log_seq();
}

}  // namespace hallcast::queue
