// The rules about what a layout says, whatever a hall's state is: room, never, translations, covered, and what blinks.
#pragma once

#include "player/preview/linted_screen.h"
#include "player/text/typesetter.h"

namespace hallcast::preview {

void look_at_arrangement(LintedScreen& on, text::Typesetter& typesetter);

}  // namespace hallcast::preview
