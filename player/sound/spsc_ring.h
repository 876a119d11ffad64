// A bounded queue from one thread to one other that never locks, waits or allocates after construction.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace hallcast::sound {

// One producer thread calls write() and space(), one consumer thread the rest.
template <typename T>
class SpscRing {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    explicit SpscRing(std::size_t capacity) : slots_(capacity) {}

    std::size_t space() const noexcept {
        return slots_.size() - (written_.load(std::memory_order_relaxed) - read_.load(std::memory_order_acquire));
    }
    // Takes the first of `items` that there is room for; returns how many.
    std::size_t write(std::span<const T> items) noexcept {
        const std::uint64_t written = written_.load(std::memory_order_relaxed);
        const std::size_t count = std::min(items.size(), space());
        const std::size_t at = written % slots_.size();
        const std::size_t first = std::min(count, slots_.size() - at);
        std::copy_n(items.begin(), first, slots_.begin() + at);
        std::copy_n(items.begin() + first, count - first, slots_.begin());
        written_.store(written + count, std::memory_order_release);
        return count;
    }

    std::size_t available() const noexcept {
        return written_.load(std::memory_order_acquire) - read_.load(std::memory_order_relaxed);
    }
    std::size_t read(std::span<T> items) noexcept {
        const std::uint64_t read = read_.load(std::memory_order_relaxed);
        const std::size_t count = std::min(items.size(), available());
        const std::size_t at = read % slots_.size();
        const std::size_t first = std::min(count, slots_.size() - at);
        std::copy_n(slots_.begin() + at, first, items.begin());
        std::copy_n(slots_.begin(), count - first, items.begin() + first);
        read_.store(read + count, std::memory_order_release);
        return count;
    }

    // As seen by any thread: nothing is waiting.
    bool empty() const noexcept {
        const std::uint64_t read = read_.load(std::memory_order_acquire);
        return written_.load(std::memory_order_acquire) == read;
    }

  private:
    std::vector<T> slots_;
    alignas(64) std::atomic<std::uint64_t> written_{0};
    alignas(64) std::atomic<std::uint64_t> read_{0};
};

}  // namespace hallcast::sound
