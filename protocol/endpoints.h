// Where each socket of a master is, counted from its sync port.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/client.h"

namespace hallcast::wire {

constexpr int sync_offset = 0;
constexpr int events_offset = 1;
constexpr int commands_offset = 2;
constexpr int pairing_offset = 3;  // kept free for pairing
constexpr std::uint16_t last_port = 65535 - pairing_offset;

std::string endpoint(const MasterAddress& master, int offset);  // "tcp://127.0.0.1:5551"

inline std::string topic_of(const std::string& hall) { return "hall/" + hall + "/"; }

}  // namespace hallcast::wire
