#include "player/media/failure_memory.h"

#include <fstream>

#include "tests/catch.h"
#include "tests/media/clips.h"

namespace hallcast::media::failure_memory_test {

using std::chrono::minutes;
using std::chrono::seconds;

PlaylistEntry entry(const std::string& id) { return {id, id, {}}; }

struct Memory {
    std::uint64_t stamp = 7;
    FailureMemory memory{seconds(5), [this](const std::filesystem::path&) { return stamp; }, [this] { return chance; }};
    double chance = 0.5;
    const FailureMemory::Clock::time_point start{};
};

TEST_CASE("an entry that failed waits, then longer, and is reported once for each reason") {
    Memory of;
    FailureMemory& memory = of.memory;
    CHECK(memory.may_play(entry("a"), of.start));
    CHECK(memory.next_chance(of.start) == FailureMemory::Clock::time_point::max());
    CHECK(memory.failed(entry("a"), "broken", of.start).news);
    CHECK_FALSE(memory.may_play(entry("a"), of.start + seconds(4)));
    CHECK(memory.may_play(entry("b"), of.start));
    CHECK(memory.next_chance(of.start) == of.start + seconds(5));
    CHECK(memory.may_play(entry("a"), of.start + seconds(5)));
    const auto second = memory.failed(entry("a"), "broken", of.start + seconds(5));
    CHECK_FALSE(second.news);
    CHECK_FALSE(second.out);
    CHECK_FALSE(memory.may_play(entry("a"), of.start + seconds(14)));
    CHECK(memory.may_play(entry("a"), of.start + seconds(15)));
    CHECK(memory.failed(entry("a"), "gone", of.start + seconds(15)).news);
}

TEST_CASE("three strikes take an entry out for an hour, then it has one try") {
    Memory of;
    FailureMemory& memory = of.memory;
    auto now = of.start;
    for (int strike = 1; strike <= 3; ++strike) {
        CHECK(memory.failed(entry("a"), "broken", now).out == (strike == 3));
        now += minutes(1);
        CHECK(memory.may_play(entry("a"), now) == (strike < 3));
    }
    CHECK_FALSE(memory.may_play(entry("a"), now + minutes(57)));
    CHECK(memory.may_play(entry("a"), now + minutes(59)));
    const auto fourth = memory.failed(entry("a"), "broken", now + minutes(59));
    CHECK_FALSE(fourth.news);
    CHECK_FALSE(fourth.out);  // it was out already
    CHECK_FALSE(memory.may_play(entry("a"), now + minutes(100)));
    memory.clear();
    CHECK(memory.may_play(entry("a"), now + minutes(100)));
}

TEST_CASE("a clean playing makes good for what was before") {
    Memory of;
    FailureMemory& memory = of.memory;
    for (int i = 0; i < 10; ++i) {
        const auto now = of.start + minutes(i);
        CHECK_FALSE(memory.failed(entry("a"), "crashed", now).out);
        CHECK_FALSE(memory.failed(entry("a"), "crashed", now + seconds(20)).out);
        memory.played(entry("a"));
        CHECK(memory.may_play(entry("a"), now + seconds(20)));
    }
}

TEST_CASE("an entry that is out comes back when its file has changed, seen within the first pause") {
    Memory of;
    FailureMemory& memory = of.memory;
    for (int strike = 0; strike < 3; ++strike) memory.failed(entry("a"), "broken", of.start);
    CHECK(memory.next_chance(of.start) == of.start + seconds(5));
    CHECK_FALSE(memory.may_play(entry("a"), of.start + seconds(5)));
    of.stamp = 8;
    CHECK_FALSE(memory.may_play(entry("a"), of.start + seconds(9)));
    CHECK(memory.may_play(entry("a"), of.start + seconds(10)));
    CHECK(memory.next_chance(of.start) == FailureMemory::Clock::time_point::max());
}

TEST_CASE("a file's stamp tells a replaced, a rewritten and a missing file") {
    const test::TempFolder folder;
    const auto file = folder / "film";
    CHECK(stamp_of(file) == 0);
    std::ofstream(file) << "one";
    const auto first = stamp_of(file);
    CHECK(first != 0);
    CHECK(stamp_of(file) == first);
    std::filesystem::resize_file(file, 2);
    CHECK(stamp_of(file) != first);
    std::ofstream(folder / "other") << "one";
    std::filesystem::rename(folder / "other", file);
    CHECK(stamp_of(file) != first);
}

TEST_CASE(
    "a stream is never out: it is tried again ever later, up to a quarter of a minute, and reported once a reason") {
    Memory of;
    FailureMemory& memory = of.memory;
    const PlaylistEntry stream = entry("rtsp://camera/live");
    auto now = of.start;
    std::vector<std::int64_t> pauses;
    for (int strike = 0; strike < 40; ++strike) {
        const auto failed = memory.failed(stream, strike % 2 == 0 ? "nobody answers" : "sent nothing", now);
        CHECK(failed.news == (strike < 2));
        CHECK_FALSE(failed.out);
        const auto next = memory.next_chance(now);
        CHECK_FALSE(memory.may_play(stream, next - std::chrono::milliseconds(1)));
        CHECK(memory.may_play(stream, next));
        pauses.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(next - now).count());
        now = next;
    }
    pauses.resize(7);
    CHECK(pauses == std::vector<std::int64_t>{500, 1000, 2000, 4000, 8000, 12'000, 12'000});
    for (const double chance : {0.0, 1.0}) {
        of.chance = chance;
        memory.failed(stream, "sent nothing", now);
        CHECK(memory.next_chance(now) == now + std::chrono::milliseconds(chance == 0 ? 9000 : 15'000));
    }
    CHECK(memory.remembers(stream));
    memory.played(stream);
    CHECK_FALSE(memory.remembers(stream));
    CHECK(memory.failed(stream, "nobody answers", now).news);
    CHECK(memory.next_chance(now) == now + std::chrono::milliseconds(625));
}

}  // namespace hallcast::media::failure_memory_test
