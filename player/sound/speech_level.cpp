#include "player/sound/speech_level.h"

#include <algorithm>
#include <cmath>

#include "player/sound/limiter.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t piece = sample_rate / 100;
constexpr float active_range_db = 25.0f;
constexpr float silence_below = 0.003f;            // of the peak: -50 dB
constexpr std::size_t margin = sample_rate / 100;  // soft beginnings of consonants lie below the threshold
constexpr std::size_t edge_fade = sample_rate / 200;

float piece_power(const Pcm& pcm, std::size_t begin) {
    double sum = 0;
    const std::size_t end = std::min(begin + piece, pcm.samples.size());
    for (std::size_t i = begin; i < end; ++i) sum += double(pcm.samples[i]) * pcm.samples[i];
    return float(sum / double(end - begin));
}

}  // namespace

float active_level_db(const Pcm& pcm) {
    float loudest = 0;
    for (std::size_t i = 0; i < pcm.samples.size(); i += piece) loudest = std::max(loudest, piece_power(pcm, i));
    if (loudest < 1e-12f) return -120.0f;
    const float least = loudest * std::pow(10.0f, -active_range_db / 10.0f);
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < pcm.samples.size(); i += piece) {
        if (const float power = piece_power(pcm, i); power >= least) {
            sum += power;
            ++count;
        }
    }
    return float(10.0 * std::log10(sum / double(count)));
}

Pcm trimmed(Pcm pcm) {
    std::vector<float>& samples = pcm.samples;
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    const float least = std::max(peak * silence_below, 1e-5f);
    const auto audible = [&](float sample) { return std::abs(sample) >= least; };
    const auto first = std::ranges::find_if(samples, audible);
    if (first == samples.end()) return {};
    const auto last = std::find_if(samples.rbegin(), samples.rend(), audible).base();
    const std::size_t begin =
        std::size_t(std::max<std::ptrdiff_t>(first - samples.begin() - std::ptrdiff_t(margin), 0));
    const std::size_t end = std::min(std::size_t(last - samples.begin()) + margin, samples.size());
    Pcm result{{samples.begin() + std::ptrdiff_t(begin), samples.begin() + std::ptrdiff_t(end)}};
    const std::size_t fade = std::min(edge_fade, result.samples.size() / 2);
    for (std::size_t i = 0; i < fade; ++i) {
        const float gain = float(i) / float(fade);
        result.samples[i] *= gain;
        result.samples[result.samples.size() - 1 - i] *= gain;
    }
    return result;
}

Pcm levelled(Pcm pcm) {
    const float level = active_level_db(pcm);
    if (level <= -100.0f) return pcm;
    const float gain = std::pow(10.0f, (speech_level_db - level) / 20.0f);
    Limiter limiter;
    std::vector<float> stereo;
    stereo.reserve((pcm.samples.size() + Limiter::delay_frames) * 2);
    for (const float sample : pcm.samples) stereo.insert(stereo.end(), 2, sample * gain);
    stereo.insert(stereo.end(), 2 * Limiter::delay_frames, 0.0f);
    limiter.process(stereo);
    for (std::size_t i = 0; i < pcm.samples.size(); ++i) pcm.samples[i] = stereo[2 * (i + Limiter::delay_frames)];
    return pcm;
}

}  // namespace hallcast::sound
