// What a new player shows until it is paired: its code, big, and what an administrator does with it.
#pragma once

#include <string>

#include "player/picture/scene.h"
#include "player/text/typesetter.h"

namespace hallcast::screen {

struct PairingPage {
    std::string code;    // "17-483920"; empty: there is none now
    bool wrong = false;  // the last one was not typed right; a new one comes
};

// Pure. Nobody has said yet which languages the hall speaks: Polish, Ukrainian and English.
picture::Scene pairing_page(const PairingPage& page, picture::ScreenSize size, text::Typesetter& typesetter);

}  // namespace hallcast::screen
