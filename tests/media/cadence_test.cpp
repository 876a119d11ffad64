#include <random>

#include "player/media/cadence_clock.h"
#include "tests/catch.h"

namespace hallcast::media {
namespace cadence_test {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using Moment = CadenceClock::Moment;

constexpr nanoseconds refresh{16'666'667};
constexpr Moment start{std::chrono::seconds(5000)};

struct Hold {
    int picture;
    int refreshes;
};

// A film of evenly spaced pictures, their timestamps rounded to `grain`, watched for so many refreshes of the display;
// the sound's clock runs `drift` faster than ours, and each of its readings is off by up to `noise`.
struct Film {
    double rate;
    nanoseconds grain{11'111};
    double drift = 0;
    nanoseconds noise{0};
    nanoseconds begins{3'000'000};

    nanoseconds due(int picture) const {
        const auto exact = nanoseconds(std::int64_t(picture * 1e9 / rate));
        return begins + (exact + grain / 2) / grain * grain;
    }
    std::vector<Hold> watch(CadenceClock& clock, int refreshes, std::uint64_t seed) const {
        std::mt19937_64 random(seed);
        std::uniform_int_distribution<std::int64_t> off(-noise.count(), noise.count());
        std::vector<Hold> holds;
        int picture = 0;
        for (int i = 0; i < refreshes; ++i) {
            const nanoseconds passed = i * refresh;
            const nanoseconds heard{std::int64_t(double(passed.count()) * (1 + drift)) + off(random)};
            const nanoseconds time = clock.at(start + passed, heard);
            while (due(picture + 1) <= time) ++picture;
            clock.next_picture_due(due(picture + 1));
            if (holds.empty() || holds.back().picture != picture) holds.push_back({picture, 0});
            ++holds.back().refreshes;
        }
        holds.erase(holds.begin());
        holds.pop_back();
        return holds;
    }
};

int skipped(const std::vector<Hold>& holds) {
    int skipped = 0;
    for (std::size_t i = 1; i < holds.size(); ++i) skipped += holds[i].picture - holds[i - 1].picture - 1;
    return skipped;
}

}  // namespace cadence_test

using namespace cadence_test;

TEST_CASE("pictures of a film stay for a whole number of refreshes, however the sound's clock trembles") {
    const auto seed = GENERATE(1u, 2u, 3u);
    const auto begins = GENERATE(0, 1, 250'000, 3'000'000, 8'333'333, 16'666'000, 16'666'666);
    CAPTURE(seed, begins);
    for (const auto& [rate, fewest, most] :
         {std::tuple(60.0, 1, 1), {30.0, 2, 2}, {24.0, 2, 3}, {25.0, 2, 3}, {20.0, 3, 3}}) {
        CAPTURE(rate);
        const Film film{.rate = rate, .noise = std::chrono::milliseconds(6), .begins = nanoseconds(begins)};
        CadenceClock clock(refresh);
        auto holds = film.watch(clock, 3600, seed);
        // To move away from pictures that change at about a refresh may cost one of them a refresh, at the beginning.
        holds.erase(holds.begin(), holds.begin() + 4);
        CHECK(skipped(holds) == 0);
        CHECK(clock.corrections() == 0);
        for (const Hold& hold : holds) {
            CAPTURE(hold.picture);
            REQUIRE(hold.refreshes >= fewest);
            REQUIRE(hold.refreshes <= most);
        }
        // The same film by the trembling clock itself is uneven: else this test would show nothing.
        if (rate == 60.0 && begins == 3'000'000) {
            CadenceClock raw(nanoseconds(0));
            const auto uneven = film.watch(raw, 3600, seed);
            CHECK(std::any_of(uneven.begin(), uneven.end(), [](const Hold& hold) { return hold.refreshes > 1; }));
        }
    }
}

TEST_CASE("a film of 24 pictures a second shows them for 2 and 3 refreshes in turn") {
    CadenceClock clock(refresh);
    const auto holds = Film{.rate = 24}.watch(clock, 600, 1);
    for (std::size_t i = 1; i < holds.size(); ++i) CHECK(holds[i].refreshes + holds[i - 1].refreshes == 5);
}

TEST_CASE("a sound that runs fast or slow is followed by one refresh at a time") {
    const double drift = GENERATE(-300e-6, 300e-6);
    const Film film{.rate = 60, .drift = drift, .noise = microseconds(500)};
    CadenceClock clock(refresh);
    const int refreshes = 60 * 600;
    const auto holds = film.watch(clock, refreshes, 7);
    // 600 s at 300 millionths are 180 ms: 10.8 refreshes.
    CHECK(clock.corrections() >= 8);
    CHECK(clock.corrections() <= 13);
    int uneven = 0;
    for (const Hold& hold : holds) uneven += hold.refreshes != 1;
    CHECK(uneven + skipped(holds) <= 13);
    const nanoseconds passed = refreshes * refresh;
    const nanoseconds heard{std::int64_t(double(passed.count()) * (1 + drift))};
    CHECK(std::chrono::abs(clock.at(start + passed, heard) - heard) <= 2 * refresh);
}

TEST_CASE(
    "after a jump of less than a refresh pictures are no further from their time than the next refresh would be") {
    const int jump = GENERATE(-15, -11, -6, 6, 11, 15);
    CadenceClock clock(refresh);
    nanoseconds time{0}, heard{0};
    for (int i = 0; i < 600; ++i) {
        heard = i * refresh + (i < 60 ? nanoseconds(0) : nanoseconds(std::chrono::milliseconds(jump)));
        time = clock.at(start + i * refresh, heard);
    }
    CAPTURE(jump, clock.corrections());
    CHECK(std::chrono::abs(time - heard) <= nanoseconds(10'000'000));
    CHECK(clock.corrections() == (std::abs(jump) > 10 ? 1 : 0));
}

TEST_CASE("while the sound stands still the film does, which is no correction") {
    CadenceClock clock(refresh);
    clock.at(start, nanoseconds(0));
    for (int i = 1; i < 100; ++i) CHECK(clock.at(start + i * refresh, nanoseconds(0)) <= refresh);
    CHECK(clock.corrections() == 0);
}

TEST_CASE("when the sound jumps the film jumps with it, and never goes back") {
    CadenceClock clock(refresh);
    clock.at(start, nanoseconds(0));
    CHECK(clock.at(start + refresh, refresh) == refresh);
    CHECK(clock.at(start + 2 * refresh, std::chrono::seconds(3)) == std::chrono::seconds(3));
    const auto before = clock.at(start + 3 * refresh, std::chrono::seconds(3) + refresh);
    CHECK(clock.at(start + 4 * refresh, std::chrono::seconds(1)) == before);  // stands until the sound is there
    CHECK(clock.at(start + 4 * refresh, std::chrono::seconds(9)) == before);  // asked again for the same refresh
    CHECK(clock.at(start + 3 * refresh, std::chrono::seconds(9)) == before);  // and for one that is past
}

}  // namespace hallcast::media
