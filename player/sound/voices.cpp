#include "player/sound/voices.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "player/sound/command_voice.h"
#include "player/sound/recorded_voice.h"
#include "player/sound/speech_cache.h"
#include "player/sound/voice_table.h"
#include "protocol/base/file.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t most_reasons = 256;  // that are remembered, so that they are not said again

class Voices final : public Voice {
  public:
    Voices(std::vector<NamedVoice> voices, std::size_t cache_bytes) : voices_(std::move(voices)), cache_(cache_bytes) {}

    Expected<Pcm> speak(const std::string& text, const std::string& language) override {
        const std::string& spoken = voice_table(language).language;  // that of "pl-PL" is "pl"
        Expected<Pcm> speech = fail("speech: no voice speaks '{}'", language);
        for (NamedVoice& voice : voices_) {
            if (!voice.language.empty() && voice.language != spoken) continue;
            SpeechCache::Key key{voice.name, spoken, text};
            if (const Pcm* known = cache_.find(key)) return *known;
            speech = voice.voice->speak(text, spoken);
            if (speech) {
                cache_.put(std::move(key), *speech);
                return speech;
            }
            // Of the last one the caller hears.
            if (&voice != &voices_.back()) tell_once(voice.name, speech.error().message);
        }
        return speech;
    }

  private:
    void tell_once(const std::string& name, const std::string& why) {
        if (told_.size() < most_reasons && told_.insert(why).second)
            spdlog::warn("voice {}: {}; another voice speaks instead", name, why);
    }

    std::vector<NamedVoice> voices_;
    SpeechCache cache_;
    std::set<std::string> told_;
};

Expected<VoiceFile> read_voice(const std::filesystem::path& file) {
    const auto yaml = read_file(file, 1u << 20);
    if (!yaml) return std::unexpected(yaml.error());
    return parse_voice_file(file.string(), *yaml);
}

}  // namespace

std::unique_ptr<Voice> make_voices(std::vector<NamedVoice> voices, std::size_t cache_bytes) {
    return std::make_unique<Voices>(std::move(voices), cache_bytes);
}

Expected<std::unique_ptr<Voice>> open_voices(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code none;  // no folder is no voice
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        if (const auto file = entry.path() / "voice.yaml"; std::filesystem::exists(file, none)) files.push_back(file);
    std::ranges::sort(files);
    std::vector<NamedVoice> voices, commands;
    for (const auto& file : files) {
        auto voice = read_voice(file);
        if (!voice) {
            spdlog::error("{}; this voice is left out", voice.error().message);
            continue;
        }
        const std::filesystem::path at = file.parent_path();
        if (voice->command.empty()) {
            spdlog::info("voice {}: {} recorded pieces of '{}'", at.string(), voice->pieces.size(), voice->language);
            voices.push_back({at.string(), voice->language, make_recorded_voice(at, *voice)});
        } else {
            spdlog::info("voice {}: {} speaks '{}'", at.string(), voice->command[0], voice->language);
            commands.push_back({at.string(), voice->language, make_command_voice(*voice)});
        }
    }
    std::ranges::move(commands, std::back_inserter(voices));
    auto espeak = make_espeak_voice();
    if (espeak)
        voices.push_back({"espeak-ng", "", std::move(*espeak)});
    else if (voices.empty())
        return std::unexpected(espeak.error());
    else
        spdlog::error("{}; only {} voices speak", espeak.error().message, voices.size());
    return make_voices(std::move(voices));
}

}  // namespace hallcast::sound
