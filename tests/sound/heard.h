// What a recording of an announcement is like, measured by other means than it was made with.
#pragma once

#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "player/sound/mixer.h"
#include "tests/sanitized.h"

namespace heard {

using hallcast::sound::Pcm;
using hallcast::sound::sample_rate;

// How many calls a test listens to.
constexpr unsigned calls = hallcast::tests::sanitized ? 4 : 30;

// LUFS of what two loudspeakers play: the recording as stereo.
inline double lufs(const std::vector<float>& mono) {
    ebur128_state* state = ebur128_init(2, sample_rate, EBUR128_MODE_I);
    std::vector<float> stereo;
    for (const float sample : mono) stereo.insert(stereo.end(), 2, sample);
    ebur128_add_frames_float(state, stereo.data(), mono.size());
    double loudness = 0;
    ebur128_loudness_global(state, &loudness);
    ebur128_destroy(&state);
    return loudness;
}

struct Silence {
    double begin = 0, seconds = 0;
};

// The longest stretch, between the first and the last sound, of 5 ms steps whose RMS is below `below` (full scale is
// 1): -50 dBFS, 30 dB below speech, where no consonant is any more.
inline Silence longest_silence(const std::vector<float>& mono, double below = 0.00316) {
    constexpr std::size_t step = sample_rate / 200;
    Silence longest;
    std::size_t last_sound = 0;
    bool heard = false;
    for (std::size_t at = 0; at + step <= mono.size(); at += step) {
        double sum = 0;
        for (std::size_t i = at; i < at + step; ++i) sum += double(mono[i]) * mono[i];
        if (std::sqrt(sum / step) < below) continue;
        const double seconds = double(at - last_sound) / sample_rate;
        if (heard && seconds > longest.seconds) longest = {double(last_sound) / sample_rate, seconds};
        heard = true;
        last_sound = at + step;
    }
    return longest;
}

// Where the wave breaks for a millisecond or less: steps from sample to sample that are far larger than all within 5 ms
// before and behind. Speech is never that lonely: a plosive goes on for longer.
inline std::vector<double> clicks(const std::vector<float>& mono) {
    constexpr std::size_t width = sample_rate / 1000, around = 5 * width;
    constexpr float least = 0.005f, lonely = 8.0f;
    std::vector<float> steps(mono.size());
    for (std::size_t i = 1; i < mono.size(); ++i) steps[i] = std::abs(mono[i] - mono[i - 1]);
    std::vector<double> found;
    for (std::size_t at = around; at + width + around < steps.size(); ++at) {
        const auto most = [&](std::size_t begin, std::size_t end) {
            return *std::max_element(steps.begin() + std::ptrdiff_t(begin), steps.begin() + std::ptrdiff_t(end));
        };
        if (steps[at] < least) continue;
        if (steps[at] < lonely * most(at - around, at)) continue;
        if (steps[at] < lonely * most(at + width, at + width + around)) continue;
        found.push_back(double(at) / sample_rate);
        at += width;
    }
    return found;
}

}  // namespace heard
