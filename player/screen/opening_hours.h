// The office's usual week as a text that visitors can read.
#pragma once

#include <string>

#include "player/screen/office_time.h"

namespace hallcast::screen {

// "Poniedziałek 08:00–18:00", and below it "Wtorek – piątek 08:00–16:00": the seven days from `today` on, Monday first,
// those with the same hours in one line. Empty for an office that is open around the clock.
std::string opening_hours(const v1::HallProfile& profile, timetable::Date today, const std::string& language);

}  // namespace hallcast::screen
