// How long somebody is going to wait for a service, with an 80 % interval, from what is known at that moment only.
//
// The pace of a service is the time that a call takes while somebody waits for it, whatever the counters do besides. It
// is measured on four scales, each of which leans on the one before until it has seen some forty calls: the office, the
// service, this hour of the day, the last hour. Place in the queue x pace is the bare estimate. What waits have been,
// over the bare estimate, gives the correction and the interval: the 10 %, 50 % and 90 % quantiles of that ratio, for
// the whole office by the place in the queue and, as a shift, by service. They follow each wait that ends by a small
// step (online quantile tracking by stochastic approximation, Robbins and Monro 1951; that steps which do not vanish
// keep the interval's promise whatever the waits do: Gibbs and Candes 2021, adaptive conformal inference). So nothing
// in it is fitted to one office; the starting values are middles over eleven (tests/bench/wait.cpp has the table).
//
// Everything is plain data and pure: the same calls in the same order give the same numbers. At most `max_followed`
// visits of a service are remembered. Times are milliseconds since 1970; a clock that is put back stops the measuring
// until it has caught up.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

namespace hallcast::queue {

struct WaitForecast {
    std::uint32_t expected_s = 0;  // as many waits are longer as are shorter
    std::uint32_t low_s = 0;       // one wait in ten is shorter
    std::uint32_t high_s = 0;      // one in ten is longer
    bool operator==(const WaitForecast&) const = default;
};

// Fading sums: what is old counts less and less.
struct Pace {
    double calls = 0;
    double busy_s = 0;  // while somebody waited and a counter was open
    bool operator==(const Pace&) const = default;
};

// Of log(wait / bare estimate).
struct WaitRatios {
    double low = 0;
    double middle = 0;
    double high = 0;
    double learned = 0;  // waits
    bool operator==(const WaitRatios&) const = default;
};

// By place in the queue: [0] of those who found an idle counter, [i] at place 2^(i-1), between them in proportion to
// the logarithm, the last also beyond.
constexpr std::size_t wait_knots = 8;
std::array<WaitRatios, wait_knots> usual_ratios();

// What the services of an office share.
struct OfficeWaits {
    Pace pace;
    std::array<WaitRatios, wait_knots> ratios = usual_ratios();
    bool operator==(const OfficeWaits&) const = default;
};

// Whose wait is going to teach.
struct FollowedWait {
    std::uint64_t visit = 0;
    std::int64_t since_ms = 0;
    double bare_s = 0;  // the estimate before the correction
    std::uint32_t place = 0;
    bool idle = false;
    bool operator==(const FollowedWait&) const = default;
};
constexpr std::size_t max_followed = 512;

// What is measured of a service.
struct ServicePace {
    std::int64_t as_of_ms = 0;
    Pace all;
    Pace recent;
    std::array<Pace, 24> by_hour;  // of UTC: summer time moves them once, and they follow
    double usual_counters = 0;     // open while somebody waited, on average; 0: not known
    std::uint32_t open_counters = 0;
    bool queueing = false;  // somebody waits, and found no idle counter: from here on calls tell how long one takes
    bool operator==(const ServicePace&) const = default;
};

struct ServiceWaits {
    ServicePace pace;
    WaitRatios shift;
    std::deque<FollowedWait> followed;
    WaitForecast newcomer;  // for somebody who would have come at the last change; these two are kept by who uses this
    bool idle = false;      // then a counter was idle
    bool operator==(const ServiceWaits&) const = default;
};

// One who comes now. `place` is 1 for the first in the queue; `idle`: a counter has nothing else to do than to call
// them.
struct Newcomer {
    std::int64_t at_ms = 0;
    std::uint32_t place = 1;
    bool idle = false;
};

WaitForecast forecast(const OfficeWaits& office, const ServiceWaits& service, const Newcomer& newcomer);

// All of these count the time since the change before as passed with the queue as it was then.
//
// The queue as it is from now on. `idle`: who came with this change found an idle counter, or nobody came.
void observe(OfficeWaits& office, ServiceWaits& service, std::int64_t at_ms, std::uint32_t waiting,
             std::uint32_t open_counters, bool idle);
// A wait begins that is going to teach: before `observe` tells that they are there.
void follow(OfficeWaits& office, ServiceWaits& service, std::uint64_t visit, const Newcomer& newcomer);
// They are called: teaches if they are followed, and counts in any case.
void called(OfficeWaits& office, ServiceWaits& service, std::uint64_t visit, std::int64_t at_ms);
// They left without a call; their wait teaches nothing.
void forget(ServiceWaits& service, std::uint64_t visit);

}  // namespace hallcast::queue
