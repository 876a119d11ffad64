// What an office lets people book: the slots of each service, and how many places each of them has.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hallcast/v1/office.pb.h"
#include "player/queue/calendar.h"
#include "protocol/timetable.h"

namespace hallcast::queue {

// Where a service has no release tiers, all its places can be booked so many days ahead.
constexpr std::uint32_t usual_days_ahead = 60;

// v1::Booking with its defaults filled in.
struct BookingRules {
    struct Tier {
        std::int64_t days_ahead;
        std::uint32_t percent;
    };
    std::int64_t slot_ms = 0;
    std::uint32_t slots = 1;  // of one appointment
    std::int64_t hold_ms = 0, cooldown_ms = 0, early_ms = 0, late_ms = 0;
    std::uint32_t per_case = 1;
    bool late_as_walk_in = false, by_draw = false;
    std::vector<Tier> tiers;  // the nearest first, never empty
};

struct Slot {
    std::int64_t start_ms = 0, end_ms = 0;
    std::uint32_t places = 0, internal = 0;  // for the public; further ones for staff
    std::uint32_t first_place = 0;           // its public places are the day's numbers first_place, first_place + 1...

    friend bool operator==(const Slot&, const Slot&) = default;
};

// Immutable and pure: the same office gives the same slots. Any thread. Moments are milliseconds since 1970 UTC.
class BookingPlan {
  public:
    explicit BookingPlan(const v1::Office& office);

    // Null where the service has no appointments.
    const BookingRules* rules(std::string_view service) const;

    // The slots of that date by time, those without any place left out. A slot that the change of the clock leaves out
    // or shortens is none; of hours that come twice, only the first have slots.
    std::vector<Slot> slots(std::string_view service, Date date) const;

    // So many consecutive slots from that moment on; empty where there are none.
    std::vector<Slot> run(std::string_view service, std::int64_t start_ms, std::uint32_t count) const;

    Date date_of(std::int64_t at_ms) const { return calendar_.local_date(at_ms); }
    const Calendar& calendar() const { return calendar_; }

  private:
    struct Availability {
        timetable::Weekly when;
        std::uint32_t counters, internal;
    };
    struct Bookable {
        BookingRules rules;
        std::vector<Availability> availabilities;
    };

    Calendar calendar_;
    std::map<std::string, Bookable, std::less<>> bookable_;
};

// How many of the slot's public places can be booked so many days before. Rises as the day comes nearer, and takes the
// day's places evenly: number n is released below `percent` of the golden ratio's sequence n * 2654435769 mod 2^32
// (Knuth, The Art of Computer Programming 3, 6.4: consecutive ones are spread as far apart as can be).
std::uint32_t released_places(const BookingRules& rules, const Slot& slot, std::int64_t days_ahead);

// "2026-11-24"; as 20261124; "2026-11-24 08:15" by the office's clock.
std::uint32_t number_of(Date date);
std::string local_text(const Calendar& calendar, std::int64_t at_ms);

}  // namespace hallcast::queue
