// What a master answers to the command line, and how several subcommands print it.
#pragma once

#include <chrono>

#include "player/cli/options.h"

namespace hallcast::cli {

constexpr std::chrono::seconds answer_limit{10};

// Asks the master's sync socket. Failure where no answer comes; an error of the master's is an answer.
v1::SyncReply ask(const ConnectOptions& connect, v1::SyncRequest request, std::chrono::seconds limit = answer_limit);
// The same reply; Failure where it is an error of the master's, told behind `saying`.
v1::SyncReply granted(v1::SyncReply reply, const char* saying = "");

void print_json(const google::protobuf::Message& message);  // to stdout
const char* word(v1::CallPhase phase);                      // "called"
const char* word(v1::CounterActivity activity);             // "free"

}  // namespace hallcast::cli
