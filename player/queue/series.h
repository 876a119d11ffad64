// Number series: the next number, its range, what is leased, and when there are no more tickets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hallcast/v1/queue.pb.h"
#include "player/queue/state.h"

namespace hallcast::queue {

struct SeriesRules {
    std::uint32_t first = 1;
    std::uint32_t last = 9999;
    bool goes_on = false;
};
// Of the first service with that prefix.
SeriesRules series_rules(const v1::Office& office, std::string_view prefix);

std::uint32_t next_number(const State& state, const std::string& prefix, std::uint32_t today);

// Why so many tickets cannot be had, for a visitor; nothing when they can.
std::optional<std::string> no_more_tickets(const State& state, const std::string& service, std::uint32_t count,
                                           std::int64_t now_ms, std::uint32_t today);

// The same of the series alone, without the day's and the hour's capacity: for who has an appointment.
std::optional<std::string> no_more_numbers(const State& state, const std::string& service, std::uint32_t count,
                                           std::uint32_t today);

// What is wrong with a ticket printed from a lease.
std::optional<std::string> fault_of_leased(const State& state, const ServiceState& service,
                                           const v1::IssueTicket& issue, std::uint32_t today);

}  // namespace hallcast::queue
