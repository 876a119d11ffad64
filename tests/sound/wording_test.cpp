#include "player/sound/wording.h"

#include <vector>

#include "tests/catch.h"

namespace wording_test {

using namespace hallcast::sound;
using namespace std::chrono_literals;

const std::chrono::steady_clock::time_point now{100s};
const WordingLengths lengths{{8s, 4s, 1s}};

Wording choose(std::size_t calls, std::chrono::seconds valid) {
    const std::vector<WaitingCall> waiting(calls, WaitingCall{now, now + valid});
    return choose_wording(waiting, now, lengths);
}

TEST_CASE("A few calls are spoken in full, more in one language, very many by the chime") {
    CHECK(choose(1, 60s) == Wording::full);
    CHECK(choose(4, 60s) == Wording::full);          // the last begins after 25.2 s
    CHECK(choose(5, 60s) == Wording::visitor_only);  // 33.6 s: valid, but beyond patience
    CHECK(choose(14, 60s) == Wording::visitor_only);
    CHECK(choose(15, 60s) == Wording::chime_only);
    CHECK(choose(60, 60s) == Wording::chime_only);
}

TEST_CASE("A call that cannot be reached in time shortens nobody's speech") {
    std::vector<WaitingCall> waiting{{now, now + 60s}, {now, now - 1s}};
    CHECK(choose_wording(waiting, now, lengths) == Wording::full);
    waiting[1].expires_at = now + 5s;
    CHECK(choose_wording(waiting, now, lengths) == Wording::visitor_only);
}

TEST_CASE("Nobody waiting needs no shortening") { CHECK(choose_wording({}, now, lengths) == Wording::full); }

}  // namespace wording_test
