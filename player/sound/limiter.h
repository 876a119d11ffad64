// Keeps the bus below its ceiling, which counts true peaks: looks 2 ms ahead, turns down smoothly, and leaves what is
// below alone, to the bit.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace hallcast::sound {

constexpr float ceiling = 0.8912509f;  // -1 dBTP: what converters and cheap amplifiers still reproduce unclipped
// What is turned down is turned down by so much more: four points to a sample miss up to that of a tone of 9 kHz, and
// the gain moves.
constexpr float limiter_margin = 0.9885531f;  // -0.1 dB

// Peaks between the samples too, by fourfold oversampling (ITU-R BS.1770-4, annex 2). Its filter is an example; ours is
// a sinc of as many taps under a Hann window, which passes the samples themselves unchanged.
class TruePeaks {
  public:
    static constexpr int taps = 12;                // of each of the three points between two samples
    static constexpr int delay_frames = taps / 2;  // a peak is known that many frames after the sample before it
    static constexpr std::size_t most_frames = 64;
    using Peaks = std::array<float, most_frames>;

    // For each frame (at most `most_frames`, interleaved stereo) the highest |value| of both channels, from the frame
    // that is `delay_frames` before it to the one after that. False, and nothing in `peaks`: none is above `most`.
    bool measure(std::span<const float> interleaved, Peaks& peaks, float most) noexcept;

  private:
    static constexpr std::size_t history = taps - 1;
    std::array<std::array<float, history + most_frames>, 2> samples_{};  // of each channel; the last ones come first
};

// Stereo, interleaved, in place. Externally synchronized. The output is the input `delay_frames` earlier.
class Limiter {
  public:
    static constexpr int delay_frames = 96;

    Limiter();
    void process(std::span<float> interleaved) noexcept;
    // Nothing audible is left in the delay line.
    bool silent() const noexcept { return silent_frames_ > delay_frames; }

  private:
    // Each output gain is the mean of `smoothing` gains, each of which is at most what is needed within `hold` frames.
    // The hold is longer by the reach of a peak's filter, so that around a peak, where its samples count, the gain is
    // no higher than the peak needs: before it by 6 frames, after it by 5. Integers, because a running sum of floats
    // would drift away from exactly 1.
    static constexpr int hold = delay_frames + 1;
    static constexpr int smoothing = delay_frames + 2 - TruePeaks::taps;
    static constexpr std::int64_t unity = 1 << 24;
    static constexpr std::int64_t release_step = unity / 9600;  // back up in 200 ms

    struct Need {
        std::uint64_t frame;
        std::int64_t gain;
    };

    void chunk(std::span<float> interleaved) noexcept;
    void delay(float& left, float& right) noexcept;
    void limit(float& left, float& right, float peak) noexcept;
    void push_need(std::int64_t gain) noexcept;

    TruePeaks peaks_;
    std::array<float, 2 * delay_frames> delay_{};
    std::array<std::int64_t, smoothing> held_{};  // the last gains after release, whose mean is the output gain
    std::int64_t held_sum_ = unity * smoothing;
    std::int64_t gain_ = unity;
    // The smallest need of the last `hold` frames, as a monotonic queue: the front is the minimum.
    std::array<Need, hold> needs_{};
    std::uint64_t needs_begin_ = 0, needs_end_ = 0;
    std::uint64_t frame_ = 0;
    std::size_t delay_at_ = 0, held_at_ = 0;
    int silent_frames_ = delay_frames + 1;
};

}  // namespace hallcast::sound
