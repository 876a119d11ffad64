// Whether a queue's file is whole, down to the last event and reply.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "protocol/base/error.h"

namespace hallcast::queue {

// How far a long work is, 0..1; called often.
using Progress = std::function<void(std::string_view doing, double part)>;

struct Verified {
    std::uint64_t events = 0;
    std::uint64_t commands = 0;     // that have their reply
    std::uint64_t snapshot = 0;     // log_seq of the snapshot that was found equal to a replay; 0: there is none ...
    bool foreign_snapshot = false;  // ... or it is of another version of hallcast, and will not be used
};

// SQLite's own check; then the log is read from its beginning without a gap, every event applied to what came before,
// every command's reply found, and the snapshot compared. Opens the file for reading only, so that a master may run
// meanwhile. The error says the first thing that is wrong. Works in a child process, where `progress` is called too: an
// event that cannot follow stops the process that applies it. It forks: no other thread may be using SQLite or the log
// at that moment, since the child would wait for their locks for ever.
Expected<Verified> verify(const std::filesystem::path& file, const Progress& progress = {});

}  // namespace hallcast::queue
