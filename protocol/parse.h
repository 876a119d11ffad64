#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <string_view>

namespace hallcast::wire {

// A time outside of this, on either side of 1970, is nobody's: it is a mistake or an attack. Within it no sum or
// difference of two times overflows, not even in the nanoseconds of std::chrono's clocks (2^63 ns are 292 years).
constexpr std::int64_t largest_time_ms = 4'102'444'800'000;  // 2100-01-01

// The first time in `message` or in those inside it that lies outside of largest_time_ms; nullptr: none does. Times are
// the int64 fields whose names end in _ms and _us.
const google::protobuf::FieldDescriptor* senseless_time(const google::protobuf::Message& message);

// False where `bytes`, which may be anything, are not a message of this type with sensible times; `message` is to be
// thrown away then.
bool parse(google::protobuf::Message& message, std::string_view bytes);

}  // namespace hallcast::wire
