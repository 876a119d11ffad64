// From any rate to the bus's.
#pragma once

#include <span>

#include "player/sound/mixer.h"

namespace hallcast::sound {

// Mono at `rate` to mono at sample_rate, by libswresample.
Expected<Pcm> resampled(std::span<const float> samples, int rate);

}  // namespace hallcast::sound
