// What staff tell everybody, as sound: a signal, then the text in one language after the other.
#pragma once

#include "player/sound/announcer.h"

namespace hallcast::sound {

// Made by us, 1 s, at the level of speech: four quick strong tones, in two steps upwards. As unlike the slow falling
// gong of a call as can be, and deliberately no alarm signal either: those of ISO 8201 and DIN 33404-3 mean "leave the
// building", which only a certified voice alarm system may say.
Pcm urgent_signal();

// The part of a notice that is `announcement.part`: its text in that language; with a pause before the first, after the
// signal. Fails where `voice` is null, or does.
Expected<Pcm> render_text(Voice* voice, const Announcement& announcement);

}  // namespace hallcast::sound
