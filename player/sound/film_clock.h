// How much of the film has been heard, as a smooth function of time that the audio thread extends and anyone reads.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace hallcast::sound {

// The function is made of straight pieces. Each callback adds one that begins where and when its first sample is heard,
// so that what was said about earlier moments stays said: no reader ever sees a jump. A device's callbacks jitter, so a
// piece steers towards the counted samples with a slope near 1 and never jumps to them. The device's speed is learnt,
// so that a device whose clock is off by a hundredth is told as well as one that is right.
class FilmClock {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    // Of each mixed block: `before` film frames came before it, it begins with `count` of them and has room for
    // `frames`. One thread. No lock, no allocation.
    void heard(time_point at, std::uint64_t before, std::size_t count, std::size_t frames) noexcept;

    // Any thread. Never back for a `now` that does not go back.
    std::chrono::nanoseconds at(time_point now) const noexcept;

  private:
    // value(t) = min(value + slope * (t - begin), limit); before `begin` the piece before holds.
    struct Piece {
        std::int64_t begin = 0, value = 0, limit = 0;  // nanoseconds
        double slope = 0;
    };
    struct SharedPiece {
        std::atomic<std::int64_t> begin{0}, value{0}, limit{0};
        std::atomic<double> slope{0};
    };
    // A reader looks back at most `history` pieces; the writer is that many pieces away from overwriting them, 0.6 s.
    static constexpr std::uint64_t pieces = 64, history = 32;

    static std::int64_t value_at(const Piece& piece, std::int64_t now) noexcept;
    void add(const Piece& piece) noexcept;
    // From a callback that came `error` off what was foretold, both in nanoseconds.
    void learn(double error, double block) noexcept;

    std::array<SharedPiece, pieces> shared_;
    std::atomic<std::uint64_t> newest_{0};  // number of the newest piece; piece 0 is the clock that stands at zero

    Piece last_;  // the writer's own copy of the newest piece
    bool running_ = false;
    double drift_ = 0;  // of the device's speed, from 1
    double callbacks_ = 0;
};

}  // namespace hallcast::sound
