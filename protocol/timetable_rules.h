// What is wrong with the timetable of an office, and where it stands. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hallcast/v1/office.pb.h"

namespace hallcast::timetable {

// Far above any office of the field; they bound the work on one day.
constexpr int max_hours = 400, max_closures = 1000, max_special_days = 1000, max_every_weeks = 52;
// Hours past midnight that last longer are a slip of the pen: "17:00" to "16:00".
constexpr int max_hours_past_midnight = 16;
constexpr int max_sound_hours = 50;  // of a hall

struct Fault {
    std::string_view list;  // the list of the office where it is: "hours", "closures", "special_days", "services"...
    int entry = -1;         // ... and the index there; -1 for the list as a whole
    std::string_view key;   // the entry's field; empty for the entry as a whole
    int item = -1;          // the index in that field, where it is a list of which one is meant
    std::string message;    // for a person, without capital and stop: "a time must be ..., is '8 am'"
};

// The first fault of hours, closures, special days and holidays; nothing when they may be applied. Needs nothing of
// the rest of the office but the services' ids.
std::optional<Fault> fault_of(const v1::Office& office);
// Of a hall's "sound", whose entries may overlap: the first that holds counts.
std::optional<Fault> fault_of_sound(const v1::Hall& hall);

}  // namespace hallcast::timetable
