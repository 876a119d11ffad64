#include "player/queue/booking_plan.h"

#include <random>

#include "player/queue/office_rules.h"
#include "tests/queue/booking_sample.h"

namespace hallcast::queue::booking_plan_test {

using namespace booking_sample;

std::string text_of(const std::vector<Slot>& slots) {
    std::string text;
    for (const Slot& slot : slots)
        text += fmt::format("{} {}+{}, ", calendar_sample::text_of_utc(slot.start_ms).substr(11), slot.places,
                            slot.internal);
    return text;
}

TEST_CASE("slots are counters times hours by duration, in the hours of the office") {
    v1::Office made = booking_office();
    v1::Booking& booking = *made.mutable_services(0)->mutable_booking();
    booking.set_slot_minutes(30);
    add_availability(booking, {"mon"}, "09:00", "11:00", 3);
    add_availability(booking, {"mon"}, "15:00", "18:00", 1);  // the office closes at 16
    const BookingPlan plan(made);
    // A Monday, in winter: Warsaw is an hour ahead.
    CHECK(text_of(plan.slots("A", date("2026-11-30"))) ==
          "07:00 2+1, 07:30 2+1, 08:00 5+1, 08:30 5+1, 09:00 3+0, 09:30 3+0, 14:00 1+0, 14:30 1+0, ");
    CHECK(text_of(plan.slots("A", date("2026-12-01"))) == "07:00 2+1, 07:30 2+1, 08:00 2+1, 08:30 2+1, ");
    CHECK(plan.slots("C", date("2026-11-30")).empty());
    CHECK(plan.rules("C") == nullptr);
    // A slot that an availability or the hours hold only in part is none.
    booking.mutable_availabilities(0)->mutable_when()->set_from("08:10");
    CHECK(text_of(BookingPlan(made).slots("A", date("2026-12-01"))) == "07:30 2+1, 08:00 2+1, 08:30 2+1, ");
}

TEST_CASE("a closure takes the slots away, a special day moves them") {
    v1::Office made = booking_office();
    v1::Closure& closure = *made.add_closures();
    closure.set_from_date("2026-12-01");
    v1::SpecialDay& special = *made.add_special_days();
    special.set_date("2026-12-02");
    special.set_from("09:00");
    special.set_to("09:30");
    const BookingPlan plan(made);
    CHECK(plan.slots("A", date("2026-12-01")).empty());
    CHECK(text_of(plan.slots("A", date("2026-12-02"))) == "08:00 2+1, 08:15 2+1, ");
}

TEST_CASE("slots where the clock is changed: none is left out, none comes twice") {
    v1::Office made = booking_office();
    made.mutable_hours(0)->set_from("00:00");
    made.mutable_hours(0)->set_to("24:00");
    v1::Booking& booking = *made.mutable_services(0)->mutable_booking();
    booking.clear_availabilities();
    booking.set_slot_minutes(30);
    add_availability(booking, {"sun"}, "01:00", "04:00", 1);
    const BookingPlan plan(made);
    // Set forward from 2 to 3: 01:00, 01:30, 03:00, 03:30 by the clock.
    CHECK(text_of(plan.slots("A", date("2026-03-29"))) == "00:00 1+0, 00:30 1+0, 01:00 1+0, 01:30 1+0, ");
    // Set back from 3 to 2: the second 02:00 and 02:30 have no slots.
    CHECK(text_of(plan.slots("A", date("2026-10-25"))) ==
          "23:00 1+0, 23:30 1+0, 00:00 1+0, 00:30 1+0, 02:00 1+0, 02:30 1+0, ");
}

TEST_CASE("consecutive slots are one after the other without a pause") {
    v1::Office made = booking_office();
    v1::Booking& booking = *made.mutable_services(0)->mutable_booking();
    add_availability(booking, {"mon"}, "10:15", "11:00", 1);
    const BookingPlan plan(made);
    const auto at = [](const char* time) { return utc(std::string("2026-11-30 ") + time); };
    CHECK(plan.run("A", at("08:30"), 2).size() == 2);
    CHECK(plan.run("A", at("08:45"), 1).size() == 1);
    CHECK(plan.run("A", at("08:45"), 2).empty());  // 09:00 UTC is a pause
    CHECK(plan.run("A", at("08:40"), 1).empty());  // no slot begins there
    CHECK(plan.run("A", at("09:45"), 2).empty());  // the last one
}

TEST_CASE("tiers open a share of the day's places, evenly, and never close one again") {
    v1::Office made = booking_office();
    v1::Booking& booking = *made.mutable_services(0)->mutable_booking();
    booking.clear_availabilities();
    add_availability(booking, {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, "08:00", "16:00", 5);
    for (const auto& [days_ahead, percent] : {std::pair{60u, 30u}, {14u, 70u}, {2u, 100u}}) {
        v1::ReleaseTier& tier = *booking.add_tiers();
        tier.set_days_ahead(days_ahead);
        tier.set_percent(percent);
    }
    const BookingPlan plan(made);
    const auto slots = plan.slots("A", date("2026-11-30"));
    REQUIRE(slots.size() == 32);
    const BookingRules& rules = *plan.rules("A");
    for (const auto& [days_ahead, share] :
         {std::pair{61, 0}, {60, 30}, {15, 30}, {14, 70}, {3, 70}, {2, 100}, {0, 100}}) {
        std::uint32_t released = 0, morning = 0;
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const std::uint32_t now = released_places(rules, slots[i], days_ahead);
            CHECK(now >= released_places(rules, slots[i], days_ahead + 1));
            CHECK(now <= 5);
            released += now;
            if (i < 16) morning += now;
        }
        INFO(days_ahead << " days ahead");
        CHECK(std::abs(int(released) - 160 * share / 100) <= 2);
        CHECK(std::abs(int(2 * morning) - int(released)) <= 4);
    }
    // Where nothing is said, everything, 60 days ahead.
    const BookingPlan plain(booking_office());
    const Slot slot = plain.slots("A", date("2026-11-30")).front();
    CHECK(released_places(*plain.rules("A"), slot, 60) == 2);
    CHECK(released_places(*plain.rules("A"), slot, 61) == 0);
}

TEST_CASE("a booking that cannot work is refused with its reason") {
    const auto fault = [](const std::function<void(v1::Office&, v1::Booking&)>& spoil) {
        v1::Office made = booking_office();
        spoil(made, *made.mutable_services(0)->mutable_booking());
        return fault_of(made).value_or("");
    };
    const auto says = [](const std::string& said, const char* text) {
        INFO(said);
        CHECK(said.find(text) != std::string::npos);
    };
    CHECK(fault([](auto&, auto&) {}).empty());
    says(fault([](auto& office, auto&) { office.clear_hours(); }), "needs the office's 'hours'");
    says(fault([](auto&, auto& booking) { booking.set_slot_minutes(7); }), "do not divide a day");
    says(fault([](auto&, auto& booking) { booking.clear_availabilities(); }), "'availabilities'");
    says(fault([](auto&, auto& booking) { booking.mutable_availabilities(0)->mutable_when()->set_to("02:00"); }),
         "past midnight");
    says(fault([](auto&, auto& booking) {
             booking.mutable_availabilities(0)->set_counters(0);
             booking.mutable_availabilities(0)->set_internal(0);
         }),
         "has no place");
    says(fault([](auto&, auto& booking) { booking.mutable_availabilities(0)->mutable_when()->add_days("xxx"); }),
         "mon to sun");
    says(fault([](auto&, auto& booking) {
             for (const std::uint32_t days : {60u, 14u}) {
                 booking.add_tiers()->set_days_ahead(days);
                 booking.mutable_tiers()->rbegin()->set_percent(days);
             }
         }),
         "never closed again");
}

}  // namespace hallcast::queue::booking_plan_test
