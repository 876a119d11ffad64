// One announcement to one PCM, in any wording.
#pragma once

#include "player/sound/announcer.h"
#include "player/sound/wording.h"

namespace hallcast::sound {

// A language that the voice fails at is left out, as long as another is spoken. `chime_only` needs no voice and cannot
// fail.
Expected<Pcm> render(Voice* voice, const Announcement& announcement, Wording wording);

}  // namespace hallcast::sound
