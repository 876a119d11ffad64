// SQLite's C handles with an owner, and its errors as values.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/error.h"

namespace hallcast::queue {

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// The error of the last call on this connection, as one line that begins with the file and ends with what to do.
Error sqlite_error(sqlite3* database, std::string_view doing);

Expected<void> execute(sqlite3* database, const char* sql);
Expected<Statement> prepare(sqlite3* database, std::string_view sql);
// The first column of the first row; empty without a row.
Expected<std::string> query_text(sqlite3* database, std::string_view sql);

// Binds without a copy: `bytes` must live until the statement is reset.
void bind_blob(sqlite3_stmt* statement, int index, std::string_view bytes);
std::string_view column_blob(sqlite3_stmt* statement, int index);  // valid until the next step or reset

// Resets the statement at the end of a scope, so that it holds no read transaction open.
struct ResetOnExit {
    sqlite3_stmt* statement;
    ~ResetOnExit() { sqlite3_reset(statement); }
};

// The one connection of a master: created where missing, WAL, synchronous=FULL, migrated to the latest schema.
// Says what to do when the file is read-only, no queue, or a newer version's.
Expected<Database> open_queue_database(const std::filesystem::path& file);

// To look only, while a master runs or not: never writes, checkpoints or migrates. An older schema's file is read as it
// is.
Expected<Database> open_queue_reader(const std::filesystem::path& file);

}  // namespace hallcast::queue
