// The whole state as bytes and back, so that a start need not replay a year's log.
#pragma once

#include <string>
#include <string_view>

#include "player/queue/state.h"
#include "player/queue/store.h"
#include "protocol/base/error.h"

namespace hallcast::queue {

// Every field of every struct of state.h, found by reflection: a new one is in it by itself. The same state gives the
// same bytes.
std::string pack(const State& state);

// An error when the bytes are damaged, or were made by another version of this program, whose events might do something
// else to a state: then the log says what the state is.
Expected<State> unpack(std::string_view bytes);
bool is_of_this_code(std::string_view bytes);

// The state at the log's end: the latest snapshot and what came after it; the whole log where the snapshot cannot be
// used, which is logged as a warning.
struct Loaded {
    State state;
    std::uint64_t from_log_seq = 0;  // the snapshot's; 0: the whole log was replayed
};
Expected<Loaded> load_state(Store& store);

}  // namespace hallcast::queue
