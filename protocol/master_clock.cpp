#include "protocol/master_clock.h"

#include <algorithm>
#include <cmath>

namespace hallcast::wire {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using Time = MasterClock::Time;

constexpr std::size_t max_points = 32;
constexpr std::size_t filter_points = 8;           // RFC 5905: NSTAGE
constexpr double unknown_drift_ppm = 200;          // of a poor crystal, before anything is measured
constexpr double wander_ppm = 5;                   // of a drift that was measured
constexpr double largest_drift_ppm = 500;          // RFC 5905: the most that a clock is expected to be off
constexpr std::int64_t tolerance_us = 2000;        // a machine that stood still between reading its clock and sending
constexpr microseconds shortest_span{20'000'000};  // for a slope worth having

std::int64_t us(Time time) { return duration_cast<microseconds>(time.time_since_epoch()).count(); }
std::int64_t us(Time from, Time to) { return duration_cast<microseconds>(to - from).count(); }

}  // namespace

std::int64_t ClockReading::master_us_at(Time time) const {
    return master_us + std::llround(double(us(at, time)) * rate);
}

ClockReading::Time ClockReading::time_of(std::int64_t wanted_us) const {
    return at + microseconds(std::llround(double(wanted_us - master_us) / rate));
}

std::uint32_t ClockReading::error_us_at(Time time) const {
    const double grown = double(std::abs(us(at, time))) * error_growth_ppm / 1e6;
    return std::uint32_t(std::min(double(error_us) + grown, 4e9));
}

void MasterClock::hint(std::int64_t master_us, Time now) {
    if (reading_.measured) return;
    reading_.at = now;
    reading_.master_us = master_us;
}

void MasterClock::add(const Sample& sample) {
    const std::int64_t trip = us(sample.sent, sample.arrived);
    const std::int64_t inside = sample.replied_us - sample.received_us;
    if (trip < 0 || inside < 0 || inside > trip + tolerance_us) return;  // no such exchange took place
    Point point;
    point.at = sample.sent + (sample.arrived - sample.sent) / 2;
    point.ahead_us = ((sample.received_us - us(sample.sent)) + (sample.replied_us - us(sample.arrived))) / 2;
    point.bound_us = std::max<std::int64_t>(0, trip - inside) / 2;
    const auto contradicts = [&](std::int64_t ahead_us, std::int64_t bound_us) {
        return std::abs(point.ahead_us - ahead_us) > point.bound_us + bound_us + tolerance_us;
    };
    if (reading_.measured &&
        contradicts(reading_.master_us_at(point.at) - us(point.at), reading_.error_us_at(point.at))) {
        if (!strange_ || contradicts(strange_->ahead_us, strange_->bound_us)) {
            strange_ = point;
            return;
        }
        // Twice the same: the master's clock was set, or it is another master.
        points_.clear();
        reading_.rate = 1;
        remember(*strange_);
    }
    strange_.reset();
    remember(point);
    estimate(sample.arrived);
}

void MasterClock::remember(const Point& point) {
    points_.push_back(point);
    if (points_.size() > max_points) points_.pop_front();
}

// Least squares, each point weighing by the inverse square of its bound.
std::optional<double> MasterClock::slope() const {
    if (points_.size() < filter_points || points_.back().at - points_.front().at < shortest_span) return std::nullopt;
    const Time origin = points_.front().at;
    double weights = 0, x_sum = 0, y_sum = 0;
    const auto weight = [](const Point& point) { return 1 / std::pow(double(point.bound_us) + 50, 2); };
    for (const Point& point : points_) {
        weights += weight(point);
        x_sum += weight(point) * double(us(origin, point.at));
        y_sum += weight(point) * double(point.ahead_us - points_.front().ahead_us);
    }
    double xx = 0, xy = 0;
    for (const Point& point : points_) {
        const double x = double(us(origin, point.at)) - x_sum / weights;
        xx += weight(point) * x * x;
        xy += weight(point) * x * (double(point.ahead_us - points_.front().ahead_us) - y_sum / weights);
    }
    if (xx <= 0) return std::nullopt;
    return std::clamp(xy / xx, -largest_drift_ppm / 1e6, largest_drift_ppm / 1e6);
}

void MasterClock::estimate(Time now) {
    const auto drift = slope();
    if (drift) reading_.rate = 1 + *drift;
    // How sure the slope is: two ends that are each wrong by the best bound.
    std::int64_t best_bound = points_.front().bound_us;
    for (const Point& point : points_) best_bound = std::min(best_bound, point.bound_us);
    const double span = double(us(points_.front().at, points_.back().at));
    const double growth =
        drift ? std::min(unknown_drift_ppm, wander_ppm + 2e6 * double(best_bound + 50) / span) : unknown_drift_ppm;
    const auto bound_now = [&](const Point& point) {
        return double(point.bound_us) + double(us(point.at, now)) * growth / 1e6;
    };
    const auto first = points_.size() > filter_points && !drift ? points_.end() - filter_points : points_.begin();
    const auto best = std::min_element(
        first, points_.end(), [&](const Point& one, const Point& other) { return bound_now(one) < bound_now(other); });
    reading_.at = now;
    reading_.master_us = us(best->at) + best->ahead_us + std::llround(double(us(best->at, now)) * reading_.rate);
    reading_.error_us = std::uint32_t(std::min(bound_now(*best), 4e9));
    reading_.error_growth_ppm = growth;
    reading_.measured = true;
}

}  // namespace hallcast::wire
