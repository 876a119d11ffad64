// The rules about the texts and images that a screen shows: contrast, size, fit, glyphs, safe, overlap.
#pragma once

#include <span>

#include "player/preview/linted_screen.h"
#include "player/preview/recording_typesetter.h"
#include "player/screen/screen.h"

namespace hallcast::preview {

// `parts`: of the screen in its sample, back to front, with paragraphs that `recorder` has set.
void look_at_parts(LintedScreen& on, std::span<const screen::Part> parts, const RecordingTypesetter& recorder);

}  // namespace hallcast::preview
