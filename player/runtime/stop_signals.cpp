#include "player/runtime/stop_signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "protocol/base/error.h"

namespace hallcast::runtime {

StopSignals::StopSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    HALLCAST_ASSERT(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
    signals_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    HALLCAST_ASSERT(signals_ >= 0);
}

StopSignals::~StopSignals() { ::close(signals_); }

bool StopSignals::requested() {
    signalfd_siginfo info;
    if (!requested_ && ::read(signals_, &info, sizeof info) == ssize_t(sizeof info)) requested_ = true;
    return requested_;
}

void StopSignals::wait(std::optional<std::chrono::seconds> at_most) {
    using namespace std::chrono;
    const auto end = at_most ? steady_clock::now() + *at_most : steady_clock::time_point::max();
    while (!requested() && steady_clock::now() < end) {
        pollfd descriptor{.fd = signals_, .events = POLLIN, .revents = 0};
        const auto left = at_most ? duration_cast<milliseconds>(end - steady_clock::now()) : milliseconds(3'600'000);
        ::poll(&descriptor, 1, int(std::min<std::int64_t>(left.count() + 1, 3'600'000)));
    }
}

}  // namespace hallcast::runtime
