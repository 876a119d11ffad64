// The latest calls of a master, and how a person reads them.
#pragma once

#include <string>

#include "player/cli/options.h"

namespace hallcast::cli {

// `hall` empty: of all; `limit` 0: the master's own. Failure when there is no answer.
v1::CallList ask_calls(const ConnectOptions& connect, const std::string& hall, std::uint32_t limit);

// One line: time, ticket, counter, phase, attempt, then what each player reported, or that none did.
std::string describe_call(const v1::CallRecord& record);

}  // namespace hallcast::cli
