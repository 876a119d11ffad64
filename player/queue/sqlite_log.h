// What the store and those who only look read of a queue's database.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "player/queue/sqlite.h"
#include "player/queue/store.h"

namespace hallcast::queue {

// As Store has them. `select_reply` is prepared from that SQL.
Expected<void> read_log(sqlite3* database, std::uint64_t after_log_seq,
                        const std::function<void(const v1::Event&)>& apply);
Expected<std::optional<Snapshot>> read_snapshot(sqlite3* database);
constexpr const char* select_reply_sql = "SELECT reply FROM reply WHERE cmd_id = ?1";
Expected<std::optional<v1::CommandReply>> read_reply(sqlite3* database, sqlite3_stmt* select_reply,
                                                     std::string_view cmd_id);

}  // namespace hallcast::queue
