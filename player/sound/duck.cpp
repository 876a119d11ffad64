#include "player/sound/duck.h"

#include <algorithm>
#include <cmath>

namespace hallcast::sound {

namespace {

// The film is down that long before the first sample of an announcement, so that no consonant is masked.
constexpr std::chrono::milliseconds down_before{10};

float step_of(std::chrono::milliseconds length) {
    return 1.0f / float(std::max<std::int64_t>(length.count(), 1) * sample_rate / 1000);
}

}  // namespace

Duck::Duck(const DuckSettings& settings)
    : log_gain_(settings.depth_db * 0.115129255f),  // ln(10) / 20
      down_step_(step_of(settings.lead - down_before)),
      up_step_(step_of(settings.release)) {}

// Without a corner at either end (smoothstep, in decibels): corners of a gain are heard as clicks.
float Duck::gain_at(float depth) const noexcept { return std::exp(log_gain_ * depth * depth * (3.0f - 2.0f * depth)); }

void Duck::apply(std::span<float> interleaved, bool down) noexcept {
    std::size_t at = 0;
    const float step = down ? down_step_ : -up_step_;
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
