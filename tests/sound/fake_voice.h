// A voice that only remembers what it was asked to say: a tone, at the level of speech already.
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "player/sound/announcer.h"

namespace fake_voice {

struct FakeVoice final : hallcast::sound::Voice {
    struct Said {
        std::string text, language;
    };
    std::vector<Said> said;
    bool works = true;
    std::chrono::milliseconds length{3000};

    hallcast::Expected<hallcast::sound::Pcm> speak(const std::string& text, const std::string& language) override {
        if (!works) return hallcast::fail("the fake voice is hoarse");
        said.push_back({text, language});
        hallcast::sound::Pcm pcm;
        const auto frames = std::size_t(length.count() * hallcast::sound::sample_rate / 1000);
        for (std::size_t i = 0; i < frames; ++i)
            pcm.samples.push_back(0.1414f * float(std::cos(2 * std::numbers::pi * double(i) / 48)));
        return pcm;
    }
};

}  // namespace fake_voice
