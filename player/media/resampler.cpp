#include "player/media/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace hallcast::media {
namespace {

// To either side of the place. With the window below: flat to 19 kHz, and what it adds is 90 dB down.
constexpr Samples reach = 16;
constexpr std::size_t taps = 2 * reach;
// Between two phases coefficients are interpolated, which is wrong by 1/8 of (pi / phases)^2 at most: -107 dB.
constexpr std::size_t phases = 512;
constexpr double kaiser_beta = 9;

double bessel_i0(double x) {
    double sum = 1, term = 1;
    for (int k = 1; k < 40; ++k) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

using Phase = std::array<float, taps>;

// Phase p weighs the sound around a place that is p / phases after frame `reach - 1` of the taps.
std::array<Phase, phases + 1> make_table() {
    std::array<Phase, phases + 1> table{};
    for (std::size_t p = 0; p <= phases; ++p) {
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const double at = double(tap) - double(reach - 1) - double(p) / phases;
            const bool is_frame = p == 0 || p == phases;  // there the place is a frame: it alone counts, exactly
            const double sinc = at == 0 ? 1 : is_frame ? 0 : std::sin(M_PI * at) / (M_PI * at);
            const double edge = std::min(1.0, std::abs(at) / reach);
            const double window = bessel_i0(kaiser_beta * std::sqrt(1 - edge * edge)) / bessel_i0(kaiser_beta);
            table[p][tap] = float(sinc * window);
        }
    }
    return table;
}

const std::array<Phase, phases + 1>& table() {
    static const auto table = make_table();
    return table;
}

}  // namespace

void Resampler::push(std::span<const float> interleaved, std::vector<float>& out) {
    if (sound_.empty()) {
        // Before the first there was silence.
        first_ = end_ - reach;
        sound_.assign(reach * 2, 0.0F);
    }
    sound_.insert(sound_.end(), interleaved.begin(), interleaved.end());
    end_ += Samples(interleaved.size() / 2);
    if (is_exact()) {
        const auto from = std::size_t(whole_ - first_) * 2;
        out.insert(out.end(), sound_.begin() + std::ptrdiff_t(from), sound_.end());
        whole_ = end_;
    } else {
        produce(end_ - reach, out);
    }
    forget();
}

void Resampler::flush(std::vector<float>& out) {
    if (sound_.empty()) return;
    sound_.insert(sound_.end(), reach * 2, 0.0F);
    produce(end_, out);
    sound_.resize(sound_.size() - reach * 2);
    forget();
}

void Resampler::produce(Samples until, std::vector<float>& out) {
    while (whole_ < until) {
        const double place = fraction_ * phases;
        const auto phase = std::min(std::size_t(place), phases - 1);
        const auto between = float(place - double(phase));
        const Phase& one = table()[phase];
        const Phase& other = table()[phase + 1];
        const float* sound = sound_.data() + (whole_ - (reach - 1) - first_) * 2;
        float left = 0, right = 0;
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const float weight = one[tap] + between * (other[tap] - one[tap]);
            left += weight * sound[tap * 2];
            right += weight * sound[tap * 2 + 1];
        }
        out.push_back(left);
        out.push_back(right);
        fraction_ += step_;
        const double frames = std::floor(fraction_);
        whole_ += Samples(frames);
        fraction_ -= frames;
    }
}

// Keeps what the next place reaches back to.
void Resampler::forget() {
    const Samples keep_from = std::min(whole_ - (reach - 1), end_ - reach);
    if (keep_from <= first_) return;
    sound_.erase(sound_.begin(), sound_.begin() + (keep_from - first_) * 2);
    first_ = keep_from;
}

}  // namespace hallcast::media
