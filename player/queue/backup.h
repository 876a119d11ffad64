// Copies of a queue's file that are known to be whole, and the way back.
#pragma once

#include <filesystem>
#include <optional>

#include "player/queue/verify.h"
#include "protocol/base/error.h"

namespace hallcast::queue {

// One moment of `queue` as a single file `to`, while a master runs or not: written aside, verified, synced, and only
// then renamed, over an older backup too.
Expected<Verified> back_up(const std::filesystem::path& queue, const std::filesystem::path& to,
                           const Progress& progress = {});

struct Restored {
    Verified verified;
    std::optional<std::filesystem::path> kept;  // where the queue before lies now
};

// Makes `queue` what `backup` is, once that was verified. Refuses while a master runs. Nothing is deleted: the queue
// before is kept beside it. The epoch rises far, so that players that have seen a later one take the halls anew.
Expected<Restored> restore(const std::filesystem::path& backup, const std::filesystem::path& queue,
                           const Progress& progress = {});

}  // namespace hallcast::queue
