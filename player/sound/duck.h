// The gain of the film under an announcement: an envelope that goes down before speech and comes back slowly after it.
#pragma once

#include <span>

#include "player/sound/mixer.h"

namespace hallcast::sound {

constexpr float duck_depth_db = -18.0f;
// The envelope begins this many frames before the first sample of an announcement ...
constexpr int duck_lead_frames = sample_rate * int(duck_lead.count()) / 1000;
// ... and is down 10 ms before it, so that no consonant is masked.
constexpr int duck_attack_frames = sample_rate * 110 / 1000;
// Longer than the gap between two announcements less the lead, so that the film does not pump between them.
constexpr int duck_hold_frames = sample_rate * 400 / 1000;
constexpr int duck_release_frames = sample_rate * 500 / 1000;

// Externally synchronized.
class Duck {
  public:
    // Applies the envelope to interleaved frames, all of which want the film down, or up.
    void apply(std::span<float> interleaved, bool down) noexcept;
    bool open() const noexcept { return depth_ == 0.0f; }

  private:
    float depth_ = 0.0f;  // 0: the film as it is, exactly; 1: fully ducked. Moves linearly in time.
};

}  // namespace hallcast::sound
