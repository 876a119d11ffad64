#include "protocol/hall_state.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sodium.h>

#include <algorithm>

#include "protocol/base/error.h"

namespace hallcast::wire {
namespace {

// The element at `position` belongs at the front; those before it move one back.
template <typename Item>
void move_to_front(google::protobuf::RepeatedPtrField<Item>& items, int position) {
    for (; position > 0; --position) items.SwapElements(position, position - 1);
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

void apply_notice(v1::HallState& state, const v1::Notice& notice) {
    auto& notices = *state.mutable_notices();
    const auto known =
        std::ranges::find_if(notices, [&](const v1::Notice& other) { return other.id() == notice.id(); });
    if (known != notices.end()) {
        if (notice.over())
            notices.erase(known);
        else
            *known = notice;
        return;
    }
    if (notice.over()) return;
    *notices.Add() = notice;
    move_to_front(notices, notices.size() - 1);
    while (notices.size() > max_notices) notices.RemoveLast();
}

std::string deterministic(const google::protobuf::MessageLite& message) {
    std::string bytes;
    google::protobuf::io::StringOutputStream text(&bytes);
    google::protobuf::io::CodedOutputStream coded(&text);
    coded.SetSerializationDeterministic(true);
    HALLCAST_ASSERT(message.SerializeToCodedStream(&coded));
    coded.Trim();
    return bytes;
}

std::string blake2b(const std::string& bytes) {
    std::string hash(16, '\0');
    // Works without sodium_init(), which only chooses a faster implementation of it.
    ::crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr, 0);
    return hash;
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
            case v1::HallChange::kNotice:
                apply_notice(state, change.notice());
                break;
            case v1::HallChange::CHANGE_NOT_SET:
                break;  // a kind that a newer master knows
        }
    }
    state.set_hall(event.hall());
    state.set_epoch(event.epoch());
    state.set_seq(event.seq());
}

std::string profile_hash(const v1::HallProfile& profile) { return blake2b(deterministic(profile)); }

std::string state_hash(v1::HallState& state, const std::string& hash_of_profile) {
    v1::HallProfile* profile = state.has_profile() ? state.release_profile() : nullptr;
    const std::string hash = blake2b(deterministic(state) + hash_of_profile);
    if (profile != nullptr) state.set_allocated_profile(profile);
    return hash;
}

std::string state_hash(const v1::HallState& state) {
    v1::HallState copy = state;
    return state_hash(copy, profile_hash(state.profile()));
}

}  // namespace hallcast::wire
