// Makes every voice equally loud: cut to what is spoken, brought to one level, kept below the ceiling.
#pragma once

#include "player/sound/mixer.h"

namespace hallcast::sound {

constexpr float speech_level_db = -20.0f;  // dBFS RMS of the parts that are spoken

// RMS in dBFS over the 10 ms pieces that are not much softer than the loudest one; -120 for silence. So pauses in a
// sentence do not make it count as soft.
float active_level_db(const Pcm& pcm);

// Without the silence that the voice puts before and after; empty if there is nothing else.
Pcm trimmed(Pcm pcm);

// At speech_level_db (a peak above the ceiling is limited). Silence stays as it is.
Pcm levelled(Pcm pcm);

}  // namespace hallcast::sound
