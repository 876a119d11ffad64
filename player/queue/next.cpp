#include "player/queue/next.h"

#include <algorithm>

namespace hallcast::queue {
namespace {

constexpr std::uint32_t usual_appointments_in_a_row = 3;

// Somebody sent to a counter or a person who is not there would wait for ever: then everybody may call them.
bool is_for_another(const State& state, const Visit& visit, std::uint32_t number, const CounterState& counter) {
    if (visit.only_counter != 0 && visit.only_counter != number) {
        const auto other = state.counters.find(visit.only_counter);
        return other != state.counters.end() && other->second.open;
    }
    if (!visit.only_staff.empty() && visit.only_staff != counter.staff) {
        return std::ranges::any_of(state.counters, [&](const auto& entry) {
            return entry.second.open && entry.second.staff == visit.only_staff;
        });
    }
    return false;
}

bool is_for_this(const Visit& visit, std::uint32_t number, const CounterState& counter) {
    return visit.only_counter == number || (!visit.only_staff.empty() && visit.only_staff == counter.staff);
}

// The better of what was found so far.
struct Best {
    Place place;
    void consider(std::int64_t order_ms, std::uint64_t visit) {
        const Place other{order_ms, visit};
        if (place.visit == 0 || other < place) place = other;
    }
};

struct Search {
    const State& state;
    std::uint32_t number;
    const CounterState& counter;
    std::int64_t now_ms;
    std::int64_t due_ms;
    Best sent, group, booked, walk_in, early;

    bool may_call(const Visit& visit) const {
        return visit.not_before_ms <= now_ms && !is_for_another(state, visit, number, counter);
    }

    void look(const ServiceState& service, std::int64_t head_start_ms) {
        // Each queue is in order, so the first that may be called is its best.
        for (const Place& place : service.walk_ins) {
            if (!may_call(state.visits.at(place.visit))) continue;
            walk_in.consider(place.order_ms - head_start_ms, place.visit);
            break;
        }
        for (const Place& place : service.booked) {
            if (!may_call(state.visits.at(place.visit))) continue;
            (place.order_ms - due_ms <= now_ms ? booked : early).consider(place.order_ms - head_start_ms, place.visit);
            break;
        }
    }
};

}  // namespace

Place place_of(const Visit& visit) {
    return {visit.appointment_ms != 0 ? visit.appointment_ms : visit.rank_ms - visit.head_start_ms, visit.id};
}

const v1::WorkProfile* profile_of(const v1::Office& office, const CounterState& counter) {
    if (counter.profile.empty()) return nullptr;
    const auto found = std::ranges::find(office.profiles(), counter.profile, &v1::WorkProfile::id);
    return found == office.profiles().end() ? nullptr : &*found;
}

RuleSet rules_of(const v1::Office& office) {
    const v1::Rules& rules = office.rules();
    const auto or_else = [](bool set, std::uint32_t value, std::uint32_t otherwise) { return set ? value : otherwise; };
    return {
        .recycle_after_ms = minutes(or_else(rules.has_recycle_after_minutes(), rules.recycle_after_minutes(), 5)),
        .reinstate_ms = minutes(or_else(rules.has_reinstate_minutes(), rules.reinstate_minutes(), 30)),
        .deadline_within_ms = minutes(or_else(rules.has_deadline_days(), rules.deadline_days(), 3)) * 24 * 60,
        .deadline_head_start_ms =
            minutes(or_else(rules.has_deadline_head_start_minutes(), rules.deadline_head_start_minutes(), 60)),
        .appointment_due_ms = minutes(or_else(rules.has_appointment_due_minutes(), rules.appointment_due_minutes(), 5)),
        .recycle_times = or_else(rules.has_recycle_times(), rules.recycle_times(), 2),
        .reinstated_come_last = rules.reinstated_come_last(),
    };
}

std::uint64_t next_visit(const State& state, std::uint32_t number, std::int64_t now_ms) {
    const CounterState& counter = state.counters.at(number);
    Search search{state, number, counter, now_ms, rules_of(*state.office).appointment_due_ms, {}, {}, {}, {}, {}};
    const v1::WorkProfile* profile = profile_of(*state.office, counter);
    const auto serves = [&](const std::string& id) {
        if (profile != nullptr)
            return std::ranges::find(profile->queues(), id, &v1::ProfileQueue::service) != profile->queues().end();
        return counter.services.empty() || std::ranges::find(counter.services, id) != counter.services.end();
    };
    if (profile != nullptr) {
        for (const v1::ProfileQueue& queue : profile->queues())
            if (const auto service = state.services.find(queue.service()); service != state.services.end())
                search.look(service->second, minutes(queue.head_start_minutes()));
    } else {
        for (const auto& [id, service] : state.services)
            if (serves(id)) search.look(service, 0);
    }
    // Those sent here wait in queues that this counter may not even serve.
    for (const std::uint64_t id : state.sent) {
        const Visit& visit = state.visits.at(id);
        if (visit.not_before_ms <= now_ms && is_for_this(visit, number, counter))
            search.sent.consider(place_of(visit).order_ms, id);
    }
    if (search.sent.place.visit != 0) return search.sent.place.visit;
    if (counter.last_group != 0) {
        // Their tickets were issued together, so their ids follow one another; the first may have been forgotten.
        for (auto member = state.visits.lower_bound(counter.last_group);
             member != state.visits.end() && member->second.group == counter.last_group; ++member)
            if (member->second.phase == VisitPhase::waiting && search.may_call(member->second) &&
                serves(member->second.service()))
                search.group.consider(place_of(member->second).order_ms, member->first);
        if (search.group.place.visit != 0) return search.group.place.visit;
    }
    const std::uint32_t in_a_row = profile != nullptr && profile->appointments_in_a_row() != 0
                                       ? profile->appointments_in_a_row()
                                       : usual_appointments_in_a_row;
    const bool others_turn = search.walk_in.place.visit != 0 && counter.appointments_in_a_row >= in_a_row;
    if (search.booked.place.visit != 0 && !others_turn) return search.booked.place.visit;
    if (search.walk_in.place.visit != 0) return search.walk_in.place.visit;
    return search.early.place.visit;
}

std::int64_t overtaking_bound_ms(const v1::Office& office) {
    std::uint32_t priority = 0, queue = 0;
    for (const auto& one : office.priorities()) priority = std::max(priority, one.head_start_minutes());
    for (const auto& profile : office.profiles())
        for (const auto& one : profile.queues()) queue = std::max(queue, one.head_start_minutes());
    return minutes(priority) + minutes(queue) + rules_of(office).deadline_head_start_ms;
}

}  // namespace hallcast::queue
