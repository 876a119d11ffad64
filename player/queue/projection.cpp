#include "player/queue/projection.h"

#include <algorithm>
#include <string>

#include "player/queue/notices.h"
#include "protocol/base/error.h"

namespace hallcast::queue {
namespace {

void describe(v1::CounterStatus& status, const State& state, std::uint32_t number, const CounterState& counter) {
    status.set_number(number);
    status.set_version(counter.version);
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
    const ServiceState& queue = service->second;
    status.set_id(id);
    status.set_waiting(std::uint32_t(queue.waiting()));
    if (!queue.arrivals.empty()) status.set_longest_waiting_since_ms(*queue.arrivals.begin());
    status.set_expected_wait_s(queue.waits.newcomer.expected_s);
    status.set_wait_low_s(queue.waits.newcomer.low_s);
    status.set_wait_high_s(queue.waits.newcomer.high_s);
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
    *profile.mutable_sound() = hall.sound();
    if (office.has_ducking()) *profile.mutable_ducking() = office.ducking();
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
    for (auto one = state.notices.rbegin(); one != state.notices.rend(); ++one)
        if (is_for(*one, hall.id())) *projected.add_notices() = one->notice;
    return projected;
}

std::vector<v1::HallEvent> project(const State& after, const Touched& touched, std::int64_t at_ms) {
    HALLCAST_ASSERT(!touched.all);
    std::vector<v1::HallEvent> projected;
    const auto hall_of = [&](const v1::Call& call) -> const std::string* {
        const auto counter = after.counters.find(call.counter());
        return counter == after.counters.end() ? nullptr : &counter->second.hall;
    };
    for (const v1::Hall& hall : after.office->halls()) {
        v1::HallEvent event;
        const auto& calls = after.boards.find(hall.id())->second.calls;
        const auto tell = [&](const v1::Call& call) {
            const std::string* of = hall_of(call);
            const auto same = [&](const v1::Call& other) { return other.call_id() == call.call_id(); };
            // One that fell off the board is not news.
            if (of != nullptr && *of == hall.id() && std::ranges::any_of(calls, same))
                *event.add_changes()->mutable_call() = call;
        };
        for (const v1::Call& call : touched.withdrawn) tell(call);
        for (const std::uint64_t id : touched.visits)
            // Whom the day's end has made the core forget is on no board either.
            if (const auto visit = after.visits.find(id); visit != after.visits.end()) tell(visit->second.call);
        for (const std::uint32_t number : touched.counters) {
            const CounterState& counter = after.counters.at(number);
            if (counter.hall == hall.id()) describe(*event.add_changes()->mutable_counter(), after, number, counter);
        }
        for (const std::string& id : touched.services) describe(*event.add_changes()->mutable_service(), after, id);
        for (const HallNotice& one : touched.notices)
            if (is_for(one, hall.id())) *event.add_changes()->mutable_notice() = one.notice;
        if (event.changes().empty()) continue;
        event.set_hall(hall.id());
        event.set_at_ms(at_ms);
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
