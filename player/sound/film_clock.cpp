#include "player/sound/film_clock.h"

#include <algorithm>
#include <cmath>

#include "player/sound/mixer.h"

namespace hallcast::sound {

namespace {

// How far the clock goes on when the next callback is late; then it stands, because the device does.
constexpr std::int64_t longest_piece_ns = 100'000'000;
// An error is made good in about this time ...
constexpr double steering_time = 1e9;
// ... and the device's speed is learnt from it: a clock that only steered would stay an error behind, a millisecond for
// each thousandth that the device is off. The gain is that of a line laid through the callbacks so far, at least
// through those of half a second (what is known before the first: a device's speed is 1) and at most through the last
// four.
constexpr double fewest_callbacks = 25, most_callbacks = 200;
// Virtual machines have devices that are off by a hundredth and more.
constexpr double most_drift = 0.03;
// The clock differs from the steady one by no more than this, or with a gross error (a device that stalled) than that.
constexpr double steering = 0.05, gross_steering = 0.2;
constexpr double gross_error = 200e6;

std::int64_t nanoseconds_of(std::uint64_t frames) { return std::int64_t(frames) * 1'000'000'000 / sample_rate; }
std::int64_t nanoseconds_of(FilmClock::time_point time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

std::int64_t FilmClock::value_at(const Piece& piece, std::int64_t now) noexcept {
    // Bounded, so that a `now` of time_point::max() multiplies into no overflow; `longest_piece_ns` ends every piece
    // long before.
    const double elapsed = double(std::clamp<std::int64_t>(now - piece.begin, 0, 3'600'000'000'000));
    return std::min(piece.value + std::int64_t(piece.slope * elapsed), piece.limit);
}

void FilmClock::add(const Piece& piece) noexcept {
    last_ = piece;
    const std::uint64_t number = newest_.load(std::memory_order_relaxed) + 1;
    SharedPiece& shared = shared_[number % pieces];
    shared.begin.store(piece.begin, std::memory_order_release);
    shared.value.store(piece.value, std::memory_order_release);
    shared.limit.store(piece.limit, std::memory_order_release);
    shared.slope.store(piece.slope, std::memory_order_release);
    newest_.store(number, std::memory_order_release);
}

void FilmClock::heard(time_point at, std::uint64_t before, std::size_t count, std::size_t frames) noexcept {
    const std::int64_t after = nanoseconds_of(before + count);
    const std::int64_t begin = std::max(nanoseconds_of(at), last_.begin);
    const std::int64_t value = value_at(last_, begin);
    if (count == 0) {
        if (running_) add({begin, value, std::max(value, after), 1.0});
        running_ = false;
        return;
    }
    const std::int64_t counted = nanoseconds_of(before) + (begin - nanoseconds_of(at));
    const std::int64_t error = counted - value;
    const bool full = count == frames;
    const std::int64_t limit = full ? std::max(value, after) + longest_piece_ns : std::max(value, after);
    if (!running_ && error < 0) {
        // It stopped late, by what it had guessed ahead: it starts as much later.
        add({begin - error, value, std::max(limit, value), 1.0});
    } else {
        const double most = std::abs(double(error)) > gross_error ? gross_steering : steering;
        if (running_) learn(double(error), double(nanoseconds_of(frames)));
        add({begin, value, limit, 1.0 + std::clamp(drift_ + double(error) / steering_time, -most, most)});
    }
    running_ = full;
}

void FilmClock::learn(double error, double block) noexcept {
    // What is further away than the clock can steer in a second is no drift: the device has stalled or skipped.
    if (std::abs(error) > steering * steering_time) return;
    callbacks_ = std::clamp(callbacks_ + 1, fewest_callbacks, most_callbacks);
    drift_ += 6 / ((callbacks_ + 1) * (callbacks_ + 2)) * error / block;
    drift_ = std::clamp(drift_, -most_drift, most_drift);
}

std::chrono::nanoseconds FilmClock::at(time_point time) const noexcept {
    const std::int64_t now = nanoseconds_of(time);
    for (;;) {
        const std::uint64_t newest = newest_.load(std::memory_order_acquire);
        std::int64_t value = 0;
        for (std::uint64_t back = 0; back < std::min(history, newest); ++back) {
            const SharedPiece& shared = shared_[(newest - back) % pieces];
            Piece piece;
            piece.begin = shared.begin.load(std::memory_order_acquire);
            piece.value = shared.value.load(std::memory_order_acquire);
            piece.limit = shared.limit.load(std::memory_order_acquire);
            piece.slope = shared.slope.load(std::memory_order_acquire);
            value = value_at(piece, std::max(now, piece.begin));
            if (piece.begin <= now) break;
        }
        // Pieces that the writer may have begun to overwrite meanwhile do not count. Happens only to a reader that was
        // put to sleep in here, so that this is no spinning.
        if (newest_.load(std::memory_order_relaxed) - newest < pieces - history) return std::chrono::nanoseconds(value);
    }
}

}  // namespace hallcast::sound
