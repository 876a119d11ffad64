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

// What is in the folder of voices, by its name.
std::vector<std::filesystem::path> voices_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    std::error_code none;  // no folder is no voice
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        if (entry.path().extension() == voice_pack_extension ||
            std::filesystem::exists(entry.path() / voice_yaml, none))
            found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

struct OpenedVoice {
    VoiceFile file;
    std::unique_ptr<Voice> voice;
};

Expected<OpenedVoice> open_voice(const std::filesystem::path& at) {
    if (std::error_code none; !std::filesystem::is_directory(at, none)) {
        auto pack = VoicePack::open(at);
        if (!pack) return fail("{}: {}", at.string(), pack.error().message);
        VoiceFile file = pack->voice();
        return OpenedVoice{std::move(file), make_recorded_voice(*std::move(pack))};
    }
    const auto yaml = read_file(at / voice_yaml, 1u << 20);
    if (!yaml) return std::unexpected(yaml.error());
    auto file = parse_voice_file((at / voice_yaml).string(), *yaml);
    if (!file) return std::unexpected(file.error());
    auto voice = file->command.empty() ? make_recorded_voice(at, *file) : make_command_voice(*file);
    return OpenedVoice{*std::move(file), std::move(voice)};
}

}  // namespace

std::unique_ptr<Voice> make_voices(std::vector<NamedVoice> voices, std::size_t cache_bytes) {
    return std::make_unique<Voices>(std::move(voices), cache_bytes);
}

Expected<std::unique_ptr<Voice>> open_voices(const std::filesystem::path& folder,
                                             const std::vector<std::filesystem::path>& packs) {
    std::vector<std::filesystem::path> found = voices_in(folder);
    found.insert(found.end(), packs.begin(), packs.end());
    std::vector<NamedVoice> voices, commands;
    for (const auto& at : found) {
        auto opened = open_voice(at);
        if (!opened) {
            spdlog::error("{}; this voice is left out", opened.error().message);
            continue;
        }
        auto& [file, voice] = *opened;
        if (file.command.empty())
            spdlog::info("voice {}: {} recorded pieces of '{}'", at.string(), file.pieces.size(), file.language);
        else
            spdlog::info("voice {}: {} speaks '{}'", at.string(), file.command[0], file.language);
        (file.command.empty() ? voices : commands).push_back({at.string(), file.language, std::move(voice)});
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
