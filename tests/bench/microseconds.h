// How long a piece of work takes, for benchmarks in one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>

// Of one call of `work`, tried for so many seconds: the best of five rounds, since what else the machine does is no
// cost of ours.
inline double microseconds(double seconds, const std::function<void()>& work) {
    using Clock = std::chrono::steady_clock;
    work();
    double best = 1e9;
    for (int round = 0; round < 5; ++round) {
        const auto begin = Clock::now();
        int times = 0;
        double passed = 0;
        do {
            work();
            ++times;
            passed = std::chrono::duration<double>(Clock::now() - begin).count();
        } while (passed < seconds / 5);
        best = std::min(best, passed / times * 1e6);
    }
    return best;
}
