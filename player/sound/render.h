// One announcement to one PCM, in any wording.
#pragma once

#include "player/sound/announcer.h"
#include "player/sound/wording.h"

namespace hallcast::sound {

// What is said after a signal, and in which languages.
struct Speech {
    Pcm pcm;
    std::vector<std::string> languages;
};

// What is said after the chime, in a wording other than chime_only. A language that the voice fails at is left out, as
// long as another is spoken.
Expected<Speech> render_speech(Voice& voice, const Announcement& announcement, Wording wording);

// The chime and that. `chime_only` needs no voice and cannot fail.
Expected<Pcm> render(Voice* voice, const Announcement& announcement, Wording wording);

}  // namespace hallcast::sound
