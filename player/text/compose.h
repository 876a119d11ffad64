// Composes a shaped text into a paragraph: the size that fits, the lines, the ellipsis, the place of every glyph.
#pragma once

#include "player/text/paragraph.h"
#include "player/text/shaped_text.h"

namespace hallcast::text {

// `cut`: the text goes on beyond what `text` holds, so that it ends in an ellipsis.
Paragraph compose(ShapedText& text, const Style& style, const Box& box, bool cut);

}  // namespace hallcast::text
