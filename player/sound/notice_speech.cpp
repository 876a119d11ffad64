#include "player/sound/notice_speech.h"

#include <spdlog/spdlog.h>

#include <cmath>
#include <numbers>

#include "player/sound/speech_level.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t after_signal = sample_rate * 150 / 1000;

void sound_tone(Pcm& pcm, double at, double length, double frequency) {
    constexpr double edge = 0.012;  // up and down, so that nothing clicks
    const auto first = std::size_t(at * sample_rate), frames = std::size_t(length * sample_rate);
    for (std::size_t i = 0; i < frames && first + i < pcm.samples.size(); ++i) {
        const double t = double(i) / sample_rate;
        const double phase = 2 * std::numbers::pi * frequency * t;
        const double gain = std::min({1.0, t / edge, (length - t) / edge});
        // Odd overtones: heard through noise, and by who no longer hears what is high.
        pcm.samples[first + i] += float(gain * (std::sin(phase) + std::sin(3 * phase) / 3 + std::sin(5 * phase) / 8));
    }
}

}  // namespace

Pcm urgent_signal() {
    Pcm pcm;
    pcm.samples.resize(sample_rate);
    for (const double at : {0.0, 0.5}) {
        sound_tone(pcm, at, 0.2, 622.25);          // D#5
        sound_tone(pcm, at + 0.22, 0.26, 932.33);  // A#5
    }
    return levelled(std::move(pcm));
}

Expected<Pcm> render_text(Voice* voice, const Announcement& announcement) {
    HALLCAST_ASSERT(announcement.part < announcement.texts.size());
    const std::string& language = announcement.languages[announcement.part];
    Expected<Pcm> speech = fail("speech: no voice");
    if (voice != nullptr) speech = voice->speak(announcement.texts[announcement.part], language);
    if (!speech) {
        spdlog::warn("a notice is not spoken in {}: {}", language, speech.error().message);
        return speech;
    }
    Pcm spoken = levelled(*std::move(speech));
    if (announcement.part == 0) spoken.samples.insert(spoken.samples.begin(), after_signal, 0.0f);
    return spoken;
}

}  // namespace hallcast::sound
