// Several screens that play one list in step.
#include <random>

#include "player/media/step_schedule.h"
#include "tests/catch.h"
#include "tests/media/clips.h"
#include "tests/media/drawn_clip.h"

namespace hallcast::media::step_test {

using namespace test;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

PlaylistEntry entry(const std::string& id, milliseconds slot) { return {id, id, {}, slot}; }

TEST_CASE("where a list is, is a function of the time alone") {
    const StepSchedule list({entry("a", seconds(3)), entry("b", seconds(2)), entry("c", seconds(5))});
    REQUIRE(list.known());
    const auto place = [&](nanoseconds time) { return std::pair(list.at(time).entry, list.at(time).end); };
    const nanoseconds round = seconds(10) * 170'000'000LL;  // some time in this century
    CHECK(place(round) == std::pair(std::size_t(0), round + seconds(3)));
    CHECK(place(round + milliseconds(2740)) == std::pair(std::size_t(0), round + seconds(3)));
    CHECK(place(round + milliseconds(2760)) == std::pair(std::size_t(1), round + seconds(5)));
    CHECK(place(round + seconds(7)) == std::pair(std::size_t(2), round + seconds(10)));
    CHECK(place(round - milliseconds(1)) == std::pair(std::size_t(0), round + seconds(3)));
    CHECK(place(round - milliseconds(300)) == std::pair(std::size_t(2), round));
    CHECK(place(milliseconds(-300)) == std::pair(std::size_t(2), nanoseconds(0)));
    CHECK_FALSE(StepSchedule({}).known());
    CHECK_FALSE(StepSchedule({entry("a", seconds(3)), entry("b", seconds(0))}).known());
}

// One of the players: its sound began at some moment of the common time, and goes at its own speed.
struct Player {
    Player(nanoseconds began, double speed, OpenClip open)
        : began_(began), speed_(speed), hall(options(), std::move(open)) {
        hall.playback->set_playlist({entry("a", seconds(2)), entry("b", seconds(1)), entry("c", milliseconds(1400))});
    }
    PlaybackOptions options() {
        PlaybackOptions options;
        options.patience = patience;
        options.in_step = [this](auto) { return CommonTime{common(TestSink::told()), 1}; };
        return options;
    }
    nanoseconds common(Samples at) const {
        return began_ + nanoseconds(std::int64_t(double(time_of(at).count()) / speed_));
    }

    const nanoseconds began_;
    const double speed_;
    Spectator hall;
};

OpenClip drawn() {
    return [](const PlaylistEntry& entry, milliseconds, std::stop_token stop) -> Expected<std::unique_ptr<Clip>> {
        DrawnRecipe recipe{.first_number = 0, .pictures = 50};
        if (entry.id == "b") recipe = {.first_number = 100, .pictures = 25};
        if (entry.id == "c") recipe = {.first_number = 200, .pictures = 34};  // shorter than its slot by a picture
        return std::make_unique<DrawnClip>(recipe, std::move(stop));
    };
}

TEST_CASE("players that begin at any moment, on clocks that are off, are in step from the next entry on") {
    const auto seed = GENERATE(1U, 2U, 3U);
    CAPTURE(seed);
    std::mt19937 random(seed);
    const nanoseconds began = seconds(1'700'000'000) + milliseconds(std::uniform_int_distribution(0, 4399)(random));
    const double speed = 1 + std::uniform_real_distribution(-300e-6, 300e-6)(random);
    Player player(began, speed, drawn());
    REQUIRE(player.hall.watch([&] { return player.hall.seen.size() >= 400; }, 240));
    CHECK_FALSE(player.hall.was_black);
    // Every picture of the entries after the first, by the common time at which it was seen.
    std::size_t from = 1;
    while (player.hall.seen[from].number % 100 != 0) ++from;
    int begun = 0;
    for (std::size_t i = from; i < player.hall.seen.size(); ++i) {
        const auto& seen = player.hall.seen[i];
        const nanoseconds into = player.common(seen.at) % milliseconds(4400);
        const nanoseconds due = milliseconds(seen.number < 100   ? seen.number * 40
                                             : seen.number < 200 ? 2000 + (seen.number - 100) * 40
                                                                 : 3000 + (seen.number - 200) * 40);
        nanoseconds off = into - due;
        if (off < -milliseconds(2200)) off += milliseconds(4400);
        if (off > milliseconds(2200)) off -= milliseconds(4400);
        INFO("picture " << seen.number << " is off by " << off.count() << " ns");
        CHECK(std::chrono::abs(off) < milliseconds(2));
        begun += seen.number % 100 == 0;
    }
    CHECK(begun >= 8);
}

TEST_CASE("a list is played as ever while the common time is not known, or an entry's length") {
    bool known = false;
    PlaybackOptions options;
    options.patience = patience;
    options.in_step = [&](auto) -> std::optional<CommonTime> {
        if (!known) return std::nullopt;
        return CommonTime{milliseconds(500), 1};
    };
    SECTION("the time") {}
    SECTION("the length") { known = true; }
    Spectator hall(options, drawn());
    hall.playback->set_playlist({entry("a", milliseconds(known ? 0 : 2000)), entry("b", seconds(1))});
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 76; }));
    CHECK(hall.numbers()[49] == 49);
    CHECK(hall.numbers()[50] == 100);
    CHECK(hall.numbers()[75] == 0);
}

}  // namespace hallcast::media::step_test
