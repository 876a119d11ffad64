#include "protocol/timetable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace hallcast::timetable {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 7> weekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array<std::string_view, 1> countries = {"PL"};

// The digits of `text` from `at` on as a number; nothing when one of them is none.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return {};
        value = value * 10 + (c - '0');
    }
    return value;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
    const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    if (!year || !month || !day) return {};
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{unsigned(*month)},
                                           std::chrono::day{unsigned(*day)}};
    if (!date.ok() || Date{date} < earliest_date || Date{date} > latest_date) return {};
    return Date{date};
}

std::string text_of(Date date) {
    const std::chrono::year_month_day fields{date};
    return fmt::format("{:04}-{:02}-{:02}", int(fields.year()), unsigned(fields.month()), unsigned(fields.day()));
}

std::optional<int> parse_minutes(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return {};
    const auto hour = digits(text, 0, 2), minute = digits(text, 3, 2);
    if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > minutes_a_day) return {};
    return *hour * 60 + *minute;
}

std::optional<unsigned> parse_weekday(std::string_view text) {
    const auto found = std::ranges::find(weekdays, text);
    if (found == weekdays.end()) return {};
    return unsigned(found - weekdays.begin());
}

std::string_view text_of_weekday(unsigned weekday) { return weekdays.at(weekday); }

unsigned weekday_of(Date date) { return std::chrono::weekday{date}.iso_encoding() - 1; }

Date monday_of(Date date) { return date - days{weekday_of(date)}; }

std::optional<Span> parse_span(std::string_view from, std::string_view to) {
    const auto begin = parse_minutes(from), end = parse_minutes(to);
    if (!begin || !end || *begin == *end || *begin == minutes_a_day) return {};
    return Span{*begin, *end < *begin ? *end + minutes_a_day : *end};
}

std::optional<Weekly> parse(const v1::OpeningHours& hours) {
    Weekly weekly;
    for (const std::string& day : hours.days()) {
        const auto weekday = parse_weekday(day);
        if (!weekday) return {};
        weekly.days |= 1u << *weekday;
    }
    const auto span = parse_span(hours.from(), hours.to());
    if (!span) return {};
    weekly.span = *span;
    if (!hours.valid_from().empty()) {
        const auto date = parse_date(hours.valid_from());
        if (!date) return {};
        weekly.first = *date;
    }
    if (!hours.valid_until().empty()) {
        const auto date = parse_date(hours.valid_until());
        if (!date) return {};
        weekly.last = *date;
    }
    if (hours.every_weeks() > 1) {
        const auto date = parse_date(hours.first_date());
        if (!date || hours.every_weeks() > 10'000) return {};
        weekly.every_weeks = int(hours.every_weeks());
        weekly.first_week = monday_of(*date);
        weekly.first = std::max(weekly.first, weekly.first_week);
    }
    return weekly;
}

bool holds_on(const Weekly& weekly, Date date) {
    if (date < weekly.first || date > weekly.last || (weekly.days >> weekday_of(date) & 1) == 0) return false;
    return weekly.every_weeks == 1 ||
           (monday_of(date) - weekly.first_week) / std::chrono::weeks{1} % weekly.every_weeks == 0;
}

bool holds_at(const Weekly& weekly, Date date, int minute) {
    const auto within = [&](int at) { return weekly.span.from <= at && at < weekly.span.to; };
    return (within(minute) && holds_on(weekly, date)) ||
           (within(minute + minutes_a_day) && holds_on(weekly, date - days{1}));
}

const v1::SoundHours* sound_at(const google::protobuf::RepeatedPtrField<v1::SoundHours>& sound, Date date, int minute) {
    for (const v1::SoundHours& hours : sound)
        if (const auto weekly = parse(hours.when()); weekly && holds_at(*weekly, date, minute)) return &hours;
    return nullptr;
}

std::span<const std::string_view> holiday_countries() { return countries; }

}  // namespace hallcast::timetable
