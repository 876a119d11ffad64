// voice.yaml: what a voice is, recorded pieces or a command that speaks. content/voices/README.md explains it.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.h"

namespace hallcast::sound {

struct VoiceFile {
    std::string language;                       // one of spoken_languages()
    std::map<std::string, std::string> pieces;  // name and text; the sound is NAME.wav beside the file
    std::vector<std::string> command;           // empty where there are pieces
    std::chrono::seconds timeout{5};            // of the command
};

constexpr const char* voice_yaml = "voice.yaml";  // the file's name
constexpr std::string_view wav_slot = "{wav}";    // in an argument of the command: the file that it has to write

// The error says "FILE:LINE:COLUMN: what is wrong; what to do".
Expected<VoiceFile> parse_voice_file(const std::string& file_name, const std::string& yaml);
std::string format_voice_file(const VoiceFile& voice);  // of a recorded one

}  // namespace hallcast::sound
