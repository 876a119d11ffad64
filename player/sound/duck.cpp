#include "player/sound/duck.h"

#include <algorithm>
#include <cmath>

namespace hallcast::sound {

namespace {

// The film is down that long before the first sample of an announcement, so that no consonant is masked.
constexpr std::chrono::milliseconds down_before{10};

constexpr float decibel = 0.115129255f;                    // ln(10) / 20
constexpr float depth_step = 150 * decibel / sample_rate;  // a change of depth, each frame: gentler than the ways

float step_of(std::chrono::milliseconds length) {
    return 1.0f / float(std::max<std::int64_t>(length.count(), 1) * sample_rate / 1000);
}

}  // namespace

Duck::Duck(const DuckSettings& settings) {
    set(settings);
    steps_ = wanted_steps_;
    log_gain_ = wanted_log_gain_;
}

void Duck::set(const DuckSettings& settings) noexcept {
    wanted_log_gain_ = float(settings.depth_db) * decibel;
    wanted_steps_ = {step_of(settings.lead - down_before), step_of(settings.release)};
}

// Without a corner at either end (smoothstep, in decibels): corners of a gain are heard as clicks.
float Duck::gain_at(float depth) const noexcept { return std::exp(log_gain_ * depth * depth * (3.0f - 2.0f * depth)); }

void Duck::apply(std::span<float> interleaved, bool down) noexcept {
    std::size_t at = 0;
    if (open()) log_gain_ = wanted_log_gain_;
    if (open() || depth_ == 1.0f) steps_ = wanted_steps_;
    const float step = down ? steps_.down : -steps_.up;
    const float target = down ? 1.0f : 0.0f;
    for (; at < interleaved.size() && (depth_ != target || log_gain_ != wanted_log_gain_); at += channels) {
        depth_ = std::clamp(depth_ + step, 0.0f, 1.0f);
        log_gain_ += std::clamp(wanted_log_gain_ - log_gain_, -depth_step, depth_step);
        const float gain = gain_at(depth_);
        interleaved[at] *= gain;
        interleaved[at + 1] *= gain;
    }
    if (depth_ == 0.0f || at == interleaved.size()) return;
    const float duck_gain = gain_at(1.0f);
    for (; at < interleaved.size(); ++at) interleaved[at] *= duck_gain;
}

}  // namespace hallcast::sound
