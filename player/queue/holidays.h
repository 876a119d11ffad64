// Public holidays, computed. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/timetable.h"

namespace hallcast::queue {

struct Holiday {
    std::string_view name;     // in the country's language, as its law has it
    std::string_view english;  // for logs and supervisors
};

// Easter Sunday of the Gregorian calendar, for any year from 1583 on: the anonymous algorithm of "Nature", 20 April
// 1876, as in Meeus, Astronomical Algorithms, chapter 8 (Meeus/Jones/Butcher).
timetable::Date easter_sunday(int year);

// The holiday of that country (one of timetable::holiday_countries) on that date; nothing for a country unknown.
// PL: ustawa z dnia 18 stycznia 1951 r. o dniach wolnych od pracy (Dz.U. 1951 nr 4 poz. 28; consolidated Dz.U. 2025
// poz. 296), art. 1 no. 1. Epiphany since 2011: ustawa z dnia 24 września 2010 r. (Dz.U. 2010 nr 224 poz. 1459).
// Christmas Eve since 2025: ustawa z dnia 6 grudnia 2024 r. (Dz.U. 2024 poz. 1965). Once, 12 November 2018: ustawa z
// dnia 7 listopada 2018 r. (Dz.U. 2018 poz. 2117). Sundays (art. 1 no. 2) are the weekly hours' matter. Right from 1991
// on; what the Prime Minister orders in an epidemic (art. 1a) is written as a closure.
std::optional<Holiday> holiday_of(std::string_view country, timetable::Date date);

}  // namespace hallcast::queue
