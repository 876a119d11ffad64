#include "player/queue/booking_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "player/queue/time_units.h"

namespace hallcast::queue {
namespace {

using std::chrono::days;

constexpr std::uint32_t usual_slot_minutes = 15, usual_hold_minutes = 10, usual_cooldown_minutes = 60,
                        usual_early_minutes = 30, usual_late_minutes = 10;

std::uint32_t or_usual(std::uint32_t value, std::uint32_t usual) { return value != 0 ? value : usual; }

BookingRules rules_of(const v1::Booking& booking) {
    BookingRules rules;
    rules.slot_ms = or_usual(booking.slot_minutes(), usual_slot_minutes) * minute_ms;
    rules.slots = or_usual(booking.slots(), 1);
    rules.hold_ms = or_usual(booking.hold_minutes(), usual_hold_minutes) * minute_ms;
    rules.cooldown_ms =
        (booking.has_cooldown_minutes() ? booking.cooldown_minutes() : usual_cooldown_minutes) * minute_ms;
    rules.early_ms =
        (booking.has_check_in_early_minutes() ? booking.check_in_early_minutes() : usual_early_minutes) * minute_ms;
    rules.late_ms =
        (booking.has_check_in_late_minutes() ? booking.check_in_late_minutes() : usual_late_minutes) * minute_ms;
    rules.per_case = or_usual(booking.per_case(), 1);
    rules.late_as_walk_in = booking.late_as_walk_in();
    rules.by_draw = booking.by_draw();
    for (const v1::ReleaseTier& tier : booking.tiers()) rules.tiers.push_back({tier.days_ahead(), tier.percent()});
    if (rules.tiers.empty()) rules.tiers.push_back({usual_days_ahead, 100});
    std::ranges::sort(rules.tiers, {}, &BookingRules::Tier::days_ahead);
    return rules;
}

}  // namespace

BookingPlan::BookingPlan(const v1::Office& office) : calendar_(office) {
    for (const v1::Service& service : office.services()) {
        if (!service.has_booking()) continue;
        Bookable& bookable = bookable_[service.id()];
        bookable.rules = rules_of(service.booking());
        for (const v1::Availability& availability : service.booking().availabilities())
            if (const auto weekly = timetable::parse(availability.when()))
                bookable.availabilities.push_back({*weekly, availability.counters(), availability.internal()});
    }
}

const BookingRules* BookingPlan::rules(std::string_view service) const {
    const auto found = bookable_.find(service);
    return found == bookable_.end() ? nullptr : &found->second.rules;
}

std::vector<Slot> BookingPlan::slots(std::string_view service, Date date) const {
    const auto found = bookable_.find(service);
    if (found == bookable_.end() || date < timetable::earliest_date || date > timetable::latest_date) return {};
    const Bookable& bookable = found->second;
    std::vector<const Availability*> today;
    for (const Availability& availability : bookable.availabilities)
        if (timetable::holds_on(availability.when, date)) today.push_back(&availability);
    if (today.empty()) return {};
    // Hours that began the day before may go on past midnight.
    auto open = calendar_.intervals(service, date);
    const auto night = calendar_.intervals(service, date - days{1});
    open.insert(open.end(), night.begin(), night.end());

    const int length = int(bookable.rules.slot_ms / minute_ms);
    std::vector<Slot> slots;
    std::uint32_t place = 0;
    for (int from = 0; from + length <= timetable::minutes_a_day; from += length) {
        Slot slot;
        for (const Availability* availability : today) {
            if (availability->when.span.from > from || availability->when.span.to < from + length) continue;
            slot.places += availability->counters;
            slot.internal += availability->internal;
        }
        if (slot.places + slot.internal == 0) continue;
        const auto start_ms = calendar_.moment_of(date, from);
        if (!start_ms || calendar_.moment_of(date, from + length - 1) != *start_ms + (length - 1) * minute_ms) continue;
        slot.start_ms = *start_ms;
        slot.end_ms = slot.start_ms + bookable.rules.slot_ms;
        slot.first_place = place;
        const bool is_open = std::ranges::any_of(open, [&](const Calendar::Interval& interval) {
            return interval.open_ms <= slot.start_ms && slot.end_ms <= interval.close_ms;
        });
        if (!is_open) continue;
        place += slot.places;
        slots.push_back(slot);
    }
    return slots;
}

std::vector<Slot> BookingPlan::run(std::string_view service, std::int64_t start_ms, std::uint32_t count) const {
    const std::vector<Slot> all = slots(service, date_of(start_ms));
    auto at = std::ranges::find(all, start_ms, &Slot::start_ms);
    std::vector<Slot> run;
    for (; at != all.end() && run.size() < count; ++at) {
        if (!run.empty() && run.back().end_ms != at->start_ms) return {};
        run.push_back(*at);
    }
    if (run.size() < count) run.clear();
    return run;
}

std::uint32_t released_places(const BookingRules& rules, const Slot& slot, std::int64_t days_ahead) {
    const auto tier = std::ranges::find_if(rules.tiers, [&](const auto& one) { return one.days_ahead >= days_ahead; });
    if (tier == rules.tiers.end()) return 0;
    std::uint32_t released = 0;
    for (std::uint32_t n = slot.first_place; n < slot.first_place + slot.places; ++n)
        if ((std::uint64_t(n * 2654435769u) * 100 >> 32) < tier->percent) ++released;
    return released;
}

std::uint32_t number_of(Date date) {
    const std::chrono::year_month_day parts(date);
    return std::uint32_t(int(parts.year()) * 10000 + int(unsigned(parts.month())) * 100 + int(unsigned(parts.day())));
}

std::string local_text(const Calendar& calendar, std::int64_t at_ms) {
    const Date date = calendar.local_date(at_ms);
    const std::int64_t minutes = calendar.local_ms(at_ms) / minute_ms - date.time_since_epoch().count() * 1440;
    return fmt::format("{} {:02}:{:02}", timetable::text_of(date), minutes / 60, minutes % 60);
}

}  // namespace hallcast::queue
