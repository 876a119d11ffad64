// Sound as WAV files: written with 16 bits, read as recorders and synthesisers write them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "player/sound/mixer.h"

namespace hallcast::sound {

struct Recording {
    int rate = 0;                // samples a second
    std::vector<float> samples;  // mono: the mean of its channels, full scale is 1
};

// PCM of 16, 24 or 32 bits or 32-bit float, of 1..8 channels, 8..192 kHz, at most a minute. `name` is for the error. A
// length in the header that is too long, as of a synthesiser that writes to a pipe, is cut to what is there.
Expected<Recording> parse_wav(std::string_view name, std::string_view bytes);

Expected<std::string> format_wav(const Pcm& pcm);
Expected<void> write_wav(const std::filesystem::path& path, const Pcm& pcm);

}  // namespace hallcast::sound
