// "What if we had one counter more?": a day of the log replayed with other counters, through the core's own rules.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "player/queue/day_log.h"
#include "player/queue/statistics.h"
#include "protocol/base/error.h"

namespace hallcast::queue {

// Visitors come, leave and come back as they did; counters open and close as they did (or when their last visitor has
// left). Whom a free counter calls is decided by `decide` on a State, at the moment when its clerk would: after the
// pauses that the clerk of that counter made before calls, in turn. Each visitor takes as long and ends as on the day,
// whoever serves them when, so that two replays differ by their counters alone. Two things are not as on the day:
// tickets that a clerk picked by hand come in their turn, and who was served at no counter that day takes as long as
// somebody of the same service, drawn. Nothing is random beyond the seed: the same log and change give the same answer.
struct Change {
    // +1: a copy of `like` (open at the same times, with the same services and profile); 0: of the busiest.
    // -1: without `without`; 0: without the least used. 0: the day as it was.
    int counters = 0;
    std::uint32_t like = 0, without = 0;
    // Given: everybody's time is drawn from their service's of the day, the same in all replays with this seed.
    std::optional<std::uint64_t> seed;
};

struct DayFigures {
    std::vector<Row> services;  // by service; a row's wait is of those who were called
    Row total;
    // Who still waited, or was away parked, when the day ended, by service. In a replay counters do not stay open for
    // them.
    std::map<std::string, std::uint64_t> not_served;
};

struct WhatIf {
    std::string change;   // in words
    DayFigures day;       // as the log has it
    DayFigures baseline;  // replayed with the day's counters
    DayFigures variant;   // replayed with the change
    // How true the replay is: how far each visitor's first wait in the baseline is from the log's, on average.
    std::int64_t mean_error_ms = 0;
};

// Pure. Errors say which counter or change is not possible.
Expected<WhatIf> what_if(const DayLog& log, const Change& change);

// The events of the replayed day, with the end of the day. Pure.
struct Counters {
    std::optional<std::uint32_t> without;
    std::optional<std::uint32_t> like;
    std::optional<std::uint64_t> seed;
};
Expected<std::vector<v1::Event>> replay_day(const DayLog& log, const DayRecord& record, const Counters& counters);

}  // namespace hallcast::queue
