#include "player/runtime/waker.h"

#include <unistd.h>

#include <csignal>
#include <thread>

#include "player/runtime/stop_signals.h"
#include "tests/catch.h"

namespace hallcast::runtime {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::steady_clock;

TEST_CASE("the main thread sleeps until its moment") {
    Waker waker;
    const auto moment = steady_clock::now() + milliseconds(20);
    waker.sleep_until(moment);
    CHECK(steady_clock::now() >= moment);
    waker.sleep_until(moment);  // past: does not wait
}

TEST_CASE("news from another thread wakes it at once, also when they came before it slept") {
    Waker waker;
    const auto far = steady_clock::now() + minutes(10);
    waker.wake();
    waker.sleep_until(far);
    CHECK(steady_clock::now() < far);
    std::jthread other([&] { waker.wake(); });
    waker.sleep_until(far);
    CHECK(steady_clock::now() < far);
}

TEST_CASE("a stop signal wakes it and is remembered") {
    StopSignals stop;
    Waker waker(stop.descriptor());
    CHECK_FALSE(stop.requested());
    ::kill(::getpid(), SIGTERM);
    const auto far = steady_clock::now() + minutes(10);
    waker.sleep_until(far);
    CHECK(steady_clock::now() < far);
    CHECK(stop.requested());
    CHECK(stop.requested());
}

}  // namespace hallcast::runtime
