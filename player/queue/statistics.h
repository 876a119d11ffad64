// What happened in an office, counted from its log: visits, waits, services and outcomes. Nothing in it is about
// persons.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hallcast/v1/queue.pb.h"
#include "player/queue/office_day.h"
#include "player/queue/zone.h"

namespace hallcast::queue {

// What is counted is the service request: one visitor in the queue of one service, until it is over. A visit has one
// for each of its services, one more for each transfer, and one more when a no-show comes back. So in every log
//     queued = served + no_shows + cancelled + removed + expired + transferred + open.
//
// - A wait runs from the entry into the queue (the arrival, the end of the service before, the transfer or the return
// of
//   a no-show; with an agreed delay from its end) to the request's first call. Who was recycled or parked and is called
//   again has waited once. Those who are never called have no wait: they are cancelled, removed, expired or open.
// - A service time is all that one request had at counters: each stay from its start, or from its call where nobody
//   pressed start, to the finish, park or transfer. It is known of those served and those transferred, but of nobody
//   whose service was ended by the end of the day: no clerk said when.
// - From call to start: where a clerk pressed start.
// - What was undone has not happened. Tickets of a group are visits of their own. A clock that goes back gives 0.
//
// Each figure is in the row of the day (the office's), the hour (of its wall clock: set back at night, an hour holds
// two) and the counter where it came to be: an arrival when the ticket was printed; a wait when it ended; a service
// when it ended; what the end of the day closed, when the request last moved. Counter 0 is the queue: who arrives,
// leaves or expires is at no counter.
struct Summary {
    std::uint64_t count = 0;
    std::int64_t mean_ms = 0;
    // By nearest rank: the least of the values that as many values as asked for do not exceed. Exact.
    std::int64_t median_ms = 0, p90_ms = 0, max_ms = 0;

    friend bool operator==(const Summary&, const Summary&) = default;
};

enum class Count : std::uint8_t {
    arrived,  // tickets printed, of the visit's first service
    queued,
    called,  // for the first time
    served,
    no_shows,
    reinstated,  // of the no-shows
    cancelled,
    removed,
    expired,
    transferred,
    open,  // neither over nor sent on when the log ended
};
constexpr std::size_t count_kinds = std::size_t(Count::open) + 1;

struct Key {
    std::uint32_t day = 0;  // as 20261124
    std::uint32_t hour = 0;
    std::string service;
    std::uint32_t counter = 0;

    auto operator<=>(const Key&) const = default;
};

struct Row {
    Key key;  // what is not grouped by stays empty
    std::array<std::uint64_t, count_kinds> counts{};
    Summary wait, service, call_to_start;

    std::uint64_t operator[](Count count) const { return counts[std::size_t(count)]; }
    friend bool operator==(const Row&, const Row&) = default;
};

struct Grouping {
    bool day = false, hour = false, service = false, counter = false;
};

// Takes the log's events in order, from its beginning or from that of a day. Keeps who is under way, 4096 no-shows and
// four bytes for each time measured: a year of half a million visits needs about 6 MB. Externally synchronized.
class Statistics {
  public:
    // Days inclusive.
    explicit Statistics(Grouping by, std::uint32_t from_day = 0, std::uint32_t to_day = 99991231);

    // False when this event is of a day after `to_day`: none of the later ones counts.
    bool add(const v1::Event& event);

    // By day, hour, service and counter; one row, perhaps of zeros, where nothing is grouped by. Ends the counting.
    std::vector<Row> rows();

  private:
    enum class Time : std::uint8_t { wait, service, call_to_start };
    struct Request {
        std::uint32_t service = 0;  // its place in services_
        std::uint32_t counter = 0;  // of the latest call
        std::uint32_t day = 0;      // of its latest move
        bool was_called = false;
        std::int64_t since_ms = 0;         // waits from then on
        std::int64_t called_ms = 0;        // the latest call; 0: not at a counter
        std::int64_t started_ms = 0;       // 0: nobody pressed start
        std::int64_t stayed_ms = 0;        // in earlier stays
        std::int64_t moved_ms = 0;         // its latest move
        std::uint64_t missed_log_seq = 0;  // a no-show, who may come back; 0: none
    };
    // Where a figure belongs, with the service by its place in services_.
    struct Place {
        std::uint32_t day, hour, service, counter;
        auto operator<=>(const Place&) const = default;
    };
    struct Tally {
        std::array<std::uint64_t, count_kinds> counts{};
        std::array<std::vector<std::uint32_t>, 3> times;  // by Time
    };
    struct Figure {
        Place place;
        std::optional<Count> count;  // else a time
        Time time{};
        std::int64_t ms = 0;
    };
    // A counter's last step waits here until it cannot be undone any more.
    struct Step {
        std::string cmd_id;
        std::vector<std::pair<std::uint64_t, Request>> before;
        std::vector<Figure> figures;
    };

    std::uint32_t number_of(const std::string& service);
    Place place_at(const Request& request, std::uint32_t counter, std::uint32_t day, std::int64_t at_ms) const;
    Request* begin_step(std::uint64_t visit, std::uint32_t counter);
    void settle(Step& step);
    void settle_all();
    void write(const Figure& figure);
    void count(const Request& request, Count count, std::uint32_t counter = 0);
    void measure(const Request& request, Time time, std::uint32_t counter, std::int64_t from_ms,
                 std::int64_t gone_ms = 0);
    void enter(std::uint64_t visit, std::uint32_t service, std::int64_t since_ms);

    void issued(const v1::TicketIssued& issued);
    void called(const v1::TicketCalled& called);
    void started(const v1::ServiceStarted& started);
    void finished(const v1::ServiceFinished& finished);
    void missed(const v1::VisitMissed& missed);
    void transferred(const v1::VisitTransferred& transferred);
    void left_counter(std::uint64_t visit, std::uint32_t counter, bool was_there);
    void reinstated(std::uint64_t visit);
    void ended(const v1::VisitEnded& ended);
    void undone(std::uint32_t counter);
    void day_ended(const v1::DayEnded& ended);
    void forget_oldest_no_show();

    const Grouping by_;
    const std::uint32_t from_day_, to_day_;

    v1::Office office_;  // its zone and rules
    OfficeDay office_day_;
    std::string zone_name_;
    Zone zone_{"UTC"};

    std::vector<std::string> services_;
    std::map<std::string, std::uint32_t, std::less<>> service_numbers_;
    std::unordered_map<std::uint64_t, Request> requests_;           // of visits under way, and of no-shows
    std::deque<std::pair<std::uint64_t, std::uint64_t>> no_shows_;  // visit and missed_log_seq, the oldest first
    std::map<std::uint32_t, Step> steps_;                           // by counter
    std::map<Place, Tally> tallies_;

    // Of the event being taken.
    const v1::Event* event_ = nullptr;
    std::uint32_t day_ = 0;
    Step* step_ = nullptr;  // figures go there; null: they are settled at once
};

}  // namespace hallcast::queue
