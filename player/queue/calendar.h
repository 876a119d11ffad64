// When an office is open, exactly: hours, their versions, closures, special days and public holidays, by the clock of
// its own time zone. Immutable and pure: the same office gives the same answers. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hallcast/v1/office.pb.h"
#include "player/queue/holidays.h"
#include "player/queue/zone.h"
#include "protocol/timetable.h"

namespace hallcast::queue {

using timetable::Date;

// Moments are milliseconds since 1970 UTC; dates are local. `service` is a service's id; an unknown one has the hours
// that name no service.
//
// On a date the strongest of these counts, service by service: a closure (closed); special days (their hours alone); a
// public holiday (closed); the weekly hours that hold then. An office that states neither hours nor special days is
// open around the clock. Hours belong to the date on which they begin: a closure on Tuesday leaves Monday's 22:00 to
// 02:00 as it is.
//
// Where the clock is set forward, a time that it leaves out stands for the moment of the change; hours that lie in the
// gap altogether fall out. Where it is set back, a time that comes twice is the first for an opening, the last for a
// closing. A date that a zone left out (Apia, 2011-12-30) has no hours.
class Calendar {
  public:
    struct Interval {
        std::int64_t open_ms, close_ms;  // the first moment open, the first closed again

        friend bool operator==(const Interval&, const Interval&) = default;
    };

    // How far next_opening and closes_at look, in days: beyond any pause of an office, and a bound to their work.
    static constexpr int farthest_days = 400;

    // Of any office: what timetable::fault_of would refuse and an old log may hold is left out, an unknown zone is UTC.
    explicit Calendar(const v1::Office& office);

    // False: it is open around the clock for want of better. Who books appointments wants hours stated.
    bool states_hours() const { return states_hours_; }

    // What begins on that date, by time; what touches or overlaps is one. None before 1970 or after 2199.
    std::vector<Interval> intervals(std::string_view service, Date date) const;

    bool is_open(std::string_view service, std::int64_t at_ms) const;
    // The first moment from at_ms on at which it is open: at_ms itself when it is open then. Nothing when no hours
    // begin within farthest_days days.
    std::optional<std::int64_t> next_opening(std::string_view service, std::int64_t at_ms) const;
    // When it closes that is open at at_ms; hours that touch, also at midnight, are one. Nothing when it is closed
    // then, or does not close within farthest_days days.
    std::optional<std::int64_t> closes_at(std::string_view service, std::int64_t at_ms) const;

    Date local_date(std::int64_t at_ms) const;
    // The first moment of that date: midnight, its first one where it comes twice, the moment of the change where it is
    // left out. The day's length is the distance to the next date's: 23, 24 or 25 hours, mostly.
    std::int64_t start_of_day_ms(Date date) const;

    // The first moment of that date at which the clock shows so many minutes after midnight, 0 to 1439; nothing where
    // the clock is set forward over it.
    std::optional<std::int64_t> moment_of(Date date, int minutes) const;
    // What the office's clock shows, in ms since its 1970-01-01 00:00.
    std::int64_t local_ms(std::int64_t at_ms) const { return zone_.local_ms(at_ms); }

    // The public holiday on that date, if the office keeps them. It may be open then: special days are stronger.
    std::optional<Holiday> holiday_on(Date date) const;
    // The index in Office.closures of the closure that closes the service on that date; the first, where several do.
    std::optional<int> closure_on(std::string_view service, Date date) const;

  private:
    using Services = std::vector<std::string>;  // empty: all
    struct Hours {
        timetable::Weekly when;
        Services services;
    };
    struct Closed {
        Date first, last;
        Services services;
        int index;
    };
    struct Special {
        timetable::Span span;
        Services services;
    };

    std::vector<timetable::Span> spans(std::string_view service, Date date) const;

    Zone zone_;
    bool states_hours_;
    std::string holidays_;
    std::vector<Hours> hours_;
    std::vector<Closed> closures_;
    std::multimap<Date, Special> special_days_;
};

}  // namespace hallcast::queue
