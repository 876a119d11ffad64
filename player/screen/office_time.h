// The hall's own clock: dates and minutes in the time zone of its office.
#pragma once

#include <optional>

#include "hallcast/v1/hall.pb.h"
#include "protocol/timetable.h"

namespace hallcast::screen {

struct OfficeTime {
    timetable::Date date;
    int minute = 0;  // of the day, 0..1439
};

// None where the profile names no time zone that ICU knows.
std::optional<OfficeTime> office_time(const v1::HallProfile& profile, std::int64_t ms_since_1970);

// By the week's hours; an office without any is open around the clock.
bool open_by_hours(const v1::HallProfile& profile, const OfficeTime& time);

}  // namespace hallcast::screen
