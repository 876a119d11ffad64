// The office's usual week, as the people at a closed door read it.
#include "player/screen/opening_hours.h"

#include <string_view>

#include "tests/catch.h"

namespace opening_hours_test {

using namespace hallcast;

constexpr timetable::Date a_thursday{std::chrono::year{2026} / 11 / 26};

v1::OpeningHours& add(v1::HallProfile& profile, std::initializer_list<const char*> days, const char* from,
                      const char* to) {
    auto& hours = *profile.add_hours();
    for (const char* day : days) hours.add_days(day);
    hours.set_from(from);
    hours.set_to(to);
    return hours;
}

std::string in(const std::string& language, const v1::HallProfile& profile, timetable::Date today = a_thursday) {
    std::string text = screen::opening_hours(profile, today, language);
    // No line ends within a span: word joiners stand at its dash.
    constexpr std::string_view dash = "\u2060\u2013\u2060";
    for (auto at = text.find(dash); at != std::string::npos; at = text.find(dash))
        text.replace(at, dash.size(), "\u2013");
    constexpr std::string_view no_break = "\u00a0";
    for (auto at = text.find(no_break); at != text.npos; at = text.find(no_break, at))
        text.replace(at, no_break.size(), " ");
    return text;
}

TEST_CASE("days with the same hours are one line, Monday first, with the days' names in the language") {
    v1::HallProfile profile;
    add(profile, {"tue", "wed", "thu", "fri"}, "08:00", "16:00");
    add(profile, {"mon"}, "08:00", "18:00");
    CHECK(in("pl", profile) == "Poniedziałek 08:00–18:00\nWtorek – piątek 08:00–16:00");
    CHECK(in("en", profile) == "Monday 08:00–18:00\nTuesday – Friday 08:00–16:00");
    CHECK(in("zh", profile) == "星期一 08:00–18:00\n星期二 – 星期五 08:00–16:00");
    CHECK(in("ar", profile) == "الاثنين 08:00–18:00\nالثلاثاء – الجمعة 08:00–16:00");
}

TEST_CASE("a break at noon, hours of several services, and hours past midnight") {
    v1::HallProfile profile;
    add(profile, {"mon"}, "13:00", "16:00");
    add(profile, {"mon"}, "08:00", "12:00");
    add(profile, {"tue"}, "08:00", "12:00").add_services("A");
    add(profile, {"tue"}, "10:00", "15:00").add_services("B");
    add(profile, {"fri"}, "22:00", "02:00");
    CHECK(in("en", profile) == "Monday 08:00–12:00, 13:00–16:00\nTuesday 08:00–15:00\nFriday 22:00–02:00");
}

TEST_CASE("the seven days to come: every second Saturday is told in the week before it, and not after it") {
    v1::HallProfile profile;
    auto& hours = add(profile, {"sat"}, "09:00", "13:00");
    hours.set_every_weeks(2);
    hours.set_first_date("2026-11-28");
    CHECK(in("en", profile) == "Saturday 09:00–13:00");
    CHECK(in("en", profile, a_thursday + std::chrono::days(3)).empty());
}

TEST_CASE("no line ends between a span's hours") {
    v1::HallProfile profile;
    add(profile, {"mon"}, "08:00", "18:00");
    CHECK(screen::opening_hours(profile, a_thursday, "en") == "Monday 08:00\u2060\u2013\u206018:00");
}

TEST_CASE("an office that is open around the clock says no hours") { CHECK(in("en", v1::HallProfile{}).empty()); }

}  // namespace opening_hours_test
