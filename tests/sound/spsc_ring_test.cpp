#include "player/sound/spsc_ring.h"

#include <thread>

#include "tests/catch.h"
#include "tests/sanitized.h"

namespace spsc_ring_test {

TEST_CASE("A ring hands on everything in order between two threads") {
    hallcast::sound::SpscRing<int> ring(37);
    constexpr int count = hallcast::tests::sanitized ? 20'000 : 200'000;
    std::jthread producer([&] {
        for (int next = 0; next < count;) {
            const int chunk[3] = {next, next + 1, next + 2};
            next += int(ring.write(std::span(chunk).first(std::size_t(std::min(3, count - next)))));
        }
    });
    int expected = 0, wrong = 0;
    int items[5];
    while (expected < count) {
        const std::size_t read = ring.read(items);
        for (std::size_t i = 0; i < read; ++i) wrong += items[i] != expected++;
    }
    CHECK(wrong == 0);
    CHECK(ring.empty());
}

TEST_CASE("A full ring takes no more") {
    hallcast::sound::SpscRing<int> ring(4);
    const int items[6] = {1, 2, 3, 4, 5, 6};
    CHECK(ring.write(items) == 4);
    CHECK(ring.space() == 0);
    CHECK(ring.write(items) == 0);
    CHECK(ring.available() == 4);
}

}  // namespace spsc_ring_test
