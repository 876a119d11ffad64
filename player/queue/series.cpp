#include "player/queue/series.h"

#include <fmt/format.h>

#include <algorithm>

#include "player/queue/time_units.h"

namespace hallcast::queue {
namespace {

constexpr std::uint32_t usual_last = 9999;
constexpr std::uint32_t highest = 999'999'999;

const Series* series_of_today(const State& state, const std::string& prefix, std::uint32_t today) {
    const auto found = state.series.find(prefix);
    if (found == state.series.end()) return nullptr;
    const std::uint32_t day = series_rules(*state.office, prefix).goes_on ? 0 : today;
    // A log from before there were days: today's numbers go on from those.
    const bool from_before = found->second.day == 0 && state.day == 0;
    return found->second.day == day || from_before ? &found->second : nullptr;
}

}  // namespace

SeriesRules series_rules(const v1::Office& office, std::string_view prefix) {
    const auto has_it = [&](const v1::Service& service) {
        return (service.prefix().empty() ? service.id() : service.prefix()) == prefix;
    };
    const auto found = std::ranges::find_if(office.services(), has_it);
    if (found == office.services().end()) return {};
    return {std::max(1u, found->first_number()),
            found->last_number() != 0 ? found->last_number()
            : found->numbers_go_on()  ? highest
                                      : usual_last,
            found->numbers_go_on()};
}

std::uint32_t next_number(const State& state, const std::string& prefix, std::uint32_t today) {
    const Series* series = series_of_today(state, prefix, today);
    return series == nullptr || series->last == 0 ? series_rules(*state.office, prefix).first : series->last + 1;
}

std::optional<std::string> no_more_numbers(const State& state, const std::string& id, std::uint32_t count,
                                           std::uint32_t today) {
    const std::string& prefix = state.services.find(id)->second.prefix;
    const SeriesRules rules = series_rules(*state.office, prefix);
    if (std::uint64_t(next_number(state, prefix, today)) + count - 1 <= rules.last) return std::nullopt;
    return fmt::format("There are no more numbers for '{}': its series ends with {}{:03}.", id, prefix, rules.last);
}

std::optional<std::string> no_more_tickets(const State& state, const std::string& id, std::uint32_t count,
                                           std::int64_t now_ms, std::uint32_t today) {
    const ServiceState& service = state.services.find(id)->second;
    const auto described = std::ranges::find(state.office->services(), id, &v1::Service::id);
    const std::uint32_t today_so_far = service.day == today ? service.tickets_today : 0;
    if (described->tickets_a_day() != 0 && today_so_far + count > described->tickets_a_day())
        return fmt::format(
            "There are no more tickets for '{}' today: {} a day, and {} are given out. Come tomorrow, or "
            "book an appointment.",
            id, described->tickets_a_day(), today_so_far);
    const auto hour = service.tickets_by_hour.find(now_ms / hour_ms);
    const std::uint32_t hour_so_far = hour == service.tickets_by_hour.end() ? 0 : hour->second;
    if (described->tickets_an_hour() != 0 && hour_so_far + count > described->tickets_an_hour())
        return fmt::format(
            "There are no more tickets for '{}' in this hour: {} an hour, and {} are given out. Try again in "
            "{} minutes.",
            id, described->tickets_an_hour(), hour_so_far, (hour_ms - now_ms % hour_ms + 59'999) / 60'000);
    return no_more_numbers(state, id, count, today);
}

std::optional<std::string> fault_of_leased(const State& state, const ServiceState& service,
                                           const v1::IssueTicket& issue, std::uint32_t today) {
    const Series* series = series_of_today(state, service.prefix, today);
    const auto lease =
        series == nullptr ? std::map<std::uint64_t, Lease>::const_iterator() : series->leases.find(issue.lease());
    if (series == nullptr || lease == series->leases.end())
        return fmt::format("Series {} has no lease {} today with numbers left. Lease new ones.", service.prefix,
                           issue.lease());
    if (issue.number() != lease->second.next)
        return fmt::format(
            "The next number of lease {} is {}{:03}, not {:03}: none may be left out, and none come twice.",
            issue.lease(), service.prefix, lease->second.next, issue.number());
    return std::nullopt;
}

}  // namespace hallcast::queue
