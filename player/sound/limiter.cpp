#include "player/sound/limiter.h"

#include <algorithm>
#include <cmath>

namespace hallcast::sound {

namespace {
constexpr float loudest_sane = 1e4f;  // +80 dBFS: no sound, but broken numbers
}

Limiter::Limiter() { held_.fill(unity); }

void Limiter::push_need(std::int64_t gain) noexcept {
    while (needs_end_ > needs_begin_ && needs_[(needs_end_ - 1) % window].gain >= gain) --needs_end_;
    // Making room first: the queue never holds more than one entry for each frame of the window.
    if (needs_end_ > needs_begin_ && needs_[needs_begin_ % window].frame + window <= frame_) ++needs_begin_;
    needs_[needs_end_ % window] = {frame_, gain};
    ++needs_end_;
}

void Limiter::frame(float& left, float& right) noexcept {
    // False for NaN and infinity too, which a broken film may bring and no loudspeaker should get.
    if (!(std::abs(left) < loudest_sane) || !(std::abs(right) < loudest_sane)) left = right = 0.0f;
    const float peak = std::max(std::abs(left), std::abs(right));
    push_need(peak > ceiling ? std::int64_t(float(unity) * ceiling / peak) : unity);
    ++frame_;
    gain_ = std::min(needs_[needs_begin_ % window].gain, gain_ + release_step);
    held_sum_ += gain_ - held_[held_at_];
    held_[held_at_] = gain_;
    held_at_ = held_at_ + 1 == window ? 0 : held_at_ + 1;

    silent_frames_ = peak == 0.0f ? std::min(silent_frames_ + 1, window + 1) : 0;
    std::swap(left, delay_[delay_at_]);
    std::swap(right, delay_[delay_at_ + 1]);
    delay_at_ = delay_at_ + 2 == delay_.size() ? 0 : delay_at_ + 2;
    if (held_sum_ == unity * window) return;
    const float gain = float(double(held_sum_) / double(unity * window));
    left = std::clamp(left * gain, -ceiling, ceiling);  // the product may round up by one bit
    right = std::clamp(right * gain, -ceiling, ceiling);
}

bool Limiter::needs_nothing(std::span<const float> interleaved) const noexcept {
    if (held_sum_ != unity * window) return false;
    if (needs_end_ > needs_begin_ && needs_[needs_begin_ % window].gain < unity) return false;
    return std::ranges::all_of(interleaved, [](float sample) { return std::abs(sample) <= ceiling; });
}

void Limiter::delay_only(std::span<float> interleaved) noexcept {
    const bool silence = std::ranges::all_of(interleaved, [](float sample) { return sample == 0.0f; });
    const int frames = int(interleaved.size() / 2);
    silent_frames_ = silence ? std::min(silent_frames_ + frames, window + 1) : 0;
    for (std::size_t at = 0; at + 1 < interleaved.size(); at += 2) {
        std::swap(interleaved[at], delay_[delay_at_]);
        std::swap(interleaved[at + 1], delay_[delay_at_ + 1]);
        delay_at_ = delay_at_ + 2 == delay_.size() ? 0 : delay_at_ + 2;
    }
    frame_ += std::uint64_t(frames);
    needs_begin_ = needs_end_;  // all were unity, as an empty queue is by push_need() of the next frame
}

void Limiter::process(std::span<float> interleaved) noexcept {
    // Nearly always: two milliseconds of delay and nothing else.
    if (needs_nothing(interleaved)) {
        if (!silent() || !std::ranges::all_of(interleaved, [](float sample) { return sample == 0.0f; })) {
            delay_only(interleaved);
        }
        return;
    }
    for (std::size_t at = 0; at + 1 < interleaved.size(); at += 2) frame(interleaved[at], interleaved[at + 1]);
}

}  // namespace hallcast::sound
