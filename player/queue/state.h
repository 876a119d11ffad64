// All that the queue core knows, as plain structs: what `decide` reads and only `apply` changes.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/office.pb.h"
#include "player/queue/booking_plan.h"
#include "player/queue/bookings.h"
#include "player/queue/wait_estimate.h"

namespace hallcast::queue {

enum class VisitPhase { waiting, called, serving, parked, finished, no_show, cancelled, removed, expired };

constexpr bool is_over(VisitPhase phase) { return phase >= VisitPhase::finished; }

// One arrival of one visitor, with the ticket that was printed for it.
struct Visit {
    std::uint64_t id = 0;               // from 1, in the order in which they were issued
    std::vector<std::string> services;  // in turn; not empty
    std::size_t current = 0;            // which of them
    std::string ticket;                 // "A012"
    std::string language;
    std::int64_t arrived_at_ms = 0;
    VisitPhase phase = VisitPhase::waiting;
    std::uint64_t group = 0;          // id of the first of linked tickets; 0: came alone
    std::int64_t rank_ms = 0;         // the place in the queue: mostly the arrival
    std::int64_t head_start_ms = 0;   // of this visitor, taken off the rank
    std::int64_t not_before_ms = 0;   // not called earlier
    std::int64_t appointment_ms = 0;  // 0: came without
    std::uint32_t only_counter = 0;   // not called by others while it is open
    std::string only_staff;           // not called by others while they are signed in
    std::uint32_t recycled = 0;       // times
    std::int64_t ended_at_ms = 0;
    std::uint64_t changed_at = 0;  // log_seq of the last event that changed it
    v1::Call call;                 // the latest; empty before the first

    const std::string& service() const { return services[current]; }
};

// A visitor's place in a queue; the smallest is next.
struct Place {
    std::int64_t order_ms = 0;
    std::uint64_t visit = 0;
    auto operator<=>(const Place&) const = default;
};

struct ServiceState {
    std::string prefix;  // of its number series; services with the same prefix share one
    // By rank less head start; with an appointment by its time.
    std::set<Place> walk_ins;
    std::set<Place> booked;
    std::multiset<std::int64_t> arrivals;                   // of all of them
    std::uint32_t day = 0;                                  // the office's, of tickets_today
    std::uint32_t tickets_today = 0;                        // leased ones count when they are leased
    std::map<std::int64_t, std::uint32_t> tickets_by_hour;  // since 1970; the latest few, for clocks that are put back
    ServiceWaits waits;

    std::size_t waiting() const { return walk_ins.size() + booked.size(); }
};

struct Lease {
    std::string kiosk;
    std::uint32_t next = 0;
    std::uint32_t last = 0;
};

// Numbers begin anew with each day, or go on for ever where `day` stays 0.
struct Series {
    std::uint32_t day = 0;
    std::uint32_t last = 0;                 // given out or leased
    std::map<std::uint64_t, Lease> leases;  // by id, of this day
};

// What a counter's last step changed, as it was before.
struct Undo {
    struct Changed {
        Visit before;
        std::uint64_t changed_at = 0;  // as the step left it; another: somebody has gone on from there
    };
    std::uint64_t log_seq = 0;  // of the step's last event
    std::string cmd_id;
    std::vector<Changed> visits;
    std::uint64_t visit = 0;
    std::uint32_t appointments_in_a_row = 0;
    std::uint64_t last_group = 0;
};

struct CounterState {
    std::string hall;
    std::vector<std::string> services;  // all where empty
    std::string profile;
    bool open = false;
    std::uint64_t visit = 0;                  // called or served here; 0: nobody
    std::string staff;                        // who is signed in
    std::uint32_t appointments_in_a_row = 0;  // called here, while others waited or not
    std::uint64_t last_group = 0;             // of the visitor called last
    std::uint64_t version = 0;                // log_seq of the last event of this counter
    std::optional<Undo> undo;
};

// A hall's calls. Kept when an office drops the hall, so that a call id never comes twice.
struct Board {
    std::uint64_t last_call_seq = 0;
    std::vector<v1::Call> calls;  // the latest attempt first, at most wire::max_calls
};

// What staff tell everybody in a hall.
struct HallNotice {
    std::string hall;  // empty: all
    v1::Notice notice;
};

struct State {
    std::uint64_t log_seq = 0;  // of the last event applied
    std::uint64_t last_visit = 0;
    std::uint64_t last_lease = 0;
    std::uint64_t last_notice = 0;
    std::uint32_t day = 0;  // the office's, as 20261124: of the last event; 0: before there were days in the log
    std::shared_ptr<const v1::Office> office = std::make_shared<v1::Office>();  // empty before the first is applied
    std::shared_ptr<const BookingPlan> plan = std::make_shared<BookingPlan>(*office);  // of that office
    std::map<std::string, ServiceState, std::less<>> services;                         // by id
    std::map<std::uint32_t, CounterState> counters;                                    // by number
    std::map<std::string, Series, std::less<>> series;                                 // by prefix
    std::map<std::string, Board, std::less<>> boards;                                  // by hall
    std::map<std::uint64_t, Visit> visits;  // those under way, and the latest `max_ended` that ended
    std::map<std::string, std::uint64_t, std::less<>> visit_of_ticket;  // the latest visit with that ticket
    std::deque<std::uint64_t> ended;                                    // in the order in which they ended
    Bookings bookings;
    std::set<std::uint64_t> sent;  // visits that wait for a certain counter or person
    std::vector<HallNotice>
        notices;        // in the order in which they were made; one that expired leaves with the next event
    OfficeWaits waits;  // what the services' waits have in common
};

constexpr std::size_t max_ended = 4096;

// What of the state a step concerns: each once, in the order in which it came to them.
struct Touched {
    std::vector<std::uint64_t> visits;  // whose calls
    std::vector<v1::Call> withdrawn;    // calls that no visit has any more
    std::vector<std::uint32_t> counters;
    std::vector<std::string> services;
    std::vector<HallNotice> notices;  // as they are now: new, or over
    bool all = false;                 // a new office: the halls' states are replaced whole
};

}  // namespace hallcast::queue
