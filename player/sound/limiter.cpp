#include "player/sound/limiter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hallcast::sound {

namespace {

constexpr float loudest_sane = 1e4f;  // +80 dBFS: no sound, but broken numbers
constexpr int points = 3;             // between two samples

// point[p][k] is what the sample `k - 5` frames after a frame has in the point (p + 1) / 4 after it.
struct PeakFilter {
    std::array<std::array<float, TruePeaks::taps>, points> point{};
    float most = 1;  // no point is higher than this times the highest sample around it

    PeakFilter() {
        for (int p = 0; p < points; ++p) {
            double sum = 0;
            for (int k = 0; k < TruePeaks::taps; ++k) {
                const double x = k - (TruePeaks::taps / 2 - 1) - (p + 1) / 4.0;  // never 0
                const double turn = std::numbers::pi * x;
                point[p][k] = float(std::sin(turn) / turn * 0.5 * (1 + std::cos(2 * turn / TruePeaks::taps)));
                sum += std::abs(double(point[p][k]));
            }
            most = std::max(most, float(sum));
        }
    }
};
const PeakFilter peak_filter;

}  // namespace

bool TruePeaks::measure(std::span<const float> interleaved, Peaks& peaks, float most) noexcept {
    const std::size_t frames = interleaved.size() / 2;
    float highest = 0;
    for (std::size_t channel = 0; channel < 2; ++channel) {
        for (std::size_t i = 0; i < frames; ++i) samples_[channel][history + i] = interleaved[2 * i + channel];
        for (std::size_t i = 0; i < history + frames; ++i) highest = std::max(highest, std::abs(samples_[channel][i]));
    }
    const bool worth_it = highest * peak_filter.most > most;
    if (worth_it) {
        // All of `most_frames`, whatever is there: loops of a known length are what the compiler makes wide.
        peaks.fill(0);
        for (const auto& samples : samples_) {
            for (std::size_t i = 0; i < most_frames; ++i)
                peaks[i] = std::max({peaks[i], std::abs(samples[i + taps / 2 - 1]), std::abs(samples[i + taps / 2])});
            for (const auto& weights : peak_filter.point) {
                Peaks sums{};
                for (std::size_t k = 0; k < taps; ++k)
                    for (std::size_t i = 0; i < most_frames; ++i) sums[i] += weights[k] * samples[i + k];
                for (std::size_t i = 0; i < most_frames; ++i) peaks[i] = std::max(peaks[i], std::abs(sums[i]));
            }
        }
    }
    for (auto& samples : samples_) std::copy_n(samples.begin() + std::ptrdiff_t(frames), history, samples.begin());
    return worth_it;
}

Limiter::Limiter() { held_.fill(unity); }

void Limiter::push_need(std::int64_t gain) noexcept {
    while (needs_end_ > needs_begin_ && needs_[(needs_end_ - 1) % hold].gain >= gain) --needs_end_;
    // Making room first: the queue never holds more than one entry for each frame of the hold.
    if (needs_end_ > needs_begin_ && needs_[needs_begin_ % hold].frame + hold <= frame_) ++needs_begin_;
    needs_[needs_end_ % hold] = {frame_, gain};
    ++needs_end_;
}

void Limiter::delay(float& left, float& right) noexcept {
    silent_frames_ = left == 0.0f && right == 0.0f ? std::min(silent_frames_ + 1, delay_frames + 1) : 0;
    std::swap(left, delay_[delay_at_]);
    std::swap(right, delay_[delay_at_ + 1]);
    delay_at_ = delay_at_ + 2 == delay_.size() ? 0 : delay_at_ + 2;
}

void Limiter::limit(float& left, float& right, float peak) noexcept {
    push_need(peak > ceiling ? std::int64_t(float(unity) * limiter_margin * ceiling / peak) : unity);
    ++frame_;
    gain_ = std::min(needs_[needs_begin_ % hold].gain, gain_ + release_step);
    held_sum_ += gain_ - held_[held_at_];
    held_[held_at_] = gain_;
    held_at_ = held_at_ + 1 == held_.size() ? 0 : held_at_ + 1;

    delay(left, right);
    if (held_sum_ == unity * smoothing) return;
    const float gain = float(double(held_sum_) / double(unity * smoothing));
    left *= gain;
    right *= gain;
}

void Limiter::chunk(std::span<float> interleaved) noexcept {
    // False for NaN and infinity too, which a broken film may bring and no loudspeaker should get.
    for (std::size_t at = 0; at < interleaved.size(); at += 2) {
        if (!(std::abs(interleaved[at]) < loudest_sane) || !(std::abs(interleaved[at + 1]) < loudest_sane))
            interleaved[at] = interleaved[at + 1] = 0.0f;
    }
    const std::size_t frames = interleaved.size() / 2;
    TruePeaks::Peaks peaks{};
    const bool high = peaks_.measure(interleaved, peaks, ceiling) &&
                      std::ranges::any_of(std::span(peaks).first(frames), [](float peak) { return peak > ceiling; });
    const bool at_rest = held_sum_ == unity * smoothing && gain_ == unity &&
                         (needs_end_ == needs_begin_ || needs_[needs_begin_ % hold].gain == unity);
    if (!high && at_rest) {  // nearly always: two milliseconds of delay and nothing else
        for (std::size_t at = 0; at < interleaved.size(); at += 2) delay(interleaved[at], interleaved[at + 1]);
        frame_ += frames;
        needs_begin_ = needs_end_;  // all were unity, as an empty queue is by push_need() of the next frame
        return;
    }
    for (std::size_t i = 0; i < frames; ++i) limit(interleaved[2 * i], interleaved[2 * i + 1], peaks[i]);
}

void Limiter::process(std::span<float> interleaved) noexcept {
    constexpr std::size_t most = 2 * TruePeaks::most_frames;
    for (std::size_t at = 0; at < interleaved.size(); at += most) {
        const auto part = interleaved.subspan(at, std::min(most, interleaved.size() - at));
        // A hall is silent most of the day.
        if (silent() && std::ranges::all_of(part, [](float sample) { return sample == 0.0f; }) &&
            held_sum_ == unity * smoothing)
            continue;
        chunk(part);
    }
}

}  // namespace hallcast::sound
