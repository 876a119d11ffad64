// Clips that stop in mid-play: their decoder crashed, or does not come back.
#include <algorithm>
#include <fstream>
#include <memory>

#include "player/media/playback.h"
#include "tests/catch.h"
#include "tests/media/clips.h"
#include "tests/media/drawn_clip.h"

namespace hallcast::media::fault_test {

using namespace test;
using std::chrono::milliseconds;

// Opens drawn clips by the entry's id; counts.
struct Drawings {
    std::map<std::string, DrawnRecipe> recipes;
    std::map<std::string, int> opened;
    std::mutex mutex;

    OpenClip open() {
        return
            [this](const PlaylistEntry& entry, milliseconds, std::stop_token stop) -> Expected<std::unique_ptr<Clip>> {
                const std::scoped_lock lock(mutex);
                ++opened[entry.id];
                return std::make_unique<DrawnClip>(recipes.at(entry.id), std::move(stop));
            };
    }
    int times_opened(const std::string& id) {
        const std::scoped_lock lock(mutex);
        return opened[id];
    }
};

PlaybackOptions options(milliseconds patience_for_stalls = patience, milliseconds retry = milliseconds(5000)) {
    return {.wake = {}, .failed = {}, .patience = patience_for_stalls, .retry = retry};
}

TEST_CASE("a clip whose decoder crashes ends with its last picture, is reported once, and the next one follows") {
    const bool length_known = GENERATE(true, false);
    CAPTURE(length_known);
    Drawings drawings;
    drawings.recipes["bad"] = {.pictures = 250, .length_known = length_known, .fault_after = 30};
    drawings.recipes["good"] = {.first_number = 300, .pictures = 50};
    Spectator hall(options(), drawings.open());
    hall.playback->set_playlist({{"bad", "bad", {}}, {"good", "good", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 80; }));
    std::vector<int> expected = range(0, 30);
    const auto more = range(300, 50);
    expected.insert(expected.end(), more.begin(), more.end());
    CHECK(hall.numbers() == expected);
    // The last good picture came at 1.16 s; half a second of sound was on its way.
    CHECK(hall.seen[30].at - hall.seen[29].at <= samples_per_second * 6 / 10);
    CHECK(hall.failures() == std::map<std::string, std::string>{{"bad", "drawn: its decoder crashed"}});
    CHECK(hall.reports() == 1);
    CHECK_FALSE(hall.was_black);
}

TEST_CASE("three crashes in a row take a clip out of the playlist") {
    Drawings drawings;
    drawings.recipes["bad"] = {.pictures = 100, .fault_after = 5};
    drawings.recipes["good"] = {.first_number = 300, .pictures = 10};
    Spectator hall(options(patience, milliseconds(1)), drawings.open());
    hall.playback->set_playlist({{"bad", "bad", {}}, {"good", "good", {}}});
    // Its pauses are of real time, which need not have passed when its turn comes.
    REQUIRE(hall.watch([&] { return drawings.times_opened("bad") == 3; }));
    const auto before = hall.seen.size();
    REQUIRE(hall.watch([&] { return hall.seen.size() >= before + 200; }));
    CHECK(drawings.times_opened("bad") == 3);
    CHECK(hall.reports() == 1);
    CHECK(std::ranges::count(hall.numbers(), 0) == 3);
    // A new list is a new chance.
    hall.playback->set_playlist({{"good", "good", {}}, {"bad", "bad", {}}});
    REQUIRE(hall.watch([&] { return drawings.times_opened("bad") == 4; }));
}

TEST_CASE("a film that stalls is ended, though its thread does not come back") {
    const bool heeds_stop = GENERATE(true, false);
    CAPTURE(heeds_stop);
    const auto gate = std::make_shared<Gate>();
    Drawings drawings;
    drawings.recipes["bad"] = {.pictures = 250, .hang_after = 20, .gate = gate, .heeds_stop = heeds_stop};
    drawings.recipes["good"] = {.first_number = 300, .pictures = 50};
    {
        Spectator hall(options(milliseconds(300)), drawings.open());
        hall.time_flies = true;
        hall.playback->set_playlist({{"bad", "bad", {}}, {"good", "good", {}}});
        REQUIRE(hall.watch([&] { return hall.seen.size() >= 70; }));
        std::vector<int> expected = range(0, 20);
        const auto more = range(300, 50);
        expected.insert(expected.end(), more.begin(), more.end());
        CHECK(hall.numbers() == expected);
        CHECK(hall.failures().at("bad").find("gave no picture for 300 ms") != std::string::npos);
        CHECK(hall.reports() == 1);
        CHECK_FALSE(hall.was_black);
        gate->open();
    }
}

TEST_CASE("every item has its figures") {
    Drawings drawings;
    drawings.recipes["bad"] = {.pictures = 100, .fault_after = 5, .concealed = 3};
    drawings.recipes["good"] = {.first_number = 300, .pictures = 10};
    Spectator hall(options(), drawings.open());
    hall.playback->set_playlist({{"good", "good", {}}, {"bad", "bad", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 10 + 5 + 10 + 3; }));
    const auto statistics = hall.playback->statistics();
    REQUIRE(statistics.items.size() == 2);
    const ItemStatistics& bad = statistics.items[0];
    CHECK(bad.id == "bad");
    CHECK(bad.decoded == 5);
    CHECK(bad.presented == 5);
    CHECK(bad.concealed == 3);
    CHECK(bad.faults == 1);
    CHECK(bad.played == 0);
    CHECK(bad.decoder == "drawn");
    CHECK(bad.why_not_better == "there is nothing better");
    const ItemStatistics& good = statistics.items[1];
    CHECK(good.id == "good");
    CHECK(good.presented == 10 + 10 + 3);
    CHECK(good.played == 2);
    CHECK(good.faults == 0);
    CHECK(good.dropped == 0);
    CHECK(statistics.playing == "good");
}

TEST_CASE("a single clip that crashes leaves its last picture") {
    Drawings drawings;
    drawings.recipes["bad"] = {.pictures = 100, .fault_after = 7};
    Spectator hall(options(), drawings.open());
    hall.playback->set_playlist({{"bad", "bad", {}}});
    REQUIRE(hall.watch([&] { return hall.reports() == 1 && hall.seen.size() == 7; }));
    const auto picture = hall.playback->picture_at(std::chrono::steady_clock::now());
    REQUIRE(picture);
    CHECK(number_on(*picture) == 6);
}

TEST_CASE("a file that is replaced while it plays, plays to its end; one that is cut short ends early") {
    const TempFolder folder;
    const auto film = folder / "film.ts";
    // Too long to be read at once: the second half is not in memory when it goes.
    make_clip(film, {.pictures = 250, .video = "-c:v mpeg2video -q:v 2", .sound = ""});
    make_clip(folder / "other.ts", {.first_number = 300, .pictures = 25, .video = "-c:v mpeg2video", .sound = ""});
    Spectator hall;
    hall.playback->set_playlist({{"film", film, {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() == 10; }));
    SECTION("replaced") {
        std::filesystem::rename(folder / "other.ts", film);
        REQUIRE(hall.watch([&] { return hall.seen.size() >= 251; }));
        CHECK(hall.numbers()[249] == 249);
        CHECK(hall.numbers()[250] == 300);
    }
    SECTION("cut short") {
        std::filesystem::resize_file(film, std::filesystem::file_size(film) / 2);
        REQUIRE(hall.watch([&] { return std::ranges::count(hall.numbers(), 0) == 2; }));
        CHECK(hall.seen.size() < 200);
        CHECK(hall.seen.size() > 100);
    }
    CHECK(hall.failures().empty());
    CHECK_FALSE(hall.was_black);
}

}  // namespace hallcast::media::fault_test
