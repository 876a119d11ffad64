#include "player/queue/log_reader.h"

#include "player/queue/sqlite.h"

namespace hallcast::queue {
namespace {

Expected<Database> open_to_read(const std::filesystem::path& directory) {
    std::error_code error;
    if (!std::filesystem::is_directory(directory, error))
        return fail("{}: there is no such folder. Name the master's with --dir", directory.string());
    const std::filesystem::path file = directory / "queue.db";
    if (!std::filesystem::exists(file, error))
        return fail("{}: there is no log: no master has worked in this folder. Name the master's with --dir",
                    file.string());
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);
    if (code != SQLITE_OK)
        return fail("{}: cannot open: {}. Run this as the master's user", file.string(), sqlite3_errstr(code));
    // The last connection to close would checkpoint, and that is the master's alone.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_busy_timeout(handle, 2000);
    const auto has_log = query_text(handle, "SELECT count(*) FROM sqlite_schema WHERE name = 'log'");
    if (!has_log) return std::unexpected(has_log.error());
    if (*has_log == "0")
        return fail("{}: is a database of another program. Name the master's folder with --dir", file.string());
    return database;
}

}  // namespace

Expected<void> read_log(const std::filesystem::path& directory, const std::function<bool(const v1::Event&)>& take) {
    const auto database = open_to_read(directory);
    if (!database) return std::unexpected(database.error());
    const std::string file = (directory / "queue.db").string();
    const auto select = prepare(database->get(), "SELECT log_seq, event FROM log ORDER BY log_seq");
    if (!select) return std::unexpected(select.error());
    v1::Event event;  // parsed into again and again, so that its strings keep their memory
    for (;;) {
        const int code = sqlite3_step(select->get());
        if (code == SQLITE_DONE) return {};
        if (code != SQLITE_ROW) return std::unexpected(sqlite_error(database->get(), "cannot read the log"));
        const auto log_seq = sqlite3_column_int64(select->get(), 0);
        const std::string_view bytes = column_blob(select->get(), 1);
        if (!event.ParseFromArray(bytes.data(), int(bytes.size())) || event.log_seq() != std::uint64_t(log_seq))
            return fail("{}: log entry {} is damaged. Restore the file from a backup", file, log_seq);
        if (event.kind_case() == v1::Event::KIND_NOT_SET)
            return fail(
                "{}: log entry {} is of a kind that this version of hallcast does not know. Install the newer one",
                file, log_seq);
        if (!take(event)) return {};
    }
}

}  // namespace hallcast::queue
