// How hot the machine's processor is.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

namespace hallcast::runtime {

// The hottest of the kernel's sensors, degrees Celsius; nothing where there is none that can be read. Reads a few small
// files of `sys` that lie in no disk.
std::optional<double> hottest_celsius(const std::filesystem::path& sys = "/sys");

// Looks again and again on a thread of its own: some sensors take longer to answer than a picture may take. Internally
// synchronized.
class Thermometer {
  public:
    explicit Thermometer(std::chrono::seconds every = std::chrono::seconds(5));
    std::optional<double> celsius() const {
        const std::lock_guard lock(mutex_);
        return celsius_;
    }

  private:
    mutable std::mutex mutex_;
    std::optional<double> celsius_;  // protected by mutex_
    std::jthread thread_;            // last: it uses everything above
};

}  // namespace hallcast::runtime
