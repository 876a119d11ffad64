// Lets the main thread sleep until a moment, to the fraction of a millisecond, or until another thread has news for it.
#pragma once

#include <chrono>

namespace hallcast::runtime {

// wake() may be called from any thread; sleep_until() from one thread.
class Waker {
  public:
    // `also` is a descriptor that wakes too when it is readable (the stop signals); -1: none.
    explicit Waker(int also = -1);
    ~Waker();
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    void wake() noexcept;
    // Returns when woken or when the moment has come. A wake() before the call counts.
    void sleep_until(std::chrono::steady_clock::time_point moment);

  private:
    int event_;
    int also_;
};

}  // namespace hallcast::runtime
