// An appointment as an iCalendar file (RFC 5545) for the visitor's telephone. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace hallcast::queue {

// Texts are UTF-8 in the visitor's language. Times are ms since 1970 UTC, written to the second.
struct CalendarEntry {
    std::string uid;             // the same for the life of the appointment: "appointment-17@krakow"
    std::uint32_t sequence = 0;  // higher at each change: calendars replace an entry by a higher one
    bool cancelled = false;
    std::int64_t written_at_ms = 0;
    std::int64_t starts_at_ms = 0;
    std::int64_t ends_at_ms = 0;
    std::string language;     // BCP 47, of the texts; none where empty
    std::string summary;      // the service
    std::string location;     // the office, its hall
    std::string description;  // what to bring, PIN, how to check in; lines end with \n
    // Mail addresses. With both it is an invitation (METHOD:REQUEST or CANCEL, RFC 5546), with the organizer alone a
    // publication (PUBLISH or CANCEL). With neither it has no method, since each of them needs an organizer: a file to
    // download and open, whose STATUS tells that it is cancelled.
    std::string organizer;
    std::string attendee;
};

// The file. Marked private, since calendars are shared and what somebody wants from an office is nobody's business;
// rings a day before, unless cancelled. Control characters and bytes that are no UTF-8 do not get into it, whatever a
// text has.
std::string icalendar_of(const CalendarEntry& entry);

}  // namespace hallcast::queue
