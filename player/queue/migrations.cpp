#include "player/queue/migrations.h"

#include <spdlog/spdlog.h>

#include <iterator>
#include <string>

#include "player/queue/sqlite.h"

namespace hallcast::queue {
namespace {

// What makes version n of version n - 1, from the first on. Never changed once it was released: an empty file goes the
// same way as an old one. The log's bytes are what was decided, as it was serialised then; they are never rewritten.
constexpr const char* migrations[] = {
    R"(
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version VALUES (1);
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', 0);
CREATE TABLE log (log_seq INTEGER PRIMARY KEY, event BLOB NOT NULL);
CREATE TABLE reply (cmd_id BLOB PRIMARY KEY, reply BLOB NOT NULL) WITHOUT ROWID;
)",
    R"(
CREATE TABLE snapshot (only INTEGER PRIMARY KEY CHECK (only = 1), log_seq INTEGER NOT NULL, state BLOB NOT NULL);
)",
};
constexpr int latest_version = int(std::size(migrations));

}  // namespace

Expected<int> schema_version_of(sqlite3* database, std::string_view name) {
    const auto tables = query_text(database, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
    if (!tables) return std::unexpected(tables.error());
    if (*tables == "0") return 0;
    const auto ours = query_text(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'");
    if (!ours) return std::unexpected(ours.error());
    if (*ours == "0")
        return fail("{}: is a database of another program. Move it away, or choose another folder with --dir", name);
    const auto text = query_text(database, "SELECT version FROM schema_version");
    if (!text) return std::unexpected(text.error());
    const int version = std::atoi(text->c_str());
    if (version < 1 || version > latest_version)
        return fail(
            "{}: was written by a newer version of hallcast (its schema is {}, this program's is {}). Install that "
            "version",
            name, text->empty() ? "none" : *text, latest_version);
    return version;
}

Expected<void> migrate(sqlite3* database, std::string_view name) {
    const auto version = schema_version_of(database, name);
    if (!version) return std::unexpected(version.error());
    if (*version == latest_version) return {};
    std::string sql = "BEGIN IMMEDIATE;";
    for (int next = *version; next < latest_version; ++next) sql += migrations[next];
    sql += fmt::format("UPDATE schema_version SET version = {}; COMMIT;", latest_version);
    if (*version != 0) spdlog::info("{}: its schema goes from version {} to {}", name, *version, latest_version);
    return execute(database, sql.c_str());
}

}  // namespace hallcast::queue
