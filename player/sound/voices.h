// The voices of one player as one: for each language the best of those that are there and can say it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "player/sound/announcer.h"

namespace hallcast::sound {

// Ten to twenty sentences.
constexpr std::size_t speech_cache_bytes = 8u << 20;

struct NamedVoice {
    std::string name;      // for the log and the cache
    std::string language;  // empty: speaks all
    std::unique_ptr<Voice> voice;
};
// The first that can says it; why others could not is in the log, each reason once. What was said is kept
// (SpeechCache).
std::unique_ptr<Voice> make_voices(std::vector<NamedVoice> voices, std::size_t cache_bytes = speech_cache_bytes);

// `folder` has a file for each pack (NAME.voice), and a folder, with its voice.yaml, for each other voice; `packs` are
// further ones. Recorded ones are asked first, then commands, in the order of their names and then of `packs`,
// espeak-ng last. Without any that one is alone. A voice whose file is wrong is left out, with an error in the log.
// Fails where there is no voice at all.
Expected<std::unique_ptr<Voice>> open_voices(const std::filesystem::path& folder,
                                             const std::vector<std::filesystem::path>& packs = {});

}  // namespace hallcast::sound
