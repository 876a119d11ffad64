// Sound as 16-bit WAV files.
#pragma once

#include <filesystem>

#include "player/sound/mixer.h"

namespace hallcast::sound {

Expected<void> write_wav(const std::filesystem::path& path, const Pcm& pcm);

}  // namespace hallcast::sound
