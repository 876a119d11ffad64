#include "protocol/hall_state.h"

#include <algorithm>

namespace hallcast::wire {
namespace {

// `calls` and the position of the element that belongs at the front; those before it move one back.
void move_to_front(google::protobuf::RepeatedPtrField<v1::Call>& calls, int position) {
    for (; position > 0; --position) calls.SwapElements(position, position - 1);
}

bool is_over(v1::CallPhase phase) {
    return phase == v1::CALL_PHASE_SERVING || phase == v1::CALL_PHASE_FINISHED || phase == v1::CALL_PHASE_NO_SHOW ||
           phase == v1::CALL_PHASE_WITHDRAWN;
}

void apply_call(v1::HallState& state, const v1::Call& call) {
    auto& calls = *state.mutable_calls();
    const auto known =
        std::ranges::find_if(calls, [&](const v1::Call& other) { return other.call_id() == call.call_id(); });
    if (known != calls.end()) {
        const bool new_attempt = call.attempt() != known->attempt();
        *known = call;
        if (new_attempt) move_to_front(calls, int(known - calls.begin()));
        return;
    }
    // Called so long ago that it fell off the full list: that it ends now must not show it as the newest call.
    if (calls.size() >= max_calls && is_over(call.phase())) return;
    *calls.Add() = call;
    move_to_front(calls, calls.size() - 1);
    while (calls.size() > max_calls) calls.RemoveLast();
}

void apply_counter(v1::HallState& state, const v1::CounterStatus& counter) {
    auto& counters = *state.mutable_counters();
    const auto place = std::ranges::find_if(
        counters, [&](const v1::CounterStatus& other) { return other.number() >= counter.number(); });
    if (place != counters.end() && place->number() == counter.number()) {
        *place = counter;
        return;
    }
    const int position = int(place - counters.begin());
    *counters.Add() = counter;
    for (int i = counters.size() - 1; i > position; --i) counters.SwapElements(i, i - 1);
}

void apply_service(v1::HallState& state, const v1::ServiceStatus& service) {
    auto& services = *state.mutable_services();
    const auto known =
        std::ranges::find_if(services, [&](const v1::ServiceStatus& other) { return other.id() == service.id(); });
    if (known != services.end())
        *known = service;
    else
        *services.Add() = service;
}

}  // namespace

void apply(v1::HallState& state, const v1::HallEvent& event) {
    for (const v1::HallChange& change : event.changes()) {
        switch (change.change_case()) {
            case v1::HallChange::kCall:
                apply_call(state, change.call());
                break;
            case v1::HallChange::kCounter:
                apply_counter(state, change.counter());
                break;
            case v1::HallChange::kService:
                apply_service(state, change.service());
                break;
            case v1::HallChange::kProfile:
                *state.mutable_profile() = change.profile();
                break;
            case v1::HallChange::CHANGE_NOT_SET:
                break;  // a kind that a newer master knows
        }
    }
    state.set_hall(event.hall());
    state.set_epoch(event.epoch());
    state.set_seq(event.seq());
}

}  // namespace hallcast::wire
