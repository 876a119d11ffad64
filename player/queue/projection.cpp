#include "player/queue/projection.h"

#include <algorithm>
#include <string>

#include "protocol/base/error.h"

namespace hallcast::queue {
namespace {

void describe(v1::CounterStatus& status, const State& state, std::uint32_t number, const CounterState& counter) {
    status.set_number(number);
    if (counter.visit != 0) {
        const Visit& visit = state.visits.at(counter.visit);
        status.set_activity(visit.phase == VisitPhase::called ? v1::COUNTER_ACTIVITY_CALLING
                                                              : v1::COUNTER_ACTIVITY_SERVING);
        status.set_ticket(visit.ticket);
    } else {
        status.set_activity(counter.open ? v1::COUNTER_ACTIVITY_FREE : v1::COUNTER_ACTIVITY_CLOSED);
    }
}

void describe(v1::ServiceStatus& status, const State& state, const std::string& id) {
    const auto service = state.services.find(id);
    HALLCAST_ASSERT(service != state.services.end());
    const auto& waiting = service->second.waiting;
    status.set_id(id);
    status.set_waiting(std::uint32_t(waiting.size()));
    if (!waiting.empty()) status.set_longest_waiting_since_ms(state.visits.at(*waiting.begin()).issued_at_ms);
}

void describe(v1::HallProfile& profile, const State& state, const v1::Hall& hall) {
    const v1::Office& office = *state.office;
    *profile.mutable_office_name() = office.name();
    *profile.mutable_hall_name() = hall.name();
    profile.set_time_zone(office.time_zone());
    *profile.mutable_languages() = office.languages();
    *profile.mutable_ticker() = hall.ticker();
    *profile.mutable_services() = office.services();
    for (const v1::Counter& counter : office.counters())
        if (state.counters.at(counter.number()).hall == hall.id()) *profile.add_counters() = counter;
    *profile.mutable_hours() = office.hours();
}

// The things that a command touched, each once, in the order in which it came to them.
template <typename T>
void touch(std::vector<T>& things, T thing) {
    if (std::ranges::find(things, thing) == things.end()) things.push_back(thing);
}

struct Touched {
    std::vector<std::uint64_t> visits;  // whose calls
    std::vector<std::uint32_t> counters;
    std::vector<const std::string*> services;  // ids, as they stand in the visits

    void visit_at(std::uint64_t visit, std::uint32_t counter) {
        touch(visits, visit);
        touch(counters, counter);
    }
};

Touched touched_by(const State& after, std::span<const v1::Event> events) {
    Touched touched;
    for (const v1::Event& event : events) {
        switch (event.kind_case()) {
            case v1::Event::kTicketIssued:
                touch(touched.services, &event.ticket_issued().service());
                break;
            case v1::Event::kCounterOpened:
                touch(touched.counters, event.counter_opened().counter());
                break;
            case v1::Event::kCounterClosed:
                touch(touched.counters, event.counter_closed().counter());
                break;
            case v1::Event::kTicketCalled:
                touched.visit_at(event.ticket_called().visit_id(), event.ticket_called().counter());
                touch(touched.services, &after.visits.at(event.ticket_called().visit_id()).service);
                break;
            case v1::Event::kCallRepeated: {
                const auto repeated = [&](const auto& entry) {
                    return entry.second.visit != 0 &&
                           after.visits.at(entry.second.visit).call.call_id() == event.call_repeated().call_id();
                };
                const auto counter = std::ranges::find_if(after.counters, repeated);
                HALLCAST_ASSERT(counter != after.counters.end());
                touch(touched.visits, counter->second.visit);
                break;
            }
            case v1::Event::kServiceStarted:
                touched.visit_at(event.service_started().visit_id(), event.service_started().counter());
                break;
            case v1::Event::kServiceFinished:
                touched.visit_at(event.service_finished().visit_id(), event.service_finished().counter());
                break;
            case v1::Event::kVisitMissed:
                touched.visit_at(event.visit_missed().visit_id(), event.visit_missed().counter());
                break;
            case v1::Event::kOfficeApplied:
            case v1::Event::KIND_NOT_SET:
                HALLCAST_ASSERT(!"such an event is not projected");
        }
    }
    return touched;
}

}  // namespace

v1::HallState project(const State& state, const v1::Hall& hall) {
    v1::HallState projected;
    projected.set_hall(hall.id());
    describe(*projected.mutable_profile(), state, hall);
    const auto board = state.boards.find(hall.id());
    HALLCAST_ASSERT(board != state.boards.end());
    for (const v1::Call& call : board->second.calls) *projected.add_calls() = call;
    for (const auto& [number, counter] : state.counters)
        if (counter.hall == hall.id()) describe(*projected.add_counters(), state, number, counter);
    for (const v1::Service& service : state.office->services())
        describe(*projected.add_services(), state, service.id());
    return projected;
}

std::vector<v1::HallEvent> project(const State& after, std::span<const v1::Event> events) {
    std::vector<v1::HallEvent> projected;
    if (events.empty()) return projected;
    const Touched touched = touched_by(after, events);
    for (const v1::Hall& hall : after.office->halls()) {
        v1::HallEvent event;
        for (const std::uint64_t id : touched.visits) {
            const v1::Call& call = after.visits.at(id).call;
            const auto& calls = after.boards.find(hall.id())->second.calls;
            // One that fell off the board is not news.
            const auto same = [&](const v1::Call& other) { return other.call_id() == call.call_id(); };
            if (after.counters.at(call.counter()).hall == hall.id() && std::ranges::any_of(calls, same))
                *event.add_changes()->mutable_call() = call;
        }
        for (const std::uint32_t number : touched.counters) {
            const CounterState& counter = after.counters.at(number);
            if (counter.hall == hall.id()) describe(*event.add_changes()->mutable_counter(), after, number, counter);
        }
        for (const std::string* id : touched.services) describe(*event.add_changes()->mutable_service(), after, *id);
        if (event.changes().empty()) continue;
        event.set_hall(hall.id());
        event.set_at_ms(events.back().at_ms());
        projected.push_back(std::move(event));
    }
    return projected;
}

std::vector<v1::HallEvent> repaint(const State& state, std::int64_t at_ms) {
    std::vector<v1::HallEvent> painted;
    for (const v1::Hall& hall : state.office->halls()) {
        v1::HallEvent& event = painted.emplace_back();
        event.set_hall(hall.id());
        event.set_at_ms(at_ms);
        describe(*event.add_changes()->mutable_profile(), state, hall);
        for (const auto& [number, counter] : state.counters)
            if (counter.hall == hall.id()) describe(*event.add_changes()->mutable_counter(), state, number, counter);
        for (const v1::Service& service : state.office->services())
            describe(*event.add_changes()->mutable_service(), state, service.id());
    }
    return painted;
}

}  // namespace hallcast::queue
