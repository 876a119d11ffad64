// Where the log and the replies are kept. An interface, so that another database can serve several masters.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hallcast/v1/queue.pb.h"
#include "protocol/base/error.h"

namespace hallcast::queue {

// One command's outcome. Its events and its reply become durable together, or not at all.
struct Outcome {
    std::string cmd_id;
    std::vector<v1::Event> events;
    v1::CommandReply reply;
};

// The state after one event of the log, as bytes that only snapshot.h understands. Never more than a copy: the log is
// the truth, and is never shortened.
struct Snapshot {
    std::uint64_t log_seq = 0;
    std::string bytes;
};

// Externally synchronized: the core's thread.
class Store {
  public:
    virtual ~Store() = default;

    // The log after that entry (0: from its beginning), in order. Stops at the first error, which names the entry.
    virtual Expected<void> replay(std::uint64_t after_log_seq, const std::function<void(const v1::Event&)>& apply) = 0;
    // The latest one kept, of an entry that the log has; empty when there is none.
    virtual Expected<std::optional<Snapshot>> snapshot() = 0;
    // In place of the one before, durable when it returns.
    virtual Expected<void> keep_snapshot(const Snapshot& snapshot) = 0;
    // The reply that was given to this command before, however long ago.
    virtual Expected<std::optional<v1::CommandReply>> reply_to(std::string_view cmd_id) = 0;
    // All outcomes in one transaction, synced to disk when it returns. After an error none of them is there.
    virtual Expected<void> commit(std::span<const Outcome> outcomes) = 0;
    // One higher at every call, durable.
    virtual Expected<std::uint64_t> next_epoch() = 0;
};

struct StoreOptions {
    // Every answer waits for a sync: a disk whose median one takes longer, also when measured again, is refused.
    // HALLCAST_SLOW_DISK=1 in the environment takes it all the same, in an emergency: a variable reaches every way of
    // starting a master.
    std::chrono::microseconds slowest_sync{20'000};
    std::function<Expected<std::chrono::microseconds>(const std::filesystem::path& probe)> measure_sync;  // for tests
};

// SQLite, WAL, synchronous=FULL. Errors say what, where and what to do (read-only, full, slow, newer version, in use by
// another master). An older version's file is migrated.
Expected<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& file, StoreOptions options = {});

}  // namespace hallcast::queue
