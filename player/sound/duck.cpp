#include "player/sound/duck.h"

#include <algorithm>
#include <cmath>

namespace hallcast::sound {

namespace {

constexpr float log_duck_gain = duck_depth_db * 0.115129255f;  // ln(10) / 20

// Without a corner at either end (smoothstep, in decibels): corners of a gain are heard as clicks.
float gain_at(float depth) { return std::exp(log_duck_gain * depth * depth * (3.0f - 2.0f * depth)); }

}  // namespace

void Duck::apply(std::span<float> interleaved, bool down) noexcept {
    std::size_t at = 0;
    const float step = down ? 1.0f / duck_attack_frames : -1.0f / duck_release_frames;
    const float target = down ? 1.0f : 0.0f;
    for (; at < interleaved.size() && depth_ != target; at += channels) {
        depth_ = std::clamp(depth_ + step, 0.0f, 1.0f);
        const float gain = gain_at(depth_);
        interleaved[at] *= gain;
        interleaved[at + 1] *= gain;
    }
    if (depth_ == 0.0f || at == interleaved.size()) return;
    const float duck_gain = gain_at(1.0f);
    for (; at < interleaved.size(); ++at) interleaved[at] *= duck_gain;
}

}  // namespace hallcast::sound
