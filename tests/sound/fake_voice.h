// A voice that only remembers what it was asked to say.
#pragma once

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
        return hallcast::sound::Pcm{
            std::vector<float>(std::size_t(length.count() * hallcast::sound::sample_rate / 1000), 0.1f)};
    }
};

}  // namespace fake_voice
