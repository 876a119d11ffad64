// A folder of recordings as a speaker would bring it, but of tones.
#pragma once

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "player/sound/voice_pieces.h"
#include "player/sound/wav_file.h"
#include "tests/catch.h"

namespace made_recordings {

using namespace hallcast::sound;

class Folder {
  public:
    Folder() {
        static int made = 0;
        path = std::filesystem::temp_directory_path() / fmt::format("hallcast-voices-{}-{}", getpid(), made++);
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

inline void write_text(const std::filesystem::path& file, const std::string& text) { std::ofstream(file) << text; }

struct Take {
    double level = 0.2;     // of the tone; full scale is 1
    double noise = 0.0005;  // RMS, everywhere
    double silence = 0.25;  // seconds before and after
    double seconds = 0.35;  // of the tone
    double offset = 0.01;   // of the sound card
    double frequency = 300;
    int rate = sample_rate;
};

// A tone that begins and ends as softly as a voice, and has syllables; `seed` of its noise.
inline Recording made(const Take& take, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(0, 1);
    Recording recording;
    recording.rate = take.rate;
    const auto frames = [&](double seconds) { return std::size_t(seconds * take.rate); };
    const std::size_t before = frames(take.silence), length = frames(take.seconds), soft = frames(0.02);
    for (std::size_t i = 0; i < 2 * before + length; ++i) {
        double sample = take.offset + take.noise * noise(random);
        if (i >= before && i < before + length) {
            const std::size_t in = i - before, left = length - 1 - in;
            const double syllables = 0.6 + 0.4 * std::cos(2 * std::numbers::pi * 8 * double(in) / take.rate);
            const double envelope =
                before == 0 ? 1 : std::min({1.0, double(in) / double(soft), double(left) / double(soft)});
            sample += take.level * syllables * envelope *
                      std::sin(2 * std::numbers::pi * take.frequency * double(in) / take.rate);
        }
        recording.samples.push_back(float(std::clamp(sample, -1.0, 1.0)));
    }
    return recording;
}

// Each piece has a tone, a level and a length of its own.
inline void record(const std::filesystem::path& folder, const std::vector<VoicePiece>& pieces) {
    std::filesystem::create_directories(folder);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        Take take;
        take.frequency = 200 + 2 * double(i);
        take.level = 0.1 + 0.02 * double(i % 10);
        take.seconds = 0.15 + 0.03 * double(i % 20);
        REQUIRE(write_wav(folder / (pieces[i].name + ".wav"), Pcm{made(take, unsigned(i + 1)).samples}));
    }
}

}  // namespace made_recordings
