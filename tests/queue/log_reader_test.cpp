// The log read beside its master.
#include "player/queue/log_reader.h"

#include <fstream>
#include <iterator>

#include "tests/queue/sample.h"

namespace hallcast::queue::log_reader_test {

using namespace sample;

TEST_CASE("the log is read beside a master that writes, and the reader changes nothing") {
    const TemporaryFolder folder;
    const auto store = open_store(folder.file());
    Desk desk = open_desk();
    desk(issue("A"));
    const auto commit = [&](std::size_t from) {
        for (std::size_t i = from; i < desk.log.size(); ++i) {
            Outcome outcome;
            outcome.cmd_id = fmt::format("{}", i);
            outcome.events.push_back(desk.log[i]);
            REQUIRE(store->commit(std::vector{outcome}));
        }
    };
    commit(0);
    const auto bytes_of = [&](const char* name) {
        std::ifstream file(folder.path() / name, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    const std::string database = bytes_of("queue.db"), written_ahead = bytes_of("queue.db-wal");
    REQUIRE(!written_ahead.empty());
    std::size_t seen = 0;
    const std::size_t there = desk.log.size();
    const auto read = read_log(folder.path(), [&](const v1::Event& event) {
        CHECK(event.SerializeAsString() == desk.log[seen].SerializeAsString());
        if (++seen == 2) {  // the master goes on meanwhile
            desk(issue("A"));
            commit(there);
        }
        return true;
    });
    REQUIRE(read);
    CHECK(seen == there);  // as it was when the reading began
    CHECK(bytes_of("queue.db") == database);
    CHECK(bytes_of("queue.db-wal").substr(0, written_ahead.size()) == written_ahead);  // only grown, by the master
    seen = 0;
    REQUIRE(read_log(folder.path(), [&](const v1::Event&) { return ++seen < 3; }));
    CHECK(seen == 3);
    REQUIRE(read_log(folder.path(), [&](const v1::Event&) { return ++seen, true; }));
    CHECK(seen == 3 + there + 1);
}

TEST_CASE("a folder without a log, and a log that is none, are said") {
    const TemporaryFolder folder;
    const auto error = [](const std::filesystem::path& directory) {
        const auto read = read_log(directory, [](const v1::Event&) { return true; });
        REQUIRE(!read);
        return read.error().message;
    };
    CHECK(contains(error(folder.path() / "none"), "no such folder"));
    CHECK(contains(error(folder.path()), "no master has worked in this folder"));
    std::ofstream(folder.file()) << "this is no database, but it is long enough to be looked at as one";
    CHECK(contains(error(folder.path()), "queue.db"));
    std::filesystem::remove(folder.file());
    {
        const auto store = open_store(folder.file());
        Outcome outcome;
        outcome.cmd_id = "1";
        outcome.events.emplace_back().set_log_seq(1);
        REQUIRE(store->commit(std::vector{outcome}));
    }
    CHECK(contains(error(folder.path()), "of a kind that this version of hallcast does not know"));
}

}  // namespace hallcast::queue::log_reader_test
