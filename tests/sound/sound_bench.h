// A mixer with a device made of the test itself: each block of 20 ms is pulled when the test says, at a time it
// invents.
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "player/sound/mixer.h"

namespace sound_bench {

using namespace hallcast::sound;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t block = 960;
constexpr std::size_t limiter_delay = 96;

inline float tone_at(std::size_t frame, float level = 0.125f, double frequency = 440) {
    return level * float(std::sin(2 * std::numbers::pi * frequency * double(frame) / sample_rate));
}

inline PcmPtr constant_pcm(std::size_t frames, float level) {
    return std::make_shared<const Pcm>(Pcm{std::vector<float>(frames, level)});
}

struct Bench {
    std::unique_ptr<Mixer> mixer = make_mixer();
    steady_clock::time_point start{1000s};
    std::size_t film_written = 0;
    std::vector<float> left;  // all that was heard, of one channel

    steady_clock::time_point heard_at(std::size_t frame) const {
        return start + nanoseconds(std::int64_t(frame) * 1'000'000'000 / sample_rate);
    }
    void write_tone(float level = 0.125f) {
        std::vector<float> chunk;
        for (std::size_t i = 0; i < 4 * block; ++i) {
            const float sample = tone_at(film_written + i, level);
            chunk.insert(chunk.end(), 2, sample);
        }
        film_written += mixer->write_film(chunk);
    }
    void pull() {
        std::vector<float> out(block * channels, 99.0f);
        mixer->mix(out, heard_at(left.size()));
        for (std::size_t i = 0; i < out.size(); i += channels) left.push_back(out[i]);
    }
    void run(std::size_t blocks, float tone_level) {
        for (std::size_t i = 0; i < blocks; ++i) {
            if (tone_level > 0) write_tone(tone_level);
            pull();
        }
    }
    std::size_t frame_of(steady_clock::time_point at) const {
        return std::size_t(std::llround(double((at - start).count()) * sample_rate / 1e9));
    }
};

}  // namespace sound_bench
