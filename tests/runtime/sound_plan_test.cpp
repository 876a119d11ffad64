// How loud a hall is at a moment, by the wall clock of its office.
#include "player/runtime/sound_plan.h"

#include <fmt/format.h>

#include <random>

#include "protocol/timetable.h"
#include "tests/catch.h"

namespace hallcast::runtime::sound_plan_test {

using namespace std::chrono_literals;

// 2026-11-30 is a Monday. Warsaw's clock is an hour ahead of UTC then.
std::int64_t utc(const char* date, int hour, int minute) {
    const auto day = timetable::parse_date(date);
    REQUIRE(day);
    return (day->time_since_epoch() / 24h * 24 * 60 + hour * 60 + minute) * std::int64_t(60'000);
}

v1::SoundHours& add(v1::HallProfile& profile, std::initializer_list<const char*> days, const char* from,
                    const char* to) {
    v1::SoundHours& hours = *profile.add_sound();
    for (const char* day : days) hours.mutable_when()->add_days(day);
    hours.mutable_when()->set_from(from);
    hours.mutable_when()->set_to(to);
    return hours;
}

TEST_CASE("the first entry that holds counts, by the office's clock, also past midnight") {
    v1::HallProfile profile;
    profile.set_time_zone("Europe/Warsaw");
    CHECK(sound_level(profile, utc("2026-11-30", 12, 0)) == SoundLevel{});
    v1::SoundHours& night = add(profile, {"mon"}, "22:00", "06:00");
    night.set_quiet(true);
    night.set_film_db(-60);
    add(profile, {"mon", "tue"}, "05:00", "23:00").set_speech_db(-6);
    const SoundLevel quiet{-60, 0, true}, day{0, -6, false};
    CHECK(sound_level(profile, utc("2026-11-30", 20, 59)) == day);    // 21:59 in Warsaw
    CHECK(sound_level(profile, utc("2026-11-30", 21, 0)) == quiet);   // both hold: the first
    CHECK(sound_level(profile, utc("2026-11-30", 23, 30)) == quiet);  // Tuesday there
    CHECK(sound_level(profile, utc("2026-12-01", 4, 59)) == quiet);
    CHECK(sound_level(profile, utc("2026-12-01", 5, 0)) == day);
    CHECK(sound_level(profile, utc("2026-12-01", 22, 0)) == SoundLevel{});
    CHECK(sound_level(profile, utc("2026-11-30", 3, 0)) == SoundLevel{});
    // In summer the clock is two hours ahead.
    CHECK(sound_level(profile, utc("2026-06-01", 19, 59)) == day);
    CHECK(sound_level(profile, utc("2026-06-01", 20, 0)) == quiet);
    profile.set_time_zone("Europe/Atlantis");
    CHECK(sound_level(profile, utc("2026-11-30", 23, 30)) == SoundLevel{});
}

TEST_CASE("at each minute of two weeks the level is that of the first entry whose hours contain it") {
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto some = [&](int below) { return int(random() % unsigned(below)); };
    for (int round = 0; round < 10; ++round) {
        v1::HallProfile profile;
        profile.set_time_zone("UTC");
        for (int i = 0; i < 4; ++i) {
            const int from = some(1440), length = 1 + some(16 * 60);
            const auto text = [](int minutes) { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); };
            v1::SoundHours& hours = add(profile, {}, text(from).c_str(), text((from + length) % 1440).c_str());
            for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
                if (some(2) == 0) hours.mutable_when()->add_days(day);
            hours.set_film_db(-1 - i);
        }
        const std::int64_t monday = utc("2026-11-30", 0, 0) / 60'000;
        std::vector<int> expected(14 * 1440, 0);
        for (int i = 3; i >= 0; --i)
            for (const std::string& day : profile.sound(i).when().days())
                for (int week = -1; week < 2; ++week) {
                    const auto span =
                        timetable::parse_span(profile.sound(i).when().from(), profile.sound(i).when().to());
                    if (!span) continue;
                    const int begin = week * 7 * 1440 + int(*timetable::parse_weekday(day)) * 1440;
                    for (int minute = begin + span->from; minute < begin + span->to; ++minute)
                        if (minute >= 0 && minute < 14 * 1440) expected[std::size_t(minute)] = -1 - i;
                }
        for (int minute = 0; minute < 14 * 1440; minute += 1 + some(20)) {
            const int told = int(sound_level(profile, (monday + minute) * 60'000 + some(60'000)).film_db);
            if (told != expected[std::size_t(minute)]) CHECK(minute == -1);
        }
    }
}

TEST_CASE("films make room as the office says, and as usual in what it does not say") {
    v1::HallProfile profile;
    CHECK(ducking(profile) == sound::DuckSettings{});
    profile.mutable_ducking()->set_depth_db(-6);
    CHECK(ducking(profile) == sound::DuckSettings{.depth_db = -6});
    profile.mutable_ducking()->set_before_ms(300);
    profile.mutable_ducking()->set_after_ms(1501);
    CHECK(ducking(profile) == sound::DuckSettings{.depth_db = -6, .lead = 300ms, .hold = 750ms, .release = 751ms});
    profile.mutable_ducking()->set_depth_db(0);
    CHECK(ducking(profile).depth_db == 0);
    // What no master of this version lets through.
    profile.mutable_ducking()->set_depth_db(INT32_MIN);
    profile.mutable_ducking()->set_before_ms(0);
    profile.mutable_ducking()->set_after_ms(UINT32_MAX);
    CHECK(ducking(profile) == sound::DuckSettings{.depth_db = -60, .lead = 50ms, .hold = 2500ms, .release = 2500ms});
}

TEST_CASE("decibels as a factor; the least is silence") {
    CHECK(gain_of(0) == 1.0f);
    CHECK(gain_of(-6) == Approx(0.501187));
    CHECK(gain_of(10) == Approx(3.162278));
    CHECK(gain_of(-60) == 0.0f);
    CHECK(gain_of(-59) > 0.0f);
}

TEST_CASE("a level that changes is reached at ten decibels a second, the first one at once") {
    Fade fade;
    Fade::Moment now(1000s);
    CHECK(fade.towards(-30, now) == -30);
    for (int i = 1; i <= 15; ++i) CHECK(fade.towards(0, now += 200ms) == Approx(-30 + 2 * i));
    CHECK(fade.towards(0, now += 1h) == 0);
    CHECK(fade.towards(-5, now += 200ms) == Approx(-2));
    CHECK(fade.towards(-5, now += 10s) == -5);
}

}  // namespace hallcast::runtime::sound_plan_test
