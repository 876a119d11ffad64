// The gong before a call: two tones, the second lower, as people know it from stations.
#pragma once

#include "player/sound/mixer.h"

namespace hallcast::sound {

// Made by us, 0.9 s, at the level of speech.
Pcm chime();

}  // namespace hallcast::sound
