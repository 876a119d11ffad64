// Keeps the bus below its ceiling: looks 2 ms ahead, turns down smoothly, and leaves what is below alone, to the bit.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace hallcast::sound {

constexpr float ceiling = 0.8912509f;  // -1 dBFS: what converters and cheap amplifiers still reproduce unclipped

// Stereo, interleaved, in place. Externally synchronized. The output is the input `delay_frames` earlier.
class Limiter {
  public:
    static constexpr int delay_frames = 96;

    Limiter();
    void process(std::span<float> interleaved) noexcept;
    // Nothing audible is left in the delay line.
    bool silent() const noexcept { return silent_frames_ > delay_frames; }

  private:
    // Each output gain is the mean of `window` gains, each of which is at most what the output frame needs: the mean is
    // too. Integers, because a running sum of floats would drift away from exactly 1.
    static constexpr int window = delay_frames + 1;
    static constexpr std::int64_t unity = 1 << 24;
    static constexpr std::int64_t release_step = unity / 9600;  // back up in 200 ms

    struct Need {
        std::uint64_t frame;
        std::int64_t gain;
    };

    void frame(float& left, float& right) noexcept;
    bool needs_nothing(std::span<const float> interleaved) const noexcept;
    void delay_only(std::span<float> interleaved) noexcept;
    void push_need(std::int64_t gain) noexcept;

    std::array<float, 2 * delay_frames> delay_{};
    std::array<std::int64_t, window> held_{};  // the last gains after release, whose mean is the output gain
    std::int64_t held_sum_ = unity * window;
    std::int64_t gain_ = unity;
    // The smallest need of the last `window` frames, as a monotonic queue: the front is the minimum.
    std::array<Need, window> needs_{};
    std::uint64_t needs_begin_ = 0, needs_end_ = 0;
    std::uint64_t frame_ = 0;
    std::size_t delay_at_ = 0, held_at_ = 0;
    int silent_frames_ = window + 1;
};

}  // namespace hallcast::sound
