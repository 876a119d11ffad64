// What a player knows of its master's clock: how far ahead it is, how fast it goes, and how sure that is.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace hallcast::wire {

// A value: the master's time at any moment of this machine's steady clock. Any thread.
struct ClockReading {
    using Time = std::chrono::steady_clock::time_point;

    Time at{};                     // when it was made:
    std::int64_t master_us = 0;    // the master's time then, microseconds since 1970 UTC
    double rate = 1;               // seconds of the master's clock in a second of ours
    std::uint32_t error_us = 0;    // how wrong it can be at `at` ...
    double error_growth_ppm = 15;  // ... and by how much more that grows
    bool measured = false;         // false: only a guess from our own wall clock or from a message on its way

    std::int64_t master_us_at(Time time) const;
    std::int64_t master_ms_at(Time time) const { return master_us_at(time) / 1000; }
    // When the master's clock will show (or showed) this: for acting with others at one instant.
    Time time_of(std::int64_t master_us) const;
    std::uint32_t error_us_at(Time time) const;
};

// From questions and answers that carry four times, as in NTP (RFC 5905, section 8): half the round trip bounds the
// error of the offset. The sample with the smallest bound is used, its bound growing as it ages (the clock filter of
// section 10); the drift is the slope of a line through the good samples. A master whose clock is set anew is believed
// after two samples that agree with it. Pure. One thread.
class MasterClock {
  public:
    using Time = std::chrono::steady_clock::time_point;

    struct Sample {
        Time sent;                     // ours
        std::int64_t received_us = 0;  // the master's
        std::int64_t replied_us = 0;
        Time arrived;  // ours
    };
    void add(const Sample& sample);
    // The master's time in a message that was on its way for an unknown time; used until there is a sample.
    void hint(std::int64_t master_us, Time now);

    ClockReading reading() const { return reading_; }
    double drift_ppm() const { return (reading_.rate - 1) * 1e6; }

  private:
    struct Point {
        Time at;                // the middle of the exchange, ours
        std::int64_t ahead_us;  // the master's clock minus ours, then
        std::int64_t bound_us;  // half the round trip
    };
    void remember(const Point& point);
    void estimate(Time now);
    std::optional<double> slope() const;

    std::deque<Point> points_;      // the latest
    std::optional<Point> strange_;  // contradicts the others
    ClockReading reading_;
};

}  // namespace hallcast::wire
