#include "protocol/master_clock.h"

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "tests/catch.h"

namespace master_clock_test {

using namespace hallcast::wire;
using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using Time = MasterClock::Time;

// Two clocks and a network between them. True time counts from 0.
struct World {
    double our_rate = 1;  // seconds of our clock in a true one
    std::int64_t master_ahead_us = 1'700'000'000'000'000;
    Time ours(std::int64_t true_us) const { return Time(microseconds(std::llround(double(true_us) * our_rate))); }
    std::int64_t master(std::int64_t true_us) const { return true_us + master_ahead_us; }
    MasterClock::Sample exchange(std::int64_t true_us, std::int64_t there_us, std::int64_t back_us,
                                 std::int64_t inside_us = 100) const {
        const std::int64_t received = true_us + there_us;
        return {ours(true_us), master(received), master(received + inside_us), ours(received + inside_us + back_us)};
    }
    // How far off the reading is at that true time.
    std::int64_t error_us(const ClockReading& reading, std::int64_t true_us) const {
        return std::abs(reading.master_us_at(ours(true_us)) - master(true_us));
    }
};

TEST_CASE("an even network tells the master's time exactly; one way longer than the other errs by half of that") {
    const World world;
    MasterClock clock;
    CHECK_FALSE(clock.reading().measured);
    clock.add(world.exchange(0, 400, 400));
    CHECK(clock.reading().measured);
    CHECK(world.error_us(clock.reading(), 1'000'000) <= 1);
    MasterClock other;
    other.add(world.exchange(0, 1000, 200));
    CHECK(world.error_us(other.reading(), 2000) == 400);
    CHECK(other.reading().error_us_at(world.ours(2000)) >= 600);
}

TEST_CASE("a slow exchange does not spoil what a fast one before it told") {
    const World world;
    MasterClock clock;
    clock.add(world.exchange(0, 200, 200));
    clock.add(world.exchange(1'000'000, 80'000, 300));
    CHECK(world.error_us(clock.reading(), 2'000'000) < 200);
}

// Busy network, drifting crystals: returns the worst error after five minutes.
std::int64_t worst_error(std::uint32_t seed, double drift_ppm, std::int64_t& worst_bound_us) {
    std::mt19937 random(seed);
    World world;
    world.our_rate = 1 + drift_ppm / 1e6;
    MasterClock clock;
    std::int64_t worst = 0;
    for (std::int64_t true_us = 0; true_us < 1'800'000'000;) {
        // Queues: mostly empty, sometimes long, and each way on its own.
        const auto delay = [&] { return 150 + std::int64_t(std::exponential_distribution<>(1 / 800.0)(random)); };
        clock.add(world.exchange(true_us, delay(), delay()));
        true_us += 500'000 + random() % 2'000'000;
        const std::int64_t error = world.error_us(clock.reading(), true_us);
        const std::int64_t bound = clock.reading().error_us_at(world.ours(true_us));
        if (error > bound) return std::numeric_limits<std::int64_t>::max();
        if (true_us < 300'000'000) continue;
        worst = std::max(worst, error);
        worst_bound_us = std::max(worst_bound_us, bound);
    }
    return worst;
}

TEST_CASE(
    "with a busy network and drifting clocks the master's time is known to a millisecond, and never worse than told") {
    const std::uint32_t seed = std::random_device{}();
    std::int64_t bound = 0;
    for (const double drift : {-100.0, -20.0, 0.0, 40.0, 100.0}) {
        INFO("seed " << seed << ", drift " << drift << " ppm");
        CHECK(worst_error(seed, drift, bound) <= 1000);
    }
    INFO("seed " << seed);
    CHECK(bound <= 3000);
}

TEST_CASE("the drift is found") {
    for (const double drift : {-80.0, 60.0}) {
        World world;
        world.our_rate = 1 - drift / 1e6;  // ours is slow: the master's gains on it
        MasterClock clock;
        for (int i = 0; i < 200; ++i) clock.add(world.exchange(i * 1'000'000, 300 + i % 7 * 10, 300 + i % 5 * 10));
        CHECK(std::abs(clock.drift_ppm() - drift) < 3);
    }
}

TEST_CASE("two screens whose clocks know nothing of each other act at one instant of the master's clock") {
    World left;
    left.our_rate = 1 + 30e-6;
    World right;
    right.our_rate = 1 - 50e-6;
    MasterClock left_clock, right_clock;
    for (int i = 0; i < 60; ++i) {
        left_clock.add(left.exchange(i * 1'000'000, 500 + i % 9 * 40, 300));
        right_clock.add(right.exchange(i * 1'000'000 + 300'000, 250, 700 + i % 4 * 100));
    }
    const std::int64_t at = left.master(61'000'000);
    // When it is that moment by their own clocks, in true time.
    const auto true_us = [](const World& world, Time time) {
        return std::llround(double(duration_cast<microseconds>(time.time_since_epoch()).count()) / world.our_rate);
    };
    const auto one = true_us(left, left_clock.reading().time_of(at));
    const auto other = true_us(right, right_clock.reading().time_of(at));
    CHECK(std::abs(one - 61'000'000) < 1000);
    CHECK(std::abs(one - other) < 1500);
}

TEST_CASE("a master whose clock is set is believed at the second exchange that says so; one strange exchange is not") {
    World world;
    MasterClock clock;
    for (int i = 0; i < 40; ++i) clock.add(world.exchange(i * 1'000'000, 300, 300));
    World set = world;
    set.master_ahead_us += 5'000'000;
    clock.add(set.exchange(40'000'000, 300, 300));
    CHECK(world.error_us(clock.reading(), 40'500'000) < 100);
    clock.add(world.exchange(41'000'000, 300, 300));
    CHECK(world.error_us(clock.reading(), 41'500'000) < 100);
    clock.add(set.exchange(42'000'000, 300, 300));
    clock.add(set.exchange(43'000'000, 300, 300));
    CHECK(set.error_us(clock.reading(), 43'500'000) < 100);
}

TEST_CASE("an exchange that cannot have been is not counted") {
    const World world;
    MasterClock clock;
    auto sample = world.exchange(0, 300, 300);
    std::swap(sample.sent, sample.arrived);
    clock.add(sample);
    auto longer_inside = world.exchange(0, 300, 300, 50'000);
    longer_inside.arrived = longer_inside.sent + 1ms;
    clock.add(longer_inside);
    CHECK_FALSE(clock.reading().measured);
}

TEST_CASE("before the first exchange a message's own time is a guess, and afterwards is none") {
    const World world;
    MasterClock clock;
    clock.hint(world.master(5000), world.ours(6000));
    CHECK(world.error_us(clock.reading(), 10'000) == 1000);
    clock.add(world.exchange(20'000, 300, 300));
    clock.hint(world.master(0), world.ours(50'000));
    CHECK(world.error_us(clock.reading(), 60'000) < 10);
}

}  // namespace master_clock_test
