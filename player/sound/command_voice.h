// Another synthesiser as a voice: a command that reads the text and writes WAV.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "player/sound/announcer.h"
#include "player/sound/voice_file.h"

namespace hallcast::sound {

// Nobody waits for it again so soon after it failed or hung.
constexpr std::chrono::seconds rest_after_failure{60};

// Runs the command for each text, which it gets on stdin with a line's end; the sound is what it wrote to its {wav}, or
// to stdout where no argument has that. It gets a few fixed variables of the environment only. One that takes longer
// than its timeout is killed, with all that it started.
std::unique_ptr<Voice> make_command_voice(
    VoiceFile file,
    std::function<std::chrono::steady_clock::time_point()> now = [] { return std::chrono::steady_clock::now(); });

}  // namespace hallcast::sound
