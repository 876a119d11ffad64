// Poland's public holidays against lists of real dates, and Easter against another algorithm.
#include "player/queue/holidays.h"

#include <array>
#include <set>
#include <string>

#include "tests/queue/calendar_sample.h"

namespace hallcast::queue::holidays_test {

using namespace calendar_sample;

struct MovingDays {
    int year;
    const char *easter_sunday, *easter_monday, *pentecost, *corpus_christi;
};

// As printed in Poland's calendars.
const std::array<MovingDays, 11> real = {{
    {2020, "04-12", "04-13", "05-31", "06-11"},
    {2021, "04-04", "04-05", "05-23", "06-03"},
    {2022, "04-17", "04-18", "06-05", "06-16"},
    {2023, "04-09", "04-10", "05-28", "06-08"},
    {2024, "03-31", "04-01", "05-19", "05-30"},
    {2025, "04-20", "04-21", "06-08", "06-19"},
    {2026, "04-05", "04-06", "05-24", "06-04"},
    {2027, "03-28", "03-29", "05-16", "05-27"},
    {2028, "04-16", "04-17", "06-04", "06-15"},
    {2029, "04-01", "04-02", "05-20", "05-31"},
    {2030, "04-21", "04-22", "06-09", "06-20"},
}};

TEST_CASE("Poland's holidays of 2020 to 2030 are those of the calendars, and no day besides") {
    std::set<std::string> expected, computed;
    for (const MovingDays& year : real) {
        const auto add = [&](const char* day) { expected.insert(fmt::format("{}-{}", year.year, day)); };
        for (const char* day : {year.easter_sunday, year.easter_monday, year.pentecost, year.corpus_christi}) add(day);
        for (const char* day : {"01-01", "01-06", "05-01", "05-03", "08-15", "11-01", "11-11", "12-25", "12-26"})
            add(day);
        if (year.year >= 2025) add("12-24");
    }
    for (Date day = date("2020-01-01"); day <= date("2030-12-31"); day += days{1})
        if (holiday_of("PL", day)) computed.insert(timetable::text_of(day));
    CHECK(computed == expected);
    CHECK(computed.size() == 5 * 13 + 6 * 14);
}

TEST_CASE("a holiday has its name, from the year on in which the law made it one") {
    CHECK(holiday_of("PL", date("2026-06-04"))->name == "dzień Bożego Ciała");
    CHECK(holiday_of("PL", date("2026-06-04"))->english == "Corpus Christi");
    CHECK(holiday_of("PL", date("2025-12-24"))->name == "Wigilia Bożego Narodzenia");
    CHECK_FALSE(holiday_of("PL", date("2024-12-24")).has_value());
    CHECK(holiday_of("PL", date("2011-01-06")).has_value());
    CHECK_FALSE(holiday_of("PL", date("2010-01-06")).has_value());
    CHECK(holiday_of("PL", date("2018-11-12")).has_value());
    CHECK_FALSE(holiday_of("PL", date("2019-11-12")).has_value());
    CHECK_FALSE(holiday_of("", date("2026-01-01")).has_value());
    CHECK_FALSE(holiday_of("XX", date("2026-01-01")).has_value());
}

// Gauss 1816 with the two exceptions of his second paper; the constants M and N are those of 1900 to 2199.
std::string easter_by_gauss(int year) {
    const int m = 24, n = year >= 2100 ? 6 : 5;
    const int a = year % 19, b = year % 4, c = year % 7;
    const int d = (19 * a + m) % 30;
    const int e = (2 * b + 4 * c + 6 * d + n) % 7;
    int march = 22 + d + e;
    if (march == 57) march = 50;
    if (march == 56 && d == 28 && e == 6 && (11 * m + 11) % 30 < 19) march = 49;
    return march <= 31 ? fmt::format("{}-03-{:02}", year, march) : fmt::format("{}-04-{:02}", year, march - 31);
}

TEST_CASE("Easter Sunday is where Gauss has it, 1900 to 2199") {
    for (int year = 1900; year < 2200; ++year) {
        CHECK(timetable::text_of(easter_sunday(year)) == easter_by_gauss(year));
        CHECK(timetable::weekday_of(easter_sunday(year)) == 6);
    }
}

}  // namespace hallcast::queue::holidays_test
