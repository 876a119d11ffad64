// What is sent in the wire benchmark: the state of a hall on a busy day, and the events that follow, of real size.
#pragma once

#include <cstdint>
#include <string>

#include "hallcast/v1/wire.pb.h"

namespace hallcast::bench {

constexpr const char* hall = "main";

// Nine languages, eight services, 24 counters, forty calls: some 13 KB.
v1::HallState busy_hall(std::uint64_t epoch);

// The call that follows `state`, with the counter and the queue that it changes. Carries the moment at which it was
// made, by now_ns(), in its call's id.
v1::HallEvent call_after(const v1::HallState& state, std::int64_t made_ns);
std::int64_t made_ns(const v1::Call& call);  // 0 for a call of busy_hall()

}  // namespace hallcast::bench
