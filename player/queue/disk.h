// Whether a disk can carry a queue: how long it takes to make a write durable.
#pragma once

#include <chrono>
#include <filesystem>

#include "protocol/base/error.h"

namespace hallcast::queue {

// The median of a few small appends to `probe`, each synced; the file is removed again. Says what to do when it cannot
// be written: read-only, full.
Expected<std::chrono::microseconds> measure_sync(const std::filesystem::path& probe);

}  // namespace hallcast::queue
