// Offices with hours, and moments and intervals as text, for the tests of the calendar.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "player/queue/calendar.h"
#include "tests/catch.h"

namespace hallcast::queue::calendar_sample {

using std::chrono::days;

inline Date date(const std::string& text) {
    const auto parsed = timetable::parse_date(text);
    REQUIRE(parsed.has_value());
    return *parsed;
}

// "2026-03-29 01:00", UTC, to ms since 1970.
inline std::int64_t utc(const std::string& text) {
    const auto minutes = timetable::parse_minutes(text.substr(11));
    REQUIRE(minutes.has_value());
    return (date(text.substr(0, 10)).time_since_epoch().count() * 1440 + *minutes) * 60'000;
}

inline std::string text_of_utc(std::int64_t ms) {
    const Date day{std::chrono::floor<days>(std::chrono::milliseconds{ms})};
    const auto of_day = ms - day.time_since_epoch().count() * 86'400'000;
    std::string text = fmt::format("{} {:02}:{:02}", timetable::text_of(day), of_day / 3'600'000, of_day / 60'000 % 60);
    if (of_day % 60'000 != 0) text += fmt::format(" + {} ms", of_day % 60'000);
    return text;
}

inline std::string text_of_utc(const std::optional<std::int64_t>& ms) { return ms ? text_of_utc(*ms) : "never"; }

// "2026-03-29 06:00 to 2026-03-29 14:00, ..."; UTC.
inline std::string open_on(const Calendar& calendar, const std::string& service, const std::string& day) {
    std::string text;
    for (const auto& [open_ms, close_ms] : calendar.intervals(service, date(day)))
        text += (text.empty() ? "" : ", ") + text_of_utc(open_ms) + " to " + text_of_utc(close_ms);
    return text;
}

inline v1::Office office_in(const std::string& zone) {
    v1::Office office;
    office.set_id("krakow");
    office.set_time_zone(zone);
    for (const char* id : {"A", "B"}) office.add_services()->set_id(id);
    return office;
}

using Words = std::initializer_list<const char*>;

inline const Words every_day = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

inline v1::OpeningHours& add_hours(v1::Office& office, const std::vector<std::string>& weekdays, const char* from,
                                   const char* to, Words services = {}) {
    v1::OpeningHours& hours = *office.add_hours();
    for (const std::string& day : weekdays) hours.add_days(day);
    hours.set_from(from);
    hours.set_to(to);
    for (const char* service : services) hours.add_services(service);
    return hours;
}

inline v1::OpeningHours& add_daily(v1::Office& office, const char* from, const char* to, Words services = {}) {
    return add_hours(office, {every_day.begin(), every_day.end()}, from, to, services);
}

inline v1::Closure& add_closure(v1::Office& office, const char* from_date, const char* to_date, Words services = {}) {
    v1::Closure& closure = *office.add_closures();
    closure.set_from_date(from_date);
    closure.set_to_date(to_date);
    for (const char* service : services) closure.add_services(service);
    return closure;
}

inline v1::SpecialDay& add_special(v1::Office& office, const char* day, const char* from, const char* to,
                                   Words services = {}) {
    v1::SpecialDay& special = *office.add_special_days();
    special.set_date(day);
    special.set_from(from);
    special.set_to(to);
    for (const char* service : services) special.add_services(service);
    return special;
}

}  // namespace hallcast::queue::calendar_sample
