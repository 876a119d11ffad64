#include "player/sound/film_clock.h"

#include <random>

#include "player/sound/mixer.h"
#include "tests/catch.h"

namespace film_clock_test {

using namespace hallcast::sound;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t block = 960;
const std::chrono::steady_clock::time_point start{5000s};

TEST_CASE("The film's clock is smooth, never goes back and follows the counted samples under jittered callbacks") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::uniform_int_distribution<std::int64_t> jitter(-8'000'000, 8'000'000);
    FilmClock clock;
    const double speed = GENERATE(1.0, 1.0005, 0.985, 1.015);  // the device's clock against ours
    constexpr auto latency = 40ms;
    auto last = 0ns;
    double worst = 0, sum = 0;
    int readings = 0;
    std::int64_t now = 0;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const double truth = double(i) * 20e6 / speed;
        clock.heard(start + nanoseconds(std::int64_t(truth) + jitter(random)) + latency, i * block, block, block);
        // Readers of "now", which is the latency before what is being mixed.
        for (; double(now) < truth; now += 1'000'000) {
            const auto played = clock.at(start + nanoseconds(now));
            REQUIRE(played >= last);
            REQUIRE((played - last).count() <= 1'000'000 * 1.051 + 2);
            last = played;
            if (i > 200) {
                const double true_position = std::max(0.0, (double(now) - 40e6) * speed);
                worst = std::max(worst, std::abs(double(played.count()) - true_position));
                sum += double(played.count()) - true_position;
                ++readings;
            }
        }
    }
    CHECK(worst < 10e6);
    CHECK(std::abs(sum / readings) < 1e6);  // a clock that does not learn the device's speed is 15 ms off at 1.5 %
}

TEST_CASE("The film's clock goes on for a while when a callback is late, and stands when none comes any more") {
    FilmClock clock;
    clock.heard(start, 0, block, block);
    CHECK(clock.at(start + 10ms) == 10ms);
    CHECK(clock.at(start + 60ms) == 60ms);
    CHECK(clock.at(start + 10s) == 120ms);
    CHECK(clock.at(std::chrono::steady_clock::time_point::max()) == 120ms);
}

TEST_CASE("The film's clock stands still at the end of what was written and goes on without a jump") {
    FilmClock clock;
    clock.heard(start, 0, block, block);
    clock.heard(start + 20ms, block, 480, block);  // runs dry after 30 ms
    CHECK(clock.at(start + 29ms) == 29ms);
    CHECK(clock.at(start + 5s) == 30ms);
    clock.heard(start + 40ms, block + 480, 0, block);
    clock.heard(start + 6s, block + 480, block, block);
    CHECK(clock.at(start + 6s) == 30ms);
    CHECK(clock.at(start + 6s + 15ms) == 45ms);
}

TEST_CASE("The film's clock answers for a moment before the first sample") {
    FilmClock clock;
    CHECK(clock.at(start) == 0ns);
    clock.heard(start, 0, block, block);
    CHECK(clock.at(start - 1s) == 0ns);
}

}  // namespace film_clock_test
