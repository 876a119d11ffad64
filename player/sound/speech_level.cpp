#include "player/sound/speech_level.h"

#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "player/sound/limiter.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t piece = sample_rate / 100;
constexpr float active_range_db = 25.0f;
constexpr float silence_below = 0.002f;            // of the peak: -54 dB
constexpr float over_noise = 3.0f;                 // of its RMS
constexpr std::size_t margin = sample_rate / 100;  // soft beginnings of consonants lie below the threshold
constexpr std::size_t edge_fade = sample_rate / 200;
constexpr float pause_below_db = -30.0f;  // of the active level

struct Ebur128Deleter {
    void operator()(ebur128_state* state) const { ebur128_destroy(&state); }
};

float power(const Pcm& pcm, std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += double(pcm.samples[i]) * pcm.samples[i];
    return float(sum / double(end - begin));
}

float piece_power(const Pcm& pcm, std::size_t begin) {
    return power(pcm, begin, std::min(begin + piece, pcm.samples.size()));
}

Pcm limited(Pcm pcm, float gain) {
    Limiter limiter;
    std::vector<float> stereo;
    stereo.reserve((pcm.samples.size() + Limiter::delay_frames) * 2);
    for (const float sample : pcm.samples) stereo.insert(stereo.end(), 2, sample * gain);
    stereo.insert(stereo.end(), 2 * Limiter::delay_frames, 0.0f);
    limiter.process(stereo);
    for (std::size_t i = 0; i < pcm.samples.size(); ++i) pcm.samples[i] = stereo[2 * (i + Limiter::delay_frames)];
    return pcm;
}

}  // namespace

double loudness(const Pcm& pcm) {
    if (pcm.samples.empty()) return least_lufs;
    const std::unique_ptr<ebur128_state, Ebur128Deleter> state(ebur128_init(1, sample_rate, EBUR128_MODE_I));
    HALLCAST_ASSERT(state != nullptr);
    ebur128_set_channel(state.get(), 0, EBUR128_DUAL_MONO);
    std::size_t fed = 0;
    do {
        HALLCAST_ASSERT(ebur128_add_frames_float(state.get(), pcm.samples.data(), pcm.samples.size()) ==
                        EBUR128_SUCCESS);
        fed += pcm.samples.size();
    } while (fed < sample_rate);
    double lufs = least_lufs;
    HALLCAST_ASSERT(ebur128_loudness_global(state.get(), &lufs) == EBUR128_SUCCESS);
    return std::max(lufs, least_lufs);  // it tells minus infinity of silence
}

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

Pcm trimmed(Pcm pcm, float noise) {
    std::vector<float>& samples = pcm.samples;
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    const float least = std::max({peak * silence_below, noise * over_noise, 1e-5f});
    std::size_t begin = SIZE_MAX, end = 0;
    for (std::size_t at = 0; at < samples.size(); at += edge_fade) {
        const std::size_t next = std::min(at + edge_fade, samples.size());
        if (power(pcm, at, next) < least * least) continue;
        begin = std::min(begin, at);
        end = next;
    }
    if (end == 0) return {};
    begin -= std::min(begin, margin);
    end = std::min(end + margin, samples.size());
    Pcm result{{samples.begin() + std::ptrdiff_t(begin), samples.begin() + std::ptrdiff_t(end)}};
    const std::size_t fade = std::min(edge_fade, result.samples.size() / 2);
    for (std::size_t i = 0; i < fade; ++i) {
        const float gain = float(i) / float(fade);
        result.samples[i] *= gain;
        result.samples[result.samples.size() - 1 - i] *= gain;
    }
    return result;
}

Pcm without_long_pauses(Pcm pcm) {
    const float least = std::pow(10.0f, (active_level_db(pcm) + pause_below_db) / 10.0f);
    std::vector<float>& samples = pcm.samples;
    std::vector<float> kept;
    kept.reserve(samples.size());
    std::size_t begin = 0;  // of the silence that goes on
    const auto end_silence = [&](std::size_t end) {
        if (end - begin <= longest_pause) {
            kept.insert(kept.end(), samples.begin() + std::ptrdiff_t(begin), samples.begin() + std::ptrdiff_t(end));
            return;
        }
        // Its first and its last half, faded into each other.
        const std::size_t half = longest_pause / 2, second = end - half - edge_fade;
        for (std::size_t i = 0; i < half; ++i) kept.push_back(samples[begin + i]);
        for (std::size_t i = 0; i < edge_fade; ++i) {
            const float in = float(i + 1) / float(edge_fade + 1);
            kept.push_back(samples[begin + half + i] * (1 - in) + samples[second + i] * in);
        }
        for (std::size_t i = second + edge_fade; i < end; ++i) kept.push_back(samples[i]);
    };
    for (std::size_t at = 0; at < samples.size(); at += piece) {
        if (piece_power(pcm, at) < least) continue;
        const std::size_t end = std::min(at + piece, samples.size());
        end_silence(at);
        kept.insert(kept.end(), samples.begin() + std::ptrdiff_t(at), samples.begin() + std::ptrdiff_t(end));
        begin = end;
    }
    end_silence(samples.size());
    samples = std::move(kept);
    return pcm;
}

Pcm levelled(Pcm pcm) {
    const double before = loudness(pcm);
    if (before <= least_lufs) return pcm;
    constexpr double near_enough = 0.1;
    double gain_db = speech_lufs - before;
    // What the limiter takes from a peaky voice is given back by more gain.
    for (int again = 3;; --again) {
        Pcm made = limited(pcm, float(std::pow(10.0, gain_db / 20.0)));
        const double missing = speech_lufs - loudness(made);
        if (std::abs(missing) <= near_enough || again == 0) return made;
        gain_db += missing;
    }
}

}  // namespace hallcast::sound
