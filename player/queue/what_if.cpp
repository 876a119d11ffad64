#include "player/queue/what_if.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "player/queue/apply.h"

namespace hallcast::queue {
namespace {

// `events` follow on the log's state before the day.
DayFigures figures_of(const DayLog& log, const std::vector<v1::Event>& events) {
    const std::uint32_t day = log.day();
    Statistics by_service({.service = true}, day, day), all({}, day, day);
    for (const v1::Event& event : events) by_service.add(event), all.add(event);
    DayFigures figures{by_service.rows(), all.rows().front(), {}};
    State state = log.before();
    for (const v1::Event& event : events)
        if (!event.has_day_ended() || event.day_ended().ended() != day) apply(state, event);
    for (const auto& [id, visit] : state.visits)
        if (visit.phase == VisitPhase::waiting || visit.phase == VisitPhase::parked)
            ++figures.not_served[visit.service()];
    return figures;
}

// How long each visit waited for the first call that was not undone.
std::map<std::uint64_t, std::int64_t> first_waits(const std::vector<v1::Event>& events) {
    const std::set<std::uint64_t> undone = undone_in(events);
    std::map<std::uint64_t, std::int64_t> arrived_ms, waits;
    for (const v1::Event& event : events) {
        if (event.has_ticket_issued()) {
            const v1::TicketIssued& issued = event.ticket_issued();
            arrived_ms[issued.visit_id()] = issued.arrived_at_ms() != 0 ? issued.arrived_at_ms() : event.at_ms();
        } else if (event.has_ticket_called() && !undone.contains(event.log_seq())) {
            const std::uint64_t visit = event.ticket_called().visit_id();
            if (const auto arrived = arrived_ms.find(visit); arrived != arrived_ms.end())
                waits.try_emplace(visit, event.at_ms() - arrived->second);
        }
    }
    return waits;
}

std::int64_t mean_error(const std::vector<v1::Event>& log, const std::vector<v1::Event>& replayed) {
    const auto truth = first_waits(log), found = first_waits(replayed);
    std::int64_t sum = 0, compared = 0;
    for (const auto& [visit, wait] : truth) {
        const auto other = found.find(visit);
        if (other == found.end()) continue;
        sum += std::abs(wait - other->second);
        ++compared;
    }
    return compared == 0 ? 0 : sum / compared;
}

// For how long each counter that was open that day had somebody there.
std::map<std::uint32_t, std::int64_t> use_of(const DayRecord& record) {
    std::map<std::uint32_t, std::int64_t> used_ms;
    for (const v1::Event& event : record.outside)
        if (event.has_counter_opened()) used_ms[event.counter_opened().counter()];
    for (const auto& [visit, stays] : record.stays)
        for (const Stay& stay : stays)
            if (const auto used = used_ms.find(stay.counter); used != used_ms.end()) used->second += stay.duration_ms;
    return used_ms;
}

Expected<std::uint32_t> counter_to_change(const DayLog& log, const DayRecord& record, std::uint32_t asked, bool most) {
    const auto used = use_of(record);
    if (used.empty()) return fail("no counter was opened on {}", log.day());
    if (asked != 0) {
        if (used.contains(asked)) return asked;
        std::string open;
        for (const auto& [number, ms] : used) open += fmt::format("{}{}", open.empty() ? "" : ", ", number);
        return fail("counter {} was not open on that day. Choose one of: {}", asked, open);
    }
    const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
    return most ? std::ranges::max_element(used, less)->first : std::ranges::min_element(used, less)->first;
}

}  // namespace

Expected<WhatIf> what_if(const DayLog& log, const Change& change) {
    if (log.events().empty()) return fail("nothing happened on that day");
    const DayRecord record = record_of(log);
    Counters baseline{.without = {}, .like = {}, .seed = change.seed};
    Counters variant = baseline;
    WhatIf answer;
    answer.change = "the same counters";
    if (change.counters != 0) {
        const bool more = change.counters > 0;
        const auto counter = counter_to_change(log, record, more ? change.like : change.without, more);
        if (!counter) return std::unexpected(counter.error());
        (more ? variant.like : variant.without) = *counter;
        answer.change = fmt::format("{} counter {}", more ? "one more like" : "without", *counter);
    }
    const auto same = replay_day(log, record, baseline);
    if (!same) return std::unexpected(same.error());
    const auto changed = replay_day(log, record, variant);
    if (!changed) return std::unexpected(changed.error());
    answer.day = figures_of(log, log.events());
    answer.baseline = figures_of(log, *same);
    answer.variant = figures_of(log, *changed);
    answer.mean_error_ms = mean_error(log.events(), *same);
    return answer;
}

}  // namespace hallcast::queue
