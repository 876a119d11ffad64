#include "player/queue/calendar.h"

#include <algorithm>

#include "player/queue/time_units.h"

namespace hallcast::queue {
namespace {

using std::chrono::days;
using timetable::concerns;
using timetable::Span;

// Hours that begin two days before may still be open: past midnight, on a day that repeats its last hour.
constexpr days days_before{2};
constexpr days days_after{1};

std::int64_t midnight_ms(Date date) { return date.time_since_epoch().count() * day_ms; }

}  // namespace

Calendar::Calendar(const v1::Office& office)
    : zone_(office.time_zone()),
      states_hours_(!office.hours().empty() || !office.special_days().empty()),
      holidays_(office.holidays()) {
    const auto ids = [](const auto& entry) { return Services(entry.services().begin(), entry.services().end()); };
    for (const v1::OpeningHours& hours : office.hours())
        if (const auto weekly = timetable::parse(hours)) hours_.push_back({*weekly, ids(hours)});
    for (int i = 0; i < office.closures_size(); ++i) {
        const v1::Closure& closure = office.closures(i);
        const auto first = timetable::parse_date(closure.from_date());
        const auto last = closure.to_date().empty() ? first : timetable::parse_date(closure.to_date());
        if (first && last) closures_.push_back({*first, *last, ids(closure), i});
    }
    for (const v1::SpecialDay& special : office.special_days()) {
        const auto date = timetable::parse_date(special.date());
        const auto span = timetable::parse_span(special.from(), special.to());
        if (date && span) special_days_.insert({*date, {*span, ids(special)}});
    }
}

std::optional<Holiday> Calendar::holiday_on(Date date) const { return holiday_of(holidays_, date); }

std::optional<int> Calendar::closure_on(std::string_view service, Date date) const {
    for (const Closed& closed : closures_)
        if (date >= closed.first && date <= closed.last && concerns(closed.services, service)) return closed.index;
    return {};
}

std::vector<Span> Calendar::spans(std::string_view service, Date date) const {
    if (closure_on(service, date)) return {};
    std::vector<Span> spans;
    const auto [first, last] = special_days_.equal_range(date);
    for (auto special = first; special != last; ++special)
        if (concerns(special->second.services, service)) spans.push_back(special->second.span);
    if (!spans.empty() || holiday_on(date)) return spans;
    if (!states_hours_) return {Span{}};
    for (const Hours& hours : hours_)
        if (timetable::holds_on(hours.when, date) && concerns(hours.services, service))
            spans.push_back(hours.when.span);
    return spans;
}

std::vector<Calendar::Interval> Calendar::intervals(std::string_view service, Date date) const {
    if (date < timetable::earliest_date || date > timetable::latest_date) return {};
    std::vector<Interval> all;
    for (const Span& span : spans(service, date)) {
        const Interval interval{zone_.utc_ms(midnight_ms(date) + span.from * minute_ms, Zone::Twice::first),
                                zone_.utc_ms(midnight_ms(date) + span.to * minute_ms, Zone::Twice::last)};
        if (interval.open_ms < interval.close_ms) all.push_back(interval);
    }
    // Without this, hours past midnight of a date that a zone left out would open on the next one.
    if (all.empty() || start_of_day_ms(date) == start_of_day_ms(date + days{1})) return {};
    std::ranges::sort(all, {}, &Interval::open_ms);
    std::vector<Interval> merged;
    for (const Interval& interval : all) {
        if (!merged.empty() && interval.open_ms <= merged.back().close_ms)
            merged.back().close_ms = std::max(merged.back().close_ms, interval.close_ms);
        else
            merged.push_back(interval);
    }
    return merged;
}

// The three below walk the hours by the moment when they open, which rises with the date: an opening is the first
// moment at which the clock gets there.
bool Calendar::is_open(std::string_view service, std::int64_t at_ms) const {
    const Date today = local_date(at_ms);
    for (Date date = today - days_before; date <= today + days_after; date += days{1})
        for (const Interval& interval : intervals(service, date))
            if (interval.open_ms <= at_ms && at_ms < interval.close_ms) return true;
    return false;
}

std::optional<std::int64_t> Calendar::next_opening(std::string_view service, std::int64_t at_ms) const {
    const Date today = local_date(at_ms);
    for (Date date = today - days_before; date <= today + days{farthest_days}; date += days{1})
        for (const Interval& interval : intervals(service, date))
            if (at_ms < interval.close_ms) return std::max(at_ms, interval.open_ms);
    return {};
}

std::optional<std::int64_t> Calendar::closes_at(std::string_view service, std::int64_t at_ms) const {
    const Date today = local_date(at_ms);
    std::int64_t open_until = at_ms;
    for (Date date = today - days_before; date <= today + days{farthest_days}; date += days{1}) {
        for (const Interval& interval : intervals(service, date))
            if (interval.open_ms <= open_until) open_until = std::max(open_until, interval.close_ms);
        if (date > local_date(open_until) + days_after)
            return open_until > at_ms ? std::optional(open_until) : std::nullopt;
    }
    return {};
}

Date Calendar::local_date(std::int64_t at_ms) const {
    return Date{std::chrono::floor<days>(std::chrono::milliseconds{zone_.local_ms(at_ms)})};
}

std::optional<std::int64_t> Calendar::moment_of(Date date, int minutes) const {
    const std::int64_t local_ms = midnight_ms(date) + minutes * minute_ms;
    const std::int64_t at_ms = zone_.utc_ms(local_ms, Zone::Twice::first);
    if (zone_.local_ms(at_ms) != local_ms) return {};
    return at_ms;
}

std::int64_t Calendar::start_of_day_ms(Date date) const { return zone_.utc_ms(midnight_ms(date), Zone::Twice::first); }

}  // namespace hallcast::queue
