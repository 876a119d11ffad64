// The SQLite store: what was committed is there, and what cannot work is said.
#include <sys/stat.h>

#include <fstream>

#include "player/queue/sqlite.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::store_test {

using namespace sample;

Outcome outcome_of(std::uint64_t log_seq, const std::string& cmd_id) {
    Outcome outcome;
    outcome.cmd_id = cmd_id;
    v1::Event& event = outcome.events.emplace_back();
    event.set_log_seq(log_seq);
    event.set_cmd_id(cmd_id);
    event.mutable_counter_opened()->set_counter(std::uint32_t(log_seq));
    outcome.reply.set_cmd_id(cmd_id);
    outcome.reply.set_log_seq(log_seq);
    outcome.reply.mutable_counter()->set_number(std::uint32_t(log_seq));
    return outcome;
}

std::string error_of(const std::filesystem::path& file) {
    const auto opened = open_sqlite_store(file);
    return opened ? std::string() : opened.error().message;
}

void run_sql(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    const Database database(handle);
    REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

TEST_CASE("what was committed is there after the store was opened again") {
    const TemporaryFolder folder;
    const std::string first = next_cmd_id(), second = next_cmd_id();
    std::uint64_t epoch = 0;
    {
        const auto store = open_store(folder.file());
        CHECK(log_of(*store).empty());
        REQUIRE(store->commit(std::vector{outcome_of(1, first), outcome_of(2, second)}));
        epoch = store->next_epoch().value();
        CHECK(store->next_epoch().value() == epoch + 1);
    }
    const auto store = open_store(folder.file());
    const auto log = log_of(*store);
    REQUIRE(log.size() == 2);
    CHECK(log[1].SerializeAsString() == outcome_of(2, second).events[0].SerializeAsString());
    const auto reply = store->reply_to(second).value();
    REQUIRE(reply.has_value());
    CHECK(reply->SerializeAsString() == outcome_of(2, second).reply.SerializeAsString());
    CHECK(!store->reply_to(next_cmd_id()).value().has_value());
    CHECK(store->next_epoch().value() == epoch + 2);
}

TEST_CASE("a commit is there whole or not at all") {
    const TemporaryFolder folder;
    const auto store = open_store(folder.file());
    const std::string id = next_cmd_id();
    REQUIRE(store->commit(std::vector{outcome_of(1, id)}));
    // The last of three repeats a command: it cannot be written, so neither are the others.
    const auto refused =
        store->commit(std::vector{outcome_of(2, next_cmd_id()), outcome_of(3, next_cmd_id()), outcome_of(4, id)});
    REQUIRE(!refused);
    CHECK(contains(refused.error().message, "queue.db"));
    CHECK(log_of(*store).size() == 1);
    REQUIRE(store->commit(std::vector{outcome_of(2, next_cmd_id())}));
    CHECK(log_of(*store).size() == 2);
}

TEST_CASE("a second master on the same log is refused, and the first named") {
    const TemporaryFolder folder;
    {
        const auto store = open_store(folder.file());
        const std::string error = error_of(folder.file());
        INFO(error);
        CHECK(contains(error, "queue.db: is in use by another master"));
        CHECK(contains(error, std::to_string(::getpid())));
        CHECK(contains(error, "--dir"));
    }
    CHECK(error_of(folder.file()).empty());
}

TEST_CASE("a reader may look while a master writes") {
    const TemporaryFolder folder;
    const auto store = open_store(folder.file());
    REQUIRE(store->commit(std::vector{outcome_of(1, next_cmd_id())}));
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open_v2(folder.file().c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    const Database reader(handle);
    CHECK(query_text(handle, "SELECT count(*) FROM log").value() == "1");
    REQUIRE(store->commit(std::vector{outcome_of(2, next_cmd_id())}));
    CHECK(query_text(handle, "SELECT count(*) FROM log").value() == "2");
}

TEST_CASE("the log is synced at every commit") {
    const TemporaryFolder folder;
    const auto database = open_queue_database(folder.file());
    REQUIRE(database.has_value());
    CHECK(query_text(database->get(), "PRAGMA journal_mode").value() == "wal");
    CHECK(query_text(database->get(), "PRAGMA synchronous").value() == "2");  // FULL
}

TEST_CASE("a folder that cannot be written or is missing is named, with what to do") {
    const TemporaryFolder folder;
    const std::string missing = error_of(folder.path() / "no" / "queue.db");
    INFO(missing);
    CHECK(contains(missing, "Make the folder first"));

    REQUIRE(::chmod(folder.path().c_str(), 0555) == 0);
    // Root may write everywhere, so it becomes somebody else for a moment.
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65534) == 0);
    const std::string error = error_of(folder.file());
    if (root) REQUIRE(::seteuid(0) == 0);
    REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
    INFO(error);
    CHECK(contains(error, "queue.db.lock: cannot be written: Permission denied"));
    CHECK(contains(error, "--dir"));
}

TEST_CASE("a read-only file is told as such") {
    const TemporaryFolder folder;
    { const auto store = open_store(folder.file()); }
    REQUIRE(::chmod(folder.file().c_str(), 0444) == 0);
    REQUIRE(::chmod((folder.file().string() + ".lock").c_str(), 0666) == 0);
    REQUIRE(::chmod(folder.path().c_str(), 0777) == 0);
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65534) == 0);
    const std::string error = error_of(folder.file());
    if (root) REQUIRE(::seteuid(0) == 0);
    INFO(error);
    CHECK(contains(error, "queue.db: is read-only"));
    CHECK(contains(error, "writable"));
}

TEST_CASE("a disk that syncs too slowly is refused, and taken in an emergency") {
    const TemporaryFolder folder;
    ::unsetenv("HALLCAST_SLOW_DISK");  // ctest sets it, so that a loaded machine fails no test
    std::chrono::microseconds took{20'000};
    int busy = 0;  // measurements that another program spoils
    StoreOptions options;
    options.measure_sync = [&](const std::filesystem::path& probe) -> Expected<std::chrono::microseconds> {
        CHECK(probe.parent_path() == folder.path());
        return busy-- > 0 ? std::chrono::microseconds(90'000) : took;
    };
    CHECK(open_sqlite_store(folder.file(), options).has_value());
    busy = 3;
    CHECK(open_sqlite_store(folder.file(), options).has_value());
    took = std::chrono::microseconds(31'000);
    const auto refused = open_sqlite_store(folder.file(), options);
    REQUIRE(!refused);
    INFO(refused.error().message);
    CHECK(contains(refused.error().message, "queue.db: this disk takes 31 ms to sync"));
    CHECK(contains(refused.error().message, "20 ms is the most"));
    CHECK(contains(refused.error().message, "--dir"));
    ::setenv("HALLCAST_SLOW_DISK", "1", 1);
    const bool taken = open_sqlite_store(folder.file(), options).has_value();
    CHECK(taken);
}

TEST_CASE("a full disk is found at the opening") {
    const TemporaryFolder folder;
    std::filesystem::create_symlink("/dev/full", folder.file().string() + ".probe");
    const std::string error = error_of(folder.file());
    INFO(error);
    CHECK(contains(error, "queue.db.probe: cannot be written: No space left on device. Free some disk space"));
    CHECK(!std::filesystem::exists(folder.file()));
    CHECK(error_of(folder.file()).empty());  // there is room again
    CHECK(!std::filesystem::exists(folder.file().string() + ".probe"));
}

TEST_CASE("a file that is no queue, another version's, or damaged is not touched") {
    const TemporaryFolder folder;
    SECTION("no database") {
        std::ofstream(folder.file()) << std::string(5000, 'x');
        CHECK(contains(error_of(folder.file()), "backup"));
    }
    SECTION("another program's") {
        run_sql(folder.file(), "CREATE TABLE songs (title TEXT)");
        CHECK(contains(error_of(folder.file()), "another program"));
    }
    SECTION("a newer version's") {
        { const auto store = open_store(folder.file()); }
        run_sql(folder.file(), "UPDATE schema_version SET version = 99");
        const std::string error = error_of(folder.file());
        INFO(error);
        CHECK(contains(error, "its schema is 99, this program's is 2"));
    }
    SECTION("an entry is missing, damaged or unknown") {
        {
            const auto store = open_store(folder.file());
            for (std::uint64_t i = 1; i <= 5; ++i) REQUIRE(store->commit(std::vector{outcome_of(i, next_cmd_id())}));
        }
        const auto [sql, part] = GENERATE(values<std::pair<const char*, const char*>>(
            {{"DELETE FROM log WHERE log_seq = 3", "log entry 3 is missing"},
             {"UPDATE log SET event = x'ff' WHERE log_seq = 4", "log entry 4 is damaged"},
             {"UPDATE log SET event = (SELECT event FROM log WHERE log_seq = 1) WHERE log_seq = 2",
              "log entry 2 is damaged"},
             {"UPDATE log SET event = x'0805' WHERE log_seq = 5", "log entry 5 is of a kind"}}));
        run_sql(folder.file(), sql);
        const auto store = open_store(folder.file());
        const auto replayed = store->replay(0, [](const v1::Event&) {});
        REQUIRE(!replayed);
        INFO(replayed.error().message);
        CHECK(contains(replayed.error().message, part));
    }
}

}  // namespace hallcast::queue::store_test
