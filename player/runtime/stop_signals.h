// SIGINT, SIGTERM and SIGHUP as something the main thread waits for, instead of a handler that interrupts.
#pragma once

#include <chrono>
#include <optional>

namespace hallcast::runtime {

// Make it in main(), before any thread: those started later inherit the blocked signals. Externally synchronized.
class StopSignals {
  public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    int descriptor() const { return signals_; }  // readable when a signal came
    bool requested();
    // Sleeps until a signal came, or until `at_most` is over.
    void wait(std::optional<std::chrono::seconds> at_most);

  private:
    int signals_;
    bool requested_ = false;
};

}  // namespace hallcast::runtime
