#include "player/runtime/waker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "protocol/base/error.h"

namespace hallcast::runtime {

Waker::Waker(int also) : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), also_(also) { HALLCAST_ASSERT(event_ >= 0); }

Waker::~Waker() { ::close(event_); }

void Waker::wake() noexcept {
    const std::uint64_t one = 1;
    // Full only after 2^64 wakes; then it is awake anyway.
    [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

void Waker::sleep_until(std::chrono::steady_clock::time_point moment) {
    using namespace std::chrono;
    const nanoseconds left = std::max(nanoseconds(0), duration_cast<nanoseconds>(moment - steady_clock::now()));
    const nanoseconds bounded = std::min(left, nanoseconds(hours(1)));
    const timespec wait{.tv_sec = time_t(bounded.count() / 1'000'000'000),
                        .tv_nsec = long(bounded.count() % 1'000'000'000)};
    pollfd descriptors[] = {{.fd = event_, .events = POLLIN, .revents = 0},
                            {.fd = also_, .events = POLLIN, .revents = 0}};
    if (::ppoll(descriptors, 2, &wait, nullptr) <= 0) return;
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(event_, &count, sizeof count);
}

}  // namespace hallcast::runtime
