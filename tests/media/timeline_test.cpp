#include "player/media/playlist_timeline.h"

#include "tests/catch.h"

namespace hallcast::media::timeline_test {

constexpr Samples second = samples_per_second;

bool anything(const PlaylistEntry&) { return true; }
PlaylistEntry entry(const std::string& id) { return {id, id, {}}; }

// Lets the next entry join, as if decoded at once.
std::string admit(PlaylistTimeline& timeline, Samples length, Samples committed = 0) {
    const Occurrence* candidate = timeline.candidate(1000 * second, anything);
    if (candidate == nullptr) return "none";
    const std::uint64_t number = candidate->number;
    std::string id = candidate->entry.id;
    timeline.admit(committed);
    if (length > 0) timeline.set_length(number, length);
    return id;
}

TEST_CASE("a sample's time and a time's sample agree for a year") {
    for (Samples samples = 0; samples < 365 * 24 * 3600 * second; samples = samples * 7 / 3 + 1) {
        CHECK(samples_at(time_of(samples)) == samples);
        CHECK(samples_at(-time_of(samples)) == -samples);
    }
}

TEST_CASE("entries follow each other without a gap, and loop") {
    PlaylistTimeline timeline;
    timeline.replace({entry("a"), entry("b")}, 0);
    CHECK(admit(timeline, 3 * second) == "a");
    CHECK(admit(timeline, 2 * second) == "b");
    CHECK(admit(timeline, 3 * second) == "a");
    const auto& three = timeline.occurrences();
    REQUIRE(three.size() == 3);
    CHECK(three[1].begin == 3 * second);
    CHECK(three[2].begin == 5 * second);
    CHECK(three[0].number != three[2].number);

    const auto wanted = timeline.covering(2 * second, 6 * second);
    REQUIRE(wanted.size() == 3);
    CHECK(wanted[0] == WantedInterval{three[0].number, 2 * second, 3 * second});
    CHECK(wanted[1] == WantedInterval{three[1].number, 0, 2 * second});
    CHECK(wanted[2] == WantedInterval{three[2].number, 0, 1 * second});
    CHECK(timeline.covering(9 * second, 10 * second).empty());

    const auto over = timeline.retire(5 * second);
    REQUIRE(over.size() == 2);
    CHECK(over[0].entry.id == "a");
    CHECK(timeline.occurrences().front().begin == 5 * second);
    CHECK(timeline.retire(100 * second).empty());  // nothing follows: it stays
}

TEST_CASE("nothing is opened before it is wanted, and not too much at once") {
    PlaylistTimeline timeline;
    CHECK(timeline.candidate(second, anything) == nullptr);  // an empty list
    timeline.replace({entry("a")}, 0);
    CHECK(admit(timeline, 0) == "a");
    CHECK(timeline.candidate(1000 * second, anything) == nullptr);  // its end is not known
    CHECK(timeline.covering(5 * second, 6 * second).size() == 1);   // it goes on meanwhile
    timeline.set_length(timeline.occurrences().front().number, 10 * second);
    CHECK(timeline.candidate(10 * second, anything) == nullptr);
    CHECK(timeline.candidate(10 * second + 1, anything) != nullptr);
    for (int i = 0; i < 100; ++i) admit(timeline, 1);
    CHECK(timeline.occurrences().size() <= 6);
}

TEST_CASE("an entry that fails gives its turn to the next") {
    PlaylistTimeline timeline;
    timeline.replace({entry("bad"), entry("good")}, 0);
    REQUIRE(timeline.candidate(second, anything)->entry.id == "bad");
    timeline.reject();
    CHECK(admit(timeline, second) == "good");
    const auto* next = timeline.candidate(5 * second, [](const PlaylistEntry& one) { return one.id != "bad"; });
    REQUIRE(next != nullptr);
    CHECK(next->entry.id == "good");
    timeline.reject();
    CHECK(timeline.candidate(5 * second, [](const PlaylistEntry&) { return false; }) == nullptr);
}

TEST_CASE("a new list lets the entry that plays go on, and else cuts it when the first new one is ready") {
    PlaylistTimeline timeline;
    timeline.replace({entry("a"), entry("b")}, 0);
    admit(timeline, 10 * second);
    admit(timeline, 10 * second);
    SECTION("still in the list") {
        timeline.replace({entry("x"), entry("a"), entry("y")}, 4 * second);
        CHECK(timeline.occurrences().size() == 1);  // "b" had not begun
        CHECK(timeline.candidate(9 * second, anything) == nullptr);
        CHECK(admit(timeline, second) == "y");
        CHECK(timeline.occurrences().back().begin == 10 * second);
    }
    SECTION("not in it") {
        timeline.replace({entry("x")}, 4 * second);
        CHECK(timeline.occurrences().front().end == 10 * second);  // until the new one is ready
        REQUIRE(timeline.candidate(0, anything) != nullptr);       // wanted at once
        CHECK(timeline.admit(5 * second));
        CHECK(timeline.occurrences().front().end == 5 * second);
        CHECK(timeline.occurrences().back().begin == 5 * second);
    }
    SECTION("an empty one") {
        timeline.replace({}, 4 * second);
        CHECK(timeline.occurrences().front().end == 4 * second);
        CHECK(timeline.candidate(1000 * second, anything) == nullptr);
        timeline.replace({entry("x")}, 4 * second);
        CHECK(admit(timeline, second, 4 * second) == "x");
        CHECK(timeline.occurrences().back().begin == 4 * second);
    }
}

TEST_CASE("a clip that ends before its end lets what follows move up") {
    PlaylistTimeline timeline;
    timeline.replace({entry("a"), entry("b")}, 0);
    admit(timeline, 10 * second);
    admit(timeline, 10 * second);
    admit(timeline, 0);
    const auto& three = timeline.occurrences();
    REQUIRE(three.size() == 3);
    timeline.cut(three[0].number, 4 * second);
    CHECK(three[0].end == 4 * second);
    CHECK(three[1].begin == 4 * second);
    CHECK(three[1].end == 14 * second);
    CHECK(three[2].begin == 14 * second);
    CHECK_FALSE(three[2].end.has_value());
    timeline.cut(three[2].number, 15 * second);
    CHECK(three[2].end == 15 * second);
    timeline.cut(three[1].number, 20 * second);  // it ends before
    CHECK(three[1].end == 14 * second);
    timeline.cut(999, 1);
}

}  // namespace hallcast::media::timeline_test
