// An office with appointments, and commands about them, for the tests of booking.
#pragma once

#include "tests/queue/calendar_sample.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::booking_sample {

using namespace sample;
using calendar_sample::date;
using calendar_sample::utc;

inline v1::Availability& add_availability(v1::Booking& booking, std::initializer_list<const char*> weekdays,
                                          const char* from, const char* to, std::uint32_t counters,
                                          std::uint32_t internal = 0) {
    v1::Availability& added = *booking.add_availabilities();
    for (const char* day : weekdays) added.mutable_when()->add_days(day);
    added.mutable_when()->set_from(from);
    added.mutable_when()->set_to(to);
    added.set_counters(counters);
    added.set_internal(internal);
    return added;
}

// The sample office, open every day from 8 to 16 in Warsaw. A: slots of 15 minutes from 8 to 10, two places for the
// public and one internal; B: half an hour, of two slots, one place from 12 to 14; C: none.
inline v1::Office booking_office() {
    v1::Office made = office();
    calendar_sample::add_hours(made, {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, "08:00", "16:00");
    const std::initializer_list<const char*> days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    add_availability(*made.mutable_services(0)->mutable_booking(), days, "08:00", "10:00", 2, 1);
    v1::Booking& second = *made.mutable_services(1)->mutable_booking();
    second.set_slots(2);
    add_availability(second, days, "12:00", "14:00", 1);
    return made;
}

inline v1::Command of_case(const std::string& name) {
    v1::Command made = command();
    made.add_case_hashes("hash of " + name);
    return made;
}
inline v1::Command find_slots(const std::string& service, const std::string& from = "", std::uint32_t days = 1,
                              bool internal = false, std::uint32_t slots = 0) {
    v1::Command made = command();
    v1::FindSlots& find = *made.mutable_find_slots();
    find.set_service(service);
    find.set_from_date(from);
    find.set_days(days);
    find.set_internal(internal);
    find.set_slots(slots);
    return made;
}
inline v1::Command hold(const std::string& name, const std::string& service, std::int64_t start_ms,
                        bool internal = false, std::uint32_t slots = 0) {
    v1::Command made = of_case(name);
    v1::HoldSlot& hold = *made.mutable_hold_slot();
    hold.set_service(service);
    hold.set_start_ms(start_ms);
    hold.set_internal(internal);
    hold.set_slots(slots);
    return made;
}
inline v1::Command confirm(const std::string& name, std::uint64_t appointment) {
    v1::Command made = of_case(name);
    made.mutable_confirm_appointment()->set_appointment(appointment);
    return made;
}
inline v1::Command move(const std::string& name, std::uint64_t appointment, std::int64_t start_ms) {
    v1::Command made = of_case(name);
    made.mutable_move_appointment()->set_appointment(appointment);
    made.mutable_move_appointment()->set_start_ms(start_ms);
    return made;
}
inline v1::Command cancel(const std::string& name, std::uint64_t appointment) {
    v1::Command made = of_case(name);
    made.mutable_cancel_appointment()->set_appointment(appointment);
    return made;
}
inline v1::Command check_in(const std::string& name, std::uint64_t appointment) {
    v1::Command made = of_case(name);
    made.mutable_check_in()->set_appointment(appointment);
    return made;
}

constexpr std::int64_t minute = 60'000, hour = 60 * minute, a_day = 24 * hour;

}  // namespace hallcast::queue::booking_sample
