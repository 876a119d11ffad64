// The version of the protocol. Another major version is refused with a hint to update; a later minor one adds fields.
#pragma once

#include <cstdint>

namespace hallcast::wire {

constexpr std::uint32_t protocol_version = 1;
constexpr std::uint32_t protocol_minor = 3;

// A message without a version is of the first one.
constexpr bool is_our_version(std::uint32_t version) { return version == 0 || version == protocol_version; }

}  // namespace hallcast::wire
