#include "player/queue/wait_estimate.h"

#include <algorithm>
#include <cmath>

#include "player/queue/time_units.h"

namespace hallcast::queue {
namespace {

constexpr double usual_call_s = 420;        // an office of which nothing is known yet ...
constexpr double usual_call_weight = 10;    // ... counts as having called so many
constexpr double scale_weight = 40;         // calls by which a scale leans on the one before
constexpr double service_memory_s = 90e3;   // busy time; some five days
constexpr double office_memory_s = 900e3;   // busy time of all its services together
constexpr double recent_memory_s = 5400;    // of the clock
constexpr double longest_gap_s = 3600;      // nobody works through a longer time without one event
constexpr double counters_exponent = 0.25;  // the eleven offices' pace followed their open counters as weakly as that
constexpr double shortest_s = 1;
constexpr double longest_s = 86'400;

// A wait moves a quantile by a step of at most this: fast at first, then slowly for ever.
constexpr double least_step = 0.01;
constexpr double learned_first_waits = 50;

void add(Pace& pace, double calls, double busy_s) {
    pace.calls += calls;
    pace.busy_s += busy_s;
}

void fade(Pace& pace, double keep) {
    pace.calls *= keep;
    pace.busy_s *= keep;
}

double seconds_a_call(const Pace& pace, double weight, double otherwise_s) {
    return (pace.busy_s + weight * otherwise_s) / (pace.calls + weight);
}

std::size_t hour_of(std::int64_t at_ms) { return std::size_t((at_ms / hour_ms % 24 + 24) % 24); }

// A place between two knots.
struct Knots {
    std::size_t lower = 0;
    std::size_t upper = 0;
    double upper_share = 0;
};

Knots knots_of(std::uint32_t place, bool idle) {
    if (idle) return {};
    const double position = 1 + std::log2(double(place));
    const std::size_t lower = std::min(std::size_t(position), wait_knots - 1);
    if (lower + 1 == wait_knots) return {lower, lower, 0};
    return {lower, lower + 1, position - double(lower)};
}

void pass_time(Pace& office, ServicePace& pace, std::int64_t at_ms) {
    if (at_ms <= pace.as_of_ms) return;
    const double gap_s = double(at_ms - pace.as_of_ms) / 1000;
    pace.as_of_ms = at_ms;
    fade(pace.recent, std::exp(-gap_s / recent_memory_s));
    if (!pace.queueing || pace.open_counters == 0) return;
    const double busy_s = std::min(gap_s, longest_gap_s);
    const double keep = std::exp(-busy_s / service_memory_s);
    Pace& hour = pace.by_hour[hour_of(at_ms)];
    fade(pace.all, keep);
    fade(hour, keep);
    fade(office, std::exp(-busy_s / office_memory_s));
    for (Pace* scale : {&office, &pace.all, &hour, &pace.recent}) add(*scale, 0, busy_s);
    pace.usual_counters = pace.usual_counters == 0
                              ? pace.open_counters
                              : pace.open_counters + (pace.usual_counters - pace.open_counters) * keep;
}

// Place in the queue x pace.
double bare_estimate_s(const OfficeWaits& office, const ServicePace& measured, const Newcomer& newcomer) {
    Pace everywhere = office.pace;
    ServicePace pace = measured;
    pass_time(everywhere, pace, newcomer.at_ms);
    double call_s = seconds_a_call(everywhere, usual_call_weight, usual_call_s);
    for (const Pace* scale : {&pace.all, &pace.by_hour[hour_of(newcomer.at_ms)], &pace.recent})
        call_s = seconds_a_call(*scale, scale_weight, call_s);
    if (pace.usual_counters > 0 && pace.open_counters > 0)
        call_s *= std::pow(pace.usual_counters / pace.open_counters, counters_exponent);
    return std::max(shortest_s, newcomer.place * call_s);
}

using Quantile = double WaitRatios::*;

double ratio_at(const OfficeWaits& office, const WaitRatios& shift, const Knots& knots, Quantile quantile) {
    return office.ratios[knots.lower].*quantile * (1 - knots.upper_share) +
           office.ratios[knots.upper].*quantile * knots.upper_share + shift.*quantile;
}

void learn(OfficeWaits& office, WaitRatios& shift, const Knots& knots, double ratio) {
    const double gap[] = {ratio - ratio_at(office, shift, knots, &WaitRatios::low),
                          ratio - ratio_at(office, shift, knots, &WaitRatios::middle),
                          ratio - ratio_at(office, shift, knots, &WaitRatios::high)};
    const auto step = [&](WaitRatios& ratios, double weight) {
        const double size = weight * std::max(least_step, 1 / (learned_first_waits + ratios.learned));
        const auto up_or_down = [&](double from, double share) { return size * (from > 0 ? share : share - 1); };
        ratios.low += up_or_down(gap[0], 0.1);
        ratios.middle += up_or_down(gap[1], 0.5);
        ratios.high += up_or_down(gap[2], 0.9);
        ratios.learned += weight;
    };
    step(office.ratios[knots.lower], 1 - knots.upper_share);
    step(office.ratios[knots.upper], knots.upper_share);
    step(shift, 1);
}

}  // namespace

// The ratio falls and narrows with the length of the queue: many calls average out, and who waits long may leave.
std::array<WaitRatios, wait_knots> usual_ratios() {
    std::array<WaitRatios, wait_knots> usual;
    usual[0] = {-3.2, -2, -0.8, 0};  // no more than a clerk takes to press the key
    for (std::size_t i = 1; i < wait_knots; ++i) {
        const double doublings = double(i - 1);
        const double middle = 0.2 - 0.1 * doublings;
        const double spread = 0.75 - 0.05 * doublings;
        usual[i] = {middle - spread, middle, middle + spread, 0};
    }
    return usual;
}

WaitForecast forecast(const OfficeWaits& office, const ServiceWaits& service, const Newcomer& newcomer) {
    const double bare_s = bare_estimate_s(office, service.pace, newcomer);
    const Knots knots = knots_of(newcomer.place, newcomer.idle);
    const auto seconds = [&](Quantile quantile) {
        const double ratio = std::exp(ratio_at(office, service.shift, knots, quantile));
        return std::uint32_t(std::lround(std::clamp(bare_s * ratio, shortest_s, longest_s)));
    };
    const std::uint32_t expected_s = seconds(&WaitRatios::middle);
    // Each quantile is tracked for itself, so they may cross while they are new.
    return {expected_s, std::min(expected_s, seconds(&WaitRatios::low)),
            std::max(expected_s, seconds(&WaitRatios::high))};
}

void observe(OfficeWaits& office, ServiceWaits& service, std::int64_t at_ms, std::uint32_t waiting,
             std::uint32_t open_counters, bool idle) {
    pass_time(office.pace, service.pace, at_ms);
    ServicePace& pace = service.pace;
    pace.open_counters = open_counters;
    pace.queueing = waiting > 0 && (pace.queueing || !idle);
}

void follow(OfficeWaits& office, ServiceWaits& service, std::uint64_t visit, const Newcomer& newcomer) {
    pass_time(office.pace, service.pace, newcomer.at_ms);
    if (service.followed.size() >= max_followed) return;
    service.followed.push_back(
        {visit, newcomer.at_ms, bare_estimate_s(office, service.pace, newcomer), newcomer.place, newcomer.idle});
}

void called(OfficeWaits& office, ServiceWaits& service, std::uint64_t visit, std::int64_t at_ms) {
    pass_time(office.pace, service.pace, at_ms);
    ServicePace& pace = service.pace;
    if (pace.queueing && pace.open_counters > 0)
        for (Pace* scale : {&office.pace, &pace.all, &pace.by_hour[hour_of(at_ms)], &pace.recent}) add(*scale, 1, 0);
    const auto known = std::ranges::find(service.followed, visit, &FollowedWait::visit);
    if (known == service.followed.end()) return;
    const double wait_s = std::max(shortest_s, double(at_ms - known->since_ms) / 1000);
    learn(office, service.shift, knots_of(known->place, known->idle), std::log(wait_s / known->bare_s));
    service.followed.erase(known);
}

void forget(ServiceWaits& service, std::uint64_t visit) {
    std::erase_if(service.followed, [&](const FollowedWait& one) { return one.visit == visit; });
}

}  // namespace hallcast::queue
