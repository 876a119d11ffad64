// How an event changes a hall's state: the one function that master and players share, so that their boards agree.
#pragma once

#include <string>

#include "hallcast/v1/hall.pb.h"

namespace hallcast::wire {

constexpr int max_calls = 40;  // kept in a hall's state, the latest first
constexpr int max_notices = 8;

// Pure. `event` must be the one that follows `state` (the caller checks epoch and seq: see follow.h); afterwards
// `state` is complete at the event's (epoch, seq). A call that is new, or new by its attempt, goes to the front;
// counters stay sorted by number; services keep their order, new ones go to the end; a profile is replaced whole.
void apply(v1::HallState& state, const v1::HallEvent& event);

// What master and players compare: 16 bytes, BLAKE2b over the state without its profile, then profile_hash(); that is
// BLAKE2b over the profile. Both in protobuf's deterministic serialisation (maps sorted by their keys). Equal for equal
// states also where one side knows fewer fields: see the rule for new fields in hall.proto.
std::string state_hash(const v1::HallState& state);
std::string profile_hash(const v1::HallProfile& profile);
// For who keeps the profile's hash: it is most of a state, and seldom changes. `state` comes back as it was.
std::string state_hash(v1::HallState& state, const std::string& hash_of_profile);

}  // namespace hallcast::wire
