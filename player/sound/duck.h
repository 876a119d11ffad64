// The gain of the film under an announcement: an envelope that goes down before speech and comes back slowly after it.
#pragma once

#include <span>

#include "player/sound/mixer.h"

namespace hallcast::sound {

// Externally synchronized.
class Duck {
  public:
    explicit Duck(const DuckSettings& settings);

    // A way that is begun is gone to its end as it was; the depth is reached at 150 dB a second.
    void set(const DuckSettings& settings) noexcept;
    // Applies the envelope to interleaved frames, all of which want the film down, or up.
    void apply(std::span<float> interleaved, bool down) noexcept;
    bool open() const noexcept { return depth_ == 0.0f; }

  private:
    float gain_at(float depth) const noexcept;

    struct Steps {
        float down, up;  // of `depth_`, for each frame
    };
    Steps wanted_steps_, steps_;        // of the next way, and of the one that is gone
    float wanted_log_gain_, log_gain_;  // of the film that is fully down, as a natural logarithm
    float depth_ = 0.0f;                // 0: the film as it is, exactly; 1: fully down. Moves linearly in time.
};

}  // namespace hallcast::sound
