// The schema of queue.db in all its versions, and how a file of any of them becomes one of the latest.
#pragma once

#include <sqlite3.h>

#include <string_view>

#include "protocol/base/error.h"

namespace hallcast::queue {

// The version of a queue's file; 0: an empty one. Refuses another program's, and a newer version's, saying what to do.
Expected<int> schema_version_of(sqlite3* database, std::string_view name);

// All or nothing: one transaction takes an older (or empty) file to the latest version.
Expected<void> migrate(sqlite3* database, std::string_view name);

}  // namespace hallcast::queue
