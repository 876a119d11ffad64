// One question on its way to an answer: when it is sent (again), and when it is given up.
#pragma once

#include <chrono>
#include <string>

#include "protocol/resend.h"

namespace hallcast::wire {

// The same bytes each time, so that whoever is asked can tell a repetition. Pure. One thread.
class Question {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // The first pause is more than an answer takes on a good day; the longest is for large answers over a slow line,
    // which must not be asked for faster than they come.
    Question(std::string bytes, Time end, std::uint32_t seed)
        : bytes_(std::move(bytes)),
          end_(end),
          resend_(std::chrono::milliseconds(500), std::chrono::milliseconds(2000), seed) {}

    const std::string& bytes() const { return bytes_; }
    bool due(Time now) const { return resend_.due(now); }
    void sent(Time now) {
        resend_.sent(now);
        was_sent_ = true;
    }
    void reconnected() { resend_.at_once(); }
    bool was_sent() const { return was_sent_; }
    bool over(Time now) const { return now >= end_; }
    Time end() const { return end_; }
    Time next() const { return std::min(end_, resend_.at()); }

  private:
    std::string bytes_;
    Time end_;
    Resend resend_;
    bool was_sent_ = false;
};

}  // namespace hallcast::wire
