#include "player/runtime/pacer.h"

#include <random>

#include "tests/catch.h"

namespace hallcast::runtime {
namespace pacer_test {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Moment = Pacer::Moment;

constexpr nanoseconds one_refresh{16'666'667};
constexpr Moment first_moment{std::chrono::seconds(1000)};

}  // namespace pacer_test

using namespace pacer_test;

TEST_CASE("each refresh gets its picture on a grid from the start, and no error adds up") {
    Pacer pacer(first_moment, one_refresh);
    std::mt19937_64 random(20261124);
    std::uniform_int_distribution<int> tremble(0, 3'000);  // microseconds
    Moment now = first_moment;
    for (int i = 1; i <= 100'000; ++i) {
        const auto next = pacer.next(now, now);
        REQUIRE(next.number == i);
        REQUIRE(next.at == first_moment + i * one_refresh);
        REQUIRE(next.draw_at < next.at);
        pacer.drawn(microseconds(tremble(random)));
        now = next.at + microseconds(tremble(random));
        pacer.shown(next, now, true);
    }
    CHECK(pacer.statistics().presented == 100'000);
    CHECK(pacer.statistics().late == 0);
    CHECK(pacer.statistics().missed == 0);
}

TEST_CASE("drawing begins as much earlier as it takes, and forgets a single dear picture") {
    Pacer pacer(first_moment, one_refresh);
    const auto lead = [&] {
        const auto next = pacer.next(first_moment, first_moment);
        return next.at - next.draw_at;
    };
    pacer.drawn(milliseconds(5));
    CHECK(lead() > milliseconds(5));
    CHECK(lead() < milliseconds(7));
    for (int i = 0; i < 1000; ++i) pacer.drawn(microseconds(500));
    CHECK(lead() < microseconds(1400));
    pacer.drawn(milliseconds(300));  // never so early that the picture before is not shown yet
    CHECK(lead() <= one_refresh * 3 / 4);
}

TEST_CASE("a thread that wakes late still shows its picture, unless the display itself would wait for the next one") {
    Pacer pacer(first_moment, one_refresh);
    const auto planned = pacer.next(first_moment, first_moment);
    const auto number_at = [&](nanoseconds after) { return pacer.next(planned.at + after, planned.at).number; };
    CHECK(number_at(milliseconds(-5)) == planned.number);
    CHECK(number_at(milliseconds(8)) == planned.number);
    CHECK(number_at(milliseconds(9)) == planned.number + 1);
    pacer.refreshed(planned.at);
    CHECK(number_at(milliseconds(-5)) == planned.number);
    CHECK(number_at(milliseconds(0)) == planned.number + 1);
}

TEST_CASE("a refresh that was missed is counted when one was wanted, and the next one is on the grid again") {
    Pacer pacer(first_moment, one_refresh);
    auto next = pacer.next(first_moment, first_moment);
    pacer.shown(next, next.at, true);
    const Moment late = first_moment + 4 * one_refresh + milliseconds(3);
    next = pacer.next(late, late);
    CHECK(next.number == 5);
    pacer.shown(next, next.at + milliseconds(10), true);
    CHECK(pacer.statistics().missed == 3);
    CHECK(pacer.statistics().late == 1);
    CHECK(pacer.statistics().worst_lateness == milliseconds(10));
    next = pacer.next(next.at, first_moment + 90 * one_refresh);  // a still screen: nothing is due before
    CHECK(next.number == 90);
    pacer.shown(next, next.at, false);
    CHECK(pacer.statistics().missed == 3);
}

TEST_CASE("a picture is never shown twice for one refresh, and one that is due is shown at the first that is left") {
    Pacer pacer(first_moment, one_refresh);
    const auto first = pacer.next(first_moment, first_moment);
    pacer.unchanged(first);
    CHECK(pacer.next(first_moment, first_moment).number == first.number + 1);
    CHECK(pacer.next(first.at, first.at - milliseconds(200)).number == first.number + 1);
    CHECK(pacer.last().number == first.number);
    CHECK(pacer.since_start(first) == one_refresh);
}

TEST_CASE("the grid goes to where the display's refreshes are") {
    Pacer pacer(first_moment, one_refresh);
    const nanoseconds real{16'683'350};  // 59.94 a second
    const Moment display = first_moment + milliseconds(9);
    std::mt19937_64 random(5);
    std::uniform_int_distribution<int> tremble(0, 400);
    Moment now = first_moment;
    int missed = 0;
    for (int i = 0; i < 6000; ++i) {
        const auto next = pacer.next(now, now);
        const auto vertical = (std::max(next.draw_at, now) - display + real - nanoseconds(1)) / real;
        const Moment swapped = display + vertical * real;
        now = swapped + microseconds(tremble(random));
        pacer.shown(next, swapped, true);
        pacer.refreshed(now);
        if (i > 300 && std::chrono::abs(swapped - pacer.last().at) > milliseconds(2)) ++missed;
    }
    CHECK(missed == 0);
}

}  // namespace hallcast::runtime
