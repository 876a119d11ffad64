#include "player/sound/chime.h"

#include <array>
#include <cmath>
#include <numbers>

#include "player/sound/speech_level.h"

namespace hallcast::sound {

namespace {

struct Partial {
    double ratio, level, decay;  // decay: seconds until it is down to 1/e
};
// A struck bar: the higher a partial, the sooner it is gone.
constexpr std::array<Partial, 3> partials{{{1.0, 1.0, 0.30}, {2.0, 0.25, 0.15}, {3.0, 0.10, 0.07}}};

void strike(Pcm& pcm, double at, double frequency) {
    constexpr double attack = 0.004;
    for (std::size_t i = std::size_t(at * sample_rate); i < pcm.samples.size(); ++i) {
        const double t = double(i) / sample_rate - at;
        double sum = 0;
        for (const Partial& partial : partials) {
            sum += partial.level * std::exp(-t / partial.decay) *
                   std::sin(2 * std::numbers::pi * frequency * partial.ratio * t);
        }
        pcm.samples[i] += float(sum * std::min(1.0, t / attack));
    }
}

}  // namespace

Pcm chime() {
    constexpr double length = 0.9, fade = 0.15;
    Pcm pcm;
    pcm.samples.resize(std::size_t(length * sample_rate));
    strike(pcm, 0.0, 659.26);   // E5
    strike(pcm, 0.32, 523.25);  // C5
    const std::size_t fade_frames = std::size_t(fade * sample_rate);
    for (std::size_t i = 0; i < fade_frames; ++i) {
        pcm.samples[pcm.samples.size() - 1 - i] *= float(i) / float(fade_frames);
    }
    return levelled(std::move(pcm));
}

}  // namespace hallcast::sound
