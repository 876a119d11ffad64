#include "player/queue/sqlite_log.h"

namespace hallcast::queue {
namespace {

std::string_view name_of(sqlite3* database) { return sqlite3_db_filename(database, "main"); }

}  // namespace

Expected<void> read_log(sqlite3* database, std::uint64_t after_log_seq,
                        const std::function<void(const v1::Event&)>& apply) {
    const auto select = prepare(database, "SELECT log_seq, event FROM log WHERE log_seq > ?1 ORDER BY log_seq");
    if (!select) return std::unexpected(select.error());
    sqlite3_bind_int64(select->get(), 1, std::int64_t(after_log_seq));
    v1::Event event;  // parsed into again and again, so that its strings keep their memory
    for (std::uint64_t expected = after_log_seq + 1;; ++expected) {
        const int code = sqlite3_step(select->get());
        if (code == SQLITE_DONE) return {};
        if (code != SQLITE_ROW)
            return std::unexpected(sqlite_error(database, fmt::format("cannot read log entry {}", expected)));
        const std::uint64_t log_seq = std::uint64_t(sqlite3_column_int64(select->get(), 0));
        const std::string_view bytes = column_blob(select->get(), 1);
        if (log_seq != expected)
            return fail("{}: log entry {} is missing. Restore the file from a backup", name_of(database), expected);
        if (!event.ParseFromArray(bytes.data(), int(bytes.size())) || event.log_seq() != log_seq)
            return fail("{}: log entry {} is damaged. Restore the file from a backup", name_of(database), log_seq);
        if (event.kind_case() == v1::Event::KIND_NOT_SET)
            return fail(
                "{}: log entry {} is of a kind that this version of hallcast does not know. Install the newer one",
                name_of(database), log_seq);
        apply(event);
    }
}

Expected<std::optional<Snapshot>> read_snapshot(sqlite3* database) {
    // One that is ahead of the log, or another's, is none.
    const auto select =
        prepare(database, "SELECT log_seq, state FROM snapshot WHERE log_seq IN (SELECT log_seq FROM log)");
    if (!select) return std::unexpected(select.error());
    const int code = sqlite3_step(select->get());
    if (code == SQLITE_DONE) return std::nullopt;
    if (code != SQLITE_ROW) return std::unexpected(sqlite_error(database, "cannot read the snapshot"));
    return Snapshot{std::uint64_t(sqlite3_column_int64(select->get(), 0)), std::string(column_blob(select->get(), 1))};
}

Expected<std::optional<v1::CommandReply>> read_reply(sqlite3* database, sqlite3_stmt* select_reply,
                                                     std::string_view cmd_id) {
    const ResetOnExit reset{select_reply};
    bind_blob(select_reply, 1, cmd_id);
    const int code = sqlite3_step(select_reply);
    if (code == SQLITE_DONE) return std::nullopt;
    if (code != SQLITE_ROW) return std::unexpected(sqlite_error(database, "cannot read a reply"));
    const std::string_view bytes = column_blob(select_reply, 0);
    v1::CommandReply reply;
    if (!reply.ParseFromArray(bytes.data(), int(bytes.size())))
        return fail("{}: the reply to an earlier command is damaged. Restore the file from a backup",
                    name_of(database));
    return reply;
}

}  // namespace hallcast::queue
