#include "player/queue/holidays.h"

#include <array>

namespace hallcast::queue {
namespace {

using timetable::Date;

struct OnADate {
    unsigned month, day;
    int since, until;  // years, inclusive
    Holiday holiday;
};

constexpr int for_good = 9999;

constexpr std::array<OnADate, 11> fixed = {{
    {1, 1, 0, for_good, {"Nowy Rok", "New Year's Day"}},
    {1, 6, 2011, for_good, {"Święto Trzech Króli", "Epiphany"}},
    {5, 1, 0, for_good, {"Święto Państwowe", "Labour Day"}},
    {5, 3, 0, for_good, {"Święto Narodowe Trzeciego Maja", "Constitution Day"}},
    {8, 15, 0, for_good, {"Wniebowzięcie Najświętszej Maryi Panny", "Assumption Day"}},
    {11, 1, 0, for_good, {"Wszystkich Świętych", "All Saints' Day"}},
    {11, 11, 0, for_good, {"Narodowe Święto Niepodległości", "Independence Day"}},
    {11,
     12,
     2018,
     2018,
     {"Święto Narodowe z okazji Setnej Rocznicy Odzyskania Niepodległości", "Centenary of Independence"}},
    {12, 24, 2025, for_good, {"Wigilia Bożego Narodzenia", "Christmas Eve"}},
    {12, 25, 0, for_good, {"pierwszy dzień Bożego Narodzenia", "Christmas Day"}},
    {12, 26, 0, for_good, {"drugi dzień Bożego Narodzenia", "Second Day of Christmas"}},
}};

struct AfterEaster {
    int days;
    Holiday holiday;
};

constexpr std::array<AfterEaster, 4> moving = {{
    {0, {"pierwszy dzień Wielkiej Nocy", "Easter Sunday"}},
    {1, {"drugi dzień Wielkiej Nocy", "Easter Monday"}},
    {49, {"pierwszy dzień Zielonych Świątek", "Pentecost"}},
    {60, {"dzień Bożego Ciała", "Corpus Christi"}},
}};

}  // namespace

Date easter_sunday(int year) {
    const int golden = year % 19;
    const int century = year / 100, in_century = year % 100;
    const int lunar_drift = (century - (century + 8) / 25 + 1) / 3;
    const int epact = (19 * golden + century - century / 4 - lunar_drift + 15) % 30;
    const int to_sunday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    const int too_late = (golden + 11 * epact + 22 * to_sunday) / 451;
    const int march = epact + to_sunday - 7 * too_late + 114;
    return Date{std::chrono::year{year} / (march / 31) / (march % 31 + 1)};
}

std::optional<Holiday> holiday_of(std::string_view country, Date date) {
    if (country != "PL") return {};
    const std::chrono::year_month_day fields{date};
    const int year = int(fields.year());
    for (const OnADate& day : fixed)
        if (unsigned(fields.month()) == day.month && unsigned(fields.day()) == day.day && year >= day.since &&
            year <= day.until)
            return day.holiday;
    const auto days = (date - easter_sunday(year)).count();
    for (const AfterEaster& day : moving)
        if (days == day.days) return day.holiday;
    return {};
}

}  // namespace hallcast::queue
