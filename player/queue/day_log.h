// One day of the log, taken apart into what came to the office from outside and what its clerks did.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hallcast/v1/queue.pb.h"
#include "player/queue/state.h"

namespace hallcast::queue {

// Reads the log up to the end of a day. Keeps the state before that day and the day's events.
class DayLog {
  public:
    explicit DayLog(std::uint32_t day) : day_(day) {}

    // The log's events from its beginning, in order. False when the day is complete.
    bool add(const v1::Event& event);

    std::uint32_t day() const { return day_; }
    const State& before() const { return before_; }
    // With the end of the day, where the log has it.
    const std::vector<v1::Event>& events() const { return events_; }
    // The log's days next to it, where it has events on them.
    std::uint32_t day_before() const { return before_.day; }
    std::uint32_t day_after() const { return day_after_; }

  private:
    const std::uint32_t day_;
    State before_;
    std::vector<v1::Event> events_;
    std::uint32_t day_after_ = 0;
};

// One visitor at one counter, from the call on.
struct Stay {
    std::uint32_t counter = 0;
    std::string service;
    std::int64_t duration_ms = 0;
    // How the clerk ended it, with no counter named. Never empty in a record: whom the end of the day, or of the log,
    // found at a counter is finished then.
    std::optional<v1::Command> end;
    std::int64_t away_ms = -1;  // after they were parked, until they were called again; -1: never
};

// What replays the day. Steps that were undone are left out.
struct DayRecord {
    // Arrivals, departures, returns, openings, closings, staff, the office: in order. Counters that nobody closed are
    // closed by the day's last event.
    std::vector<v1::Event> outside;
    std::map<std::uint64_t, std::vector<Stay>> stays;  // of each visit, in turn
    // How long each counter, open and free, had somebody to call before it called (or closed), in turn. Those who came
    // back from where they were parked are called without.
    std::map<std::uint32_t, std::vector<std::int64_t>> pauses;
};

// The events of steps that were taken back later, by log_seq. Pure.
std::set<std::uint64_t> undone_in(const std::vector<v1::Event>& events);

// Pure.
DayRecord record_of(const DayLog& log);

// How long each counter that is open and free has had somebody to call, all in all: whom another counter takes
// meanwhile does not make its clerk begin anew.
class Readiness {
  public:
    // After every change, and when a delay ends.
    void look(const State& state, std::int64_t now_ms);

    // Nothing where it had nobody to call so far.
    std::optional<std::int64_t> ready_ms(std::uint32_t counter, std::int64_t now_ms) const;
    // When that will be so long, if nothing changes; nothing where it has nobody to call now.
    std::optional<std::int64_t> moment_of(std::uint32_t counter, std::int64_t ready_ms) const;

  private:
    struct Free {
        std::int64_t earlier_ms = 0;
        std::optional<std::int64_t> since_ms;  // has had somebody
    };
    std::map<std::uint32_t, Free> free_;
};

}  // namespace hallcast::queue
