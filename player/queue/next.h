// Who is called next: the one order that every work profile is a setting of.
#pragma once

#include <cstdint>

#include "player/queue/state.h"

namespace hallcast::queue {

// Everybody's place is a time: the arrival (or what a transfer made of it), less the head starts of the visitor
// (priority, legal deadline) and of the queue at this counter. The earliest is next, so a head start is never more than
// that: whoever has waited that much longer comes first, whatever comes after. Before this order go, in turn,
// - whoever was sent to this counter or to the person signed in there,
// - the others of a group of which one was called here last,
// - appointments that are due, by their time, at most so many in a row as the profile says while others wait;
// and after it appointments that are not due yet. Those sent to a counter or a person that is there wait for it.
//
// 0: nobody may be called. Pure: the same state and time give the same visitor.
std::uint64_t next_visit(const State& state, std::uint32_t counter, std::int64_t now_ms);

// Nobody who waits is passed by a call-next for one without appointment who came later than they by more than this (a
// recycle, a transfer to the end and a delay count as coming anew, groups and those sent to the counter apart).
std::int64_t overtaking_bound_ms(const v1::Office& office);

Place place_of(const Visit& visit);

// The work profile that a counter has, by name; null where it serves by the longest wait.
const v1::WorkProfile* profile_of(const v1::Office& office, const CounterState& counter);

// Minutes as milliseconds; the rules' defaults.
constexpr std::int64_t minutes(std::uint32_t count) { return std::int64_t(count) * 60'000; }
struct RuleSet {
    std::int64_t recycle_after_ms, reinstate_ms, deadline_within_ms, deadline_head_start_ms, appointment_due_ms;
    std::uint32_t recycle_times;
    bool reinstated_come_last;
};
RuleSet rules_of(const v1::Office& office);

}  // namespace hallcast::queue
