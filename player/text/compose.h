// Composes a shaped text into a paragraph: the size that fits, the lines, the ellipsis, the place of every glyph.
#pragma once

#include "player/text/paragraph.h"
#include "player/text/shaped_text.h"

namespace hallcast::text {

inline constexpr float largest_size_px = 2000;

// A style's size within the bounds of what is ever drawn.
float bounded_size(float size_px);

// `cut`: the text goes on beyond what `text` holds, so that it ends in an ellipsis.
Paragraph compose(ShapedText& text, float size_px, const Box& box, bool cut);

}  // namespace hallcast::text
