// The office's timetable as values: what the texts of its hours, closures and special days mean. The reader of office
// files, the rules of an office and the calendar share it, so that they cannot differ. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hallcast/v1/office.pb.h"

namespace hallcast::timetable {

// A day of the office's own calendar (proleptic Gregorian), without a time zone.
using Date = std::chrono::local_days;

// The dates that an office may name, and for which its calendar answers.
constexpr Date earliest_date{std::chrono::year{1970} / 1 / 1};
constexpr Date latest_date{std::chrono::year{2199} / 12 / 31};

constexpr int minutes_a_day = 24 * 60;

// "2026-02-28", of a day that exists, earliest_date to latest_date; nothing for everything else.
std::optional<Date> parse_date(std::string_view text);
std::string text_of(Date date);

// Minutes after midnight by the wall clock: "00:00" to "24:00", 0 to 1440.
std::optional<int> parse_minutes(std::string_view text);

// 0 for "mon" to 6 for "sun".
std::optional<unsigned> parse_weekday(std::string_view text);
std::string_view text_of_weekday(unsigned weekday);
unsigned weekday_of(Date date);
Date monday_of(Date date);  // of the date's ISO 8601 week

// Hours of one day, in minutes after its midnight by the wall clock. `to` is above 1440 when they end the day after.
struct Span {
    int from = 0;
    int to = minutes_a_day;

    friend bool operator==(const Span&, const Span&) = default;
};
// Nothing when a time is none, both are the same, or `from` is the day's end. "22:00" to "02:00" passes midnight.
std::optional<Span> parse_span(std::string_view from, std::string_view to);

// Hours that come again.
struct Weekly {
    unsigned days = 0;  // bit 0 is Monday
    Span span;
    int every_weeks = 1;
    Date first = earliest_date, last = latest_date;  // inclusive
    Date first_week = monday_of(earliest_date);      // the Monday from which every_weeks counts
};
// Nothing when a part of the entry cannot be understood: half understood, it would open the office at a wrong time.
std::optional<Weekly> parse(const v1::OpeningHours& hours);
bool holds_on(const Weekly& weekly, Date date);
// At that minute of the day's wall clock, 0 to 1439; also as the end of the day before.
bool holds_at(const Weekly& weekly, Date date, int minute);

// How loud a hall is at a minute of its wall clock: the first of the list that holds; null where none does.
const v1::SoundHours* sound_at(const google::protobuf::RepeatedPtrField<v1::SoundHours>& sound, Date date, int minute);
constexpr int least_film_db = -60, most_film_db = 0;  // the least: not heard
constexpr int least_speech_db = -20, most_speech_db = 10;
constexpr int least_duck_db = -60, most_duck_db = 0;
constexpr unsigned least_duck_before_ms = 50, most_duck_before_ms = 500;
constexpr unsigned least_duck_after_ms = 100, most_duck_after_ms = 5000;

// The countries whose public holidays are known, as Office.holidays names them.
std::span<const std::string_view> holiday_countries();

// Whether a list of service ids, where an empty one stands for all, is about this service.
template <typename Ids>
bool concerns(const Ids& services, std::string_view service) {
    if (services.empty()) return true;
    for (const auto& id : services)
        if (id == service) return true;
    return false;
}

}  // namespace hallcast::timetable
