// Files of earlier versions, from the first on.
#include "player/queue/migrations.h"
#include "player/queue/core.h"
#include "tests/queue/acknowledged.h"
#include "tests/queue/power_loss_vfs.h"
#include "tests/queue/sample.h"
#include "tests/seed.h"

namespace hallcast::queue::migrations_test {

using namespace sample;

// As version 1 of the schema was released (2026-11-23).
constexpr const char* first_schema = R"(
PRAGMA journal_mode = WAL;
BEGIN IMMEDIATE;
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version VALUES (1);
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', 0);
CREATE TABLE log (log_seq INTEGER PRIMARY KEY, event BLOB NOT NULL);
CREATE TABLE reply (cmd_id BLOB PRIMARY KEY, reply BLOB NOT NULL) WITHOUT ROWID;
COMMIT;
UPDATE meta SET value = 7;
)";

Database raw(const std::filesystem::path& file) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    return Database(handle);
}

// A file as the first version left it, and what it had acknowledged.
std::vector<v1::CommandReply> make_first_version(const std::filesystem::path& file) {
    const Database database = raw(file);
    REQUIRE(execute(database.get(), first_schema));
    const auto event = prepare(database.get(), "INSERT INTO log VALUES (?1, ?2)").value();
    const auto reply = prepare(database.get(), "INSERT INTO reply VALUES (?1, ?2)").value();
    Desk desk;
    std::vector<v1::CommandReply> acknowledged;
    std::vector<v1::Command> commands{apply_office(office()), open(1)};
    for (int i = 0; i < 30; ++i) commands.push_back(issue("A")), commands.push_back(call_next(1));
    for (const v1::Command& command : commands) {
        const std::size_t before = desk.log.size();
        acknowledged.push_back(desk(command));
        for (std::size_t i = before; i < desk.log.size(); ++i) {
            const std::string bytes = desk.log[i].SerializeAsString();
            sqlite3_bind_int64(event.get(), 1, std::int64_t(desk.log[i].log_seq()));
            bind_blob(event.get(), 2, bytes);
            REQUIRE(sqlite3_step(event.get()) == SQLITE_DONE);
            sqlite3_reset(event.get());
        }
        const std::string bytes = acknowledged.back().SerializeAsString();
        bind_blob(reply.get(), 1, command.cmd_id());
        bind_blob(reply.get(), 2, bytes);
        REQUIRE(sqlite3_step(reply.get()) == SQLITE_DONE);
        sqlite3_reset(reply.get());
    }
    return acknowledged;
}

std::string version_in(const std::filesystem::path& file) {
    const Database database = raw(file);
    const auto version = query_text(database.get(), "SELECT version FROM schema_version");
    const auto snapshots = query_text(database.get(), "SELECT count(*) FROM sqlite_schema WHERE name = 'snapshot'");
    return version.value() + (snapshots.value() == "1" ? " with snapshots" : " without");
}

TEST_CASE("a file of the first version is read, and is one of the latest afterwards") {
    const TemporaryFolder folder;
    const auto acknowledged = make_first_version(folder.file());
    REQUIRE(version_in(folder.file()) == "1 without");
    const auto fault = fault_of_file(folder.file(), acknowledged);
    INFO(fault.value_or(""));
    REQUIRE(!fault);
    CHECK(version_in(folder.file()) == "2 with snapshots");
    auto core = open_core(open_store(folder.file()), {}).value();
    CHECK(core->hall_state("main")->epoch() == 8);
    CHECK(core->submit_and_wait(issue("A")).ticket().number() == "A031");
}

TEST_CASE("a migration that fails leaves the file as it was") {
    const TemporaryFolder folder;
    const auto acknowledged = make_first_version(folder.file());
    REQUIRE(execute(raw(folder.file()).get(), "CREATE TABLE snapshot (somebody TEXT)"));
    const auto refused = open_sqlite_store(folder.file());
    REQUIRE(!refused);
    INFO(refused.error().message);
    CHECK(contains(refused.error().message, "queue.db"));
    CHECK(query_text(raw(folder.file()).get(), "SELECT version FROM schema_version").value() == "1");
    REQUIRE(execute(raw(folder.file()).get(), "DROP TABLE snapshot"));
    CHECK(!fault_of_file(folder.file(), acknowledged));
}

TEST_CASE("a migration during which the power goes has happened or not") {
    const std::uint64_t seed = tests::seed_of_run();
    INFO("seed " << seed);
    int before = 0, after = 0;
    bool cut = true;
    for (std::uint64_t operation = 1; cut; ++operation) {
        INFO("cut at operation " << operation);
        const TemporaryFolder folder;
        power_loss::PowerLossDisk disk(seed + operation);
        const auto acknowledged = make_first_version(folder.file());
        disk.cut_after(operation);
        { const auto store = open_sqlite_store(folder.file()); }
        cut = disk.is_cut();
        disk.restore_power();
        const std::string version = version_in(folder.file());
        INFO(version);
        REQUIRE((version == "1 without" || version == "2 with snapshots"));
        ++(version == "1 without" ? before : after);
        REQUIRE(integrity_of(folder.file()) == "ok");
        REQUIRE(!fault_of_file(folder.file(), acknowledged));
    }
    CHECK(before > 0);
    CHECK(after > 0);
}

}  // namespace hallcast::queue::migrations_test
