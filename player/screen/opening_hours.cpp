#include "player/screen/opening_hours.h"

#include <fmt/format.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>
#include <unicode/udisplaycontext.h>

#include <algorithm>
#include <array>
#include <vector>

namespace hallcast::screen {

namespace {

constexpr unsigned days_a_week = 7;

// "08:00–12:00, 13:00–16:00", in Latin figures as on the hall's clock, no line ending within a span. Empty: closed.
std::string hours_of(const v1::HallProfile& profile, timetable::Date date) {
    std::vector<timetable::Span> spans;
    for (const v1::OpeningHours& hours : profile.hours()) {
        const auto weekly = timetable::parse(hours);
        if (!weekly || !timetable::holds_on(*weekly, date)) continue;
        spans.push_back(weekly->span);
    }
    std::ranges::sort(spans, {}, &timetable::Span::from);
    // Services may have hours of their own; for somebody at the door they are one.
    std::vector<timetable::Span> whole;
    for (const auto& span : spans) {
        if (!whole.empty() && span.from <= whole.back().to)
            whole.back().to = std::max(whole.back().to, span.to);
        else
            whole.push_back(span);
    }
    std::string text;
    for (const auto& [from, to] : whole) {
        const int end = to > timetable::minutes_a_day ? to - timetable::minutes_a_day : to;
        text += fmt::format("{}{:02}:{:02}\u2060\u2013\u2060{:02}:{:02}", text.empty() ? "" : ", ", from / 60,
                            from % 60, end / 60, end % 60);
    }
    return text;
}

// "Poniedziałek"; in the middle of a line "piątek", where the language writes it so.
std::string name_of_day(unsigned weekday, const std::string& language, bool begins) {
    UErrorCode status = U_ZERO_ERROR;
    const auto locale = locale_of(language, status);
    icu::SimpleDateFormat format(icu::UnicodeString("cccc"), locale, status);
    if (U_FAILURE(status)) return std::string(timetable::text_of_weekday(weekday));
    format.adoptTimeZone(icu::TimeZone::getGMT()->clone());
    format.setContext(begins ? UDISPCTX_CAPITALIZATION_FOR_STANDALONE : UDISPCTX_CAPITALIZATION_FOR_MIDDLE_OF_SENTENCE,
                      status);
    constexpr double ms_a_day = 86'400'000, first_monday = 4 * ms_a_day;  // 5 January 1970
    icu::UnicodeString written;
    format.format(UDate(first_monday + weekday * ms_a_day), written);
    std::string utf8;
    return written.toUTF8String(utf8);
}

}  // namespace

std::string opening_hours(const v1::HallProfile& profile, timetable::Date today, const std::string& language) {
    std::array<std::string, days_a_week> hours;
    for (unsigned ahead = 0; ahead < days_a_week; ++ahead) {
        const timetable::Date date = today + std::chrono::days(ahead);
        hours[timetable::weekday_of(date)] = hours_of(profile, date);
    }
    std::string text;
    for (unsigned first = 0, last = 0; first < days_a_week; first = last + 1) {
        last = first;
        while (last + 1 < days_a_week && hours[last + 1] == hours[first]) ++last;
        if (hours[first].empty()) continue;
        text += (text.empty() ? "" : "\n") + name_of_day(first, language, true);
        // A line may end before the hours, not within the days: "Friday 08:00" alone would be about Friday.
        if (last > first) text += "\u00a0\u2013\u00a0" + name_of_day(last, language, false);
        text += " " + hours[first];
    }
    return text;
}

}  // namespace hallcast::screen
