// The log for those who only read it, while its master goes on writing.
#pragma once

#include <filesystem>
#include <functional>

#include "hallcast/v1/queue.pb.h"
#include "protocol/base/error.h"

namespace hallcast::queue {

// Gives the events of DIR/queue.db in order, from the first, until `take` answers false. The connection is read-only:
// it neither writes nor checkpoints. It sees the log as it was at the beginning; as long as it reads, the master's
// write-ahead log grows, so `take` must not wait for anybody. Errors say whether the folder, the log or an entry of it
// is missing or damaged, and what to do.
Expected<void> read_log(const std::filesystem::path& directory, const std::function<bool(const v1::Event&)>& take);

}  // namespace hallcast::queue
