#include "player/queue/sqlite.h"

#include "player/queue/migrations.h"

namespace hallcast::queue {
namespace {

const char* what_to_do(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return "Free some disk space";
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            return "Make the folder and its files writable for this user, or choose another with --dir";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "Another program holds the file locked; end it";
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            return "Restore the file from a backup, or move it away to begin anew";
        case SQLITE_IOERR:
            return "Check the disk";
        default:
            return "Check the disk and the file";
    }
}

}  // namespace

Error sqlite_error(sqlite3* database, std::string_view doing) {
    const char* file = sqlite3_db_filename(database, "main");
    return Error{fmt::format("{}: {}: {}. {}", file == nullptr ? "queue database" : file, doing,
                             sqlite3_errmsg(database), what_to_do(sqlite3_errcode(database)))};
}

Expected<void> execute(sqlite3* database, const char* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    Error error = sqlite_error(database, "cannot write");
    if (sqlite3_get_autocommit(database) == 0) sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
    return std::unexpected(std::move(error));
}

Expected<Statement> prepare(sqlite3* database, std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database, sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
        SQLITE_OK)
        return std::unexpected(sqlite_error(database, "cannot read"));
    return Statement(statement);
}

Expected<std::string> query_text(sqlite3* database, std::string_view sql) {
    const auto statement = prepare(database, sql);
    if (!statement) return std::unexpected(statement.error());
    const int code = sqlite3_step(statement->get());
    if (code == SQLITE_DONE) return std::string();
    if (code != SQLITE_ROW) return std::unexpected(sqlite_error(database, "cannot read"));
    const unsigned char* text = sqlite3_column_text(statement->get(), 0);
    std::string first = text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
    // An UPDATE ... RETURNING commits in its last step only, and may fail there.
    if (const int last = sqlite3_step(statement->get()); last != SQLITE_DONE && last != SQLITE_ROW)
        return std::unexpected(sqlite_error(database, "cannot write"));
    return first;
}

void bind_blob(sqlite3_stmt* statement, int index, std::string_view bytes) {
    // A null pointer would bind NULL; an empty blob is not that.
    const int code =
        sqlite3_bind_blob64(statement, index, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
    HALLCAST_ASSERT(code == SQLITE_OK);
}

std::string_view column_blob(sqlite3_stmt* statement, int index) {
    const void* bytes = sqlite3_column_blob(statement, index);
    const int size = sqlite3_column_bytes(statement, index);
    return bytes == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(bytes), std::size_t(size));
}

Expected<Database> open_queue_database(const std::filesystem::path& file) {
    sqlite3* handle = nullptr;
    // One thread at a time uses the connection, so SQLite's own mutexes would only cost.
    const int code = sqlite3_open_v2(file.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);
    if (code != SQLITE_OK)
        return fail("{}: cannot open: {}. {}", file.string(), sqlite3_errstr(code), what_to_do(code));
    sqlite3_extended_result_codes(handle, 1);
    // SQLite opens a file that it may not write for reading, and would say so at the first commit only.
    if (sqlite3_db_readonly(handle, "main") == 1)
        return fail("{}: is read-only. {}", file.string(), what_to_do(SQLITE_READONLY));
    // Readers (statistics) may hold the file for a moment; longer than this is a fault that the clerk should see.
    sqlite3_busy_timeout(handle, 2000);
    const auto mode = query_text(handle, "PRAGMA journal_mode = WAL");
    if (!mode) return std::unexpected(mode.error());
    if (*mode != "wal")
        return fail("{}: this disk cannot keep a write-ahead log. Choose a folder on a local disk with --dir",
                    file.string());
    // Replies lie at random, so many commands change the same pages: to checkpoint after 16 MB instead of SQLite's 4
    // writes most of them once for several commits.
    const char* settings =
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864";
    if (auto set = execute(handle, settings); !set) return std::unexpected(set.error());
    if (auto migrated = migrate(handle, file.string()); !migrated) return std::unexpected(migrated.error());
    return database;
}

Expected<Database> open_queue_reader(const std::filesystem::path& file) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);
    if (code != SQLITE_OK)
        return fail("{}: cannot be opened: {}. Name a queue's file that this user may read", file.string(),
                    sqlite3_errstr(code));
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, 2000);
    const auto version = schema_version_of(handle, file.string());
    if (!version) return std::unexpected(version.error());
    if (*version == 0) return fail("{}: is empty. Name a queue's file", file.string());
    return database;
}

}  // namespace hallcast::queue
