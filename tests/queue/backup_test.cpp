// Backup, restore and verify: what they promise, while a master runs and when files are damaged.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "player/queue/backup.h"
#include "player/queue/core.h"
#include "tests/queue/acknowledged.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::backup_test {

using namespace sample;

std::unique_ptr<Core> open_office(const std::filesystem::path& file) {
    auto core = open_core(open_store(file), {});
    if (!core) FAIL(core.error().message);
    if ((*core)->halls().empty()) REQUIRE((*core)->submit_and_wait(apply_office(office())).has_office());
    (*core)->submit_and_wait(open(1));
    return *std::move(core);
}

void work(Core& core, int tickets) {
    for (int i = 0; i < tickets; ++i) {
        REQUIRE(core.submit_and_wait(issue("A")).has_ticket());
        if (i % 2) REQUIRE(core.submit_and_wait(call_next(1)).has_call());
    }
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void change(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    const Database database(handle);
    const auto changed = execute(handle, sql.c_str());
    if (!changed) FAIL(changed.error().message);
}

// A master in a process of its own, whose clerk never rests until it is stopped: verify forks, and a child never gets
// the locks that another thread has at that moment.
class BusyMaster {
  public:
    explicit BusyMaster(const std::filesystem::path& file) {
        REQUIRE(::pipe(ready_) == 0);
        REQUIRE(::pipe(stop_) == 0);
        child_ = ::fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            ::close(stop_[1]);
            auto core = open_office(file);
            work(*core, 50);
            if (::write(ready_[1], "r", 1) != 1) ::_exit(3);
            pollfd stop{stop_[0], POLLIN, 0};
            while (::poll(&stop, 1, 0) == 0) core->submit_and_wait(issue("B"));
            core.reset();
            ::_exit(0);
        }
        ::close(ready_[1]);
        ::close(stop_[0]);
        char byte = 0;
        REQUIRE(::read(ready_[0], &byte, 1) == 1);
    }
    int stop() {
        ::close(stop_[1]);
        ::close(ready_[0]);
        int status = 0;
        REQUIRE(::waitpid(child_, &status, 0) == child_);
        return status;
    }

  private:
    int ready_[2]{}, stop_[2]{};
    pid_t child_ = 0;
};

TEST_CASE("a backup taken while the master works is one moment of it, and whole") {
    const TemporaryFolder folder;
    const auto backup = folder.path() / "backup.db";
    BusyMaster master(folder.file());
    std::uint64_t before = 0;
    for (int i = 0; i < 5; ++i) {
        const auto verified = back_up(folder.file(), backup);
        if (!verified) FAIL(verified.error().message);
        CHECK(verified->events >= 77);
        CHECK(verified->events >= before);
        before = verified->events;
        CHECK(!std::filesystem::exists(backup.string() + ".part"));
        CHECK(!std::filesystem::exists(backup.string() + "-wal"));
    }
    REQUIRE(master.stop() == 0);
    const auto whole = verify(folder.file());
    REQUIRE(whole);
    CHECK(whole->events >= before);
    CHECK(whole->snapshot == whole->events);  // the core has kept one at its stop
    CHECK(!whole->foreign_snapshot);
}

TEST_CASE("a restored queue goes on from the backup; the one before is kept") {
    const TemporaryFolder folder;
    const auto backup = folder.path() / "backup.db";
    auto core = open_office(folder.file());
    work(*core, 10);
    REQUIRE(back_up(folder.file(), backup));
    work(*core, 10);
    const std::uint64_t epoch = core->hall_state("main")->epoch();

    const auto busy = restore(backup, folder.file());
    REQUIRE(!busy);
    INFO(busy.error().message);
    CHECK(contains(busy.error().message, "in use by another master"));
    CHECK(core->submit_and_wait(issue("A")).ticket().number() == "A021");

    core.reset();
    const auto restored = restore(backup, folder.file());
    if (!restored) FAIL(restored.error().message);
    REQUIRE(restored->kept);
    core = open_office(folder.file());
    CHECK(core->submit_and_wait(issue("A")).ticket().number() == "A011");
    CHECK(core->hall_state("main")->epoch() > epoch);
    core.reset();

    // And back.
    const auto kept = verify(*restored->kept);
    REQUIRE(kept);
    REQUIRE(restore(*restored->kept, folder.file()));
    core = open_office(folder.file());
    CHECK(core->submit_and_wait(issue("A")).ticket().number() == "A022");
}

TEST_CASE("a queue is restored where there was none, or a damaged one with its log") {
    const TemporaryFolder folder;
    const auto backup = folder.path() / "backup.db";
    {
        auto core = open_office(folder.file());
        work(*core, 10);
        REQUIRE(back_up(folder.file(), backup));
    }
    SECTION("none") {
        std::filesystem::remove(folder.file());
        const auto restored = restore(backup, folder.file());
        REQUIRE(restored);
        CHECK(!restored->kept);
    }
    SECTION("a damaged one") {
        std::ofstream(folder.file()) << std::string(8192, 'x');
        std::ofstream(folder.file().string() + "-wal") << "somebody's log";
        const auto restored = restore(backup, folder.file());
        REQUIRE(restored);
        REQUIRE(restored->kept);
        CHECK(bytes_of(*restored->kept) == std::string(8192, 'x'));
        CHECK(bytes_of(restored->kept->string() + "-wal") == "somebody's log");
    }
    auto core = open_office(folder.file());
    CHECK(core->submit_and_wait(issue("A")).ticket().number() == "A011");
}

TEST_CASE("verify finds what is wrong, and neither backup nor restore goes on with it") {
    const TemporaryFolder folder;
    const auto backup = folder.path() / "backup.db";
    {
        auto core = open_office(folder.file());
        work(*core, 30);
    }
    REQUIRE(back_up(folder.file(), backup));
    const auto [sql, part] = GENERATE(values<std::pair<const char*, const char*>>({
        {"DELETE FROM log WHERE log_seq = 9", "log entry 9 is missing"},
        {"UPDATE log SET event = x'ff' WHERE log_seq = 9", "log entry 9 is damaged"},
        // Well-formed each, but a ticket twice.
        {"UPDATE log SET event = (SELECT x'0804' || substr(event, 3) FROM log WHERE log_seq = 3) WHERE log_seq = 4",
         "log entry 4 cannot follow"},
        {"DELETE FROM reply WHERE cmd_id = (SELECT cmd_id FROM reply LIMIT 1)", "is missing"},
        {"INSERT INTO reply VALUES (x'00', x'')", "replies stand for"},
        {"UPDATE snapshot SET state = substr(state, 1, length(state) - 1) || x'77'", "the snapshot at log entry"},
        {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'log'", "damaged"},
    }));
    INFO(sql);
    const std::string good = bytes_of(backup);
    change(folder.file(), sql);
    const auto found = verify(folder.file());
    REQUIRE(!found);
    INFO(found.error().message);
    CHECK(contains(found.error().message, part));
    CHECK(contains(found.error().message, "queue.db"));
    const auto saved = back_up(folder.file(), backup);
    CHECK(!saved);
    CHECK(bytes_of(backup) == good);
    CHECK(!std::filesystem::exists(backup.string() + ".part"));

    const auto other = folder.path() / "other.db";
    {
        auto core = open_office(other);
        work(*core, 3);
    }
    CHECK(!restore(folder.file(), other));
    REQUIRE(verify(other));
    auto core = open_office(other);
    CHECK(core->submit_and_wait(issue("A")).ticket().number() == "A004");
}

TEST_CASE("what is no queue's file is told apart") {
    const TemporaryFolder folder;
    const auto missing = back_up(folder.file(), folder.path() / "backup.db");
    REQUIRE(!missing);
    CHECK(contains(missing.error().message, "queue.db: cannot be opened"));
    CHECK(!std::filesystem::exists(folder.path() / "backup.db"));
    std::ofstream(folder.path() / "text") << std::string(5000, 'x');
    CHECK(!verify(folder.path() / "text"));
    { const auto core = open_office(folder.file()); }
    CHECK(!back_up(folder.file(), folder.file()));
    CHECK(!restore(folder.file(), folder.file()));
    CHECK(!back_up(folder.file(), folder.path() / "nowhere" / "backup.db"));
    CHECK(verify(folder.file()).has_value());
}

}  // namespace hallcast::queue::backup_test
