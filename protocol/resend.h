// When a question is asked again: pauses that grow, and are random so that many who lost one master do not ask it again
// in the same millisecond.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace hallcast::wire {

// Pure. One thread.
class Resend {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Milliseconds = std::chrono::milliseconds;

    Resend(Milliseconds first, Milliseconds longest, std::uint32_t seed)
        : first_(first), longest_(longest), pause_(first), random_(seed) {}

    bool due(Time now) const { return now >= at_; }
    Time at() const { return at_; }
    void sent(Time now) {
        at_ = now + Milliseconds(std::uniform_int_distribution<Milliseconds::rep>(pause_.count() * 3 / 4,
                                                                                  pause_.count() * 5 / 4)(random_));
        pause_ = std::min(longest_, pause_ * 3 / 2);
    }
    // What was sent before went with the old connection.
    void at_once() { at_ = Time::min(); }
    // The next is another question.
    void start_over() {
        at_once();
        pause_ = first_;
    }

  private:
    Milliseconds first_, longest_, pause_;
    std::minstd_rand random_;
    Time at_ = Time::min();
};

}  // namespace hallcast::wire
