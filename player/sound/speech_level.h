// Makes every voice equally loud: cut to what is spoken, without pauses that sound like an end, brought to one
// loudness, kept below the ceiling. All pure.
#pragma once

#include "player/sound/mixer.h"

namespace hallcast::sound {

// As heard from both loudspeakers. A film has -23 LUFS after its ingest (content/house_profile.h) and is 18 dB down
// under speech, which is then 24 LU louder.
constexpr double speech_lufs = -17.0;
// What is softer than this has no loudness: the absolute gate of BS.1770.
constexpr double least_lufs = -70.0;
// The longest silence inside a sentence; longer ones sound like its end.
constexpr std::size_t longest_pause = sample_rate / 10;

// Integrated loudness in LUFS (ITU-R BS.1770-4 by libebur128) of a mono signal played by two loudspeakers; least_lufs
// for silence. What is shorter than a second is measured as if it were repeated: the gating needs blocks of 400 ms.
double loudness(const Pcm& pcm);

// RMS in dBFS over the 10 ms pieces that are not much softer than the loudest one; -120 for silence. So pauses in a
// sentence do not make it count as soft.
float active_level_db(const Pcm& pcm);

// Without the silence before and after, faded at both ends; empty if there is nothing else. Silence is what is 54 dB
// below the peak, or near `noise`, the RMS of the room in a recording.
Pcm trimmed(Pcm pcm, float noise = 0.0f);

// Each silence inside, 30 dB below what is spoken and more, is at most longest_pause; its middle is taken out.
Pcm without_long_pauses(Pcm pcm);

// At speech_lufs (a peak above the ceiling is limited). Silence stays as it is.
Pcm levelled(Pcm pcm);

}  // namespace hallcast::sound
