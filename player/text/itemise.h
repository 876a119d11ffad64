// Divides a text into items that are shaped at once: one direction, one script, one font, one size, one language each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "player/text/break_iterators.h"
#include "player/text/direction.h"
#include "player/text/font_library.h"
#include "player/text/styles.h"

namespace hallcast::text {

// UTF-16 units start..end of the text; never a line's end, never a part of a cluster.
struct Item {
    std::int32_t start = 0;
    std::int32_t end = 0;
    UBiDiLevel level = 0;
    UScriptCode script = USCRIPT_COMMON;
    FontId font = no_font;  // no_font: nothing has it, nothing is drawn
    std::size_t style = 0;  // the number of one of Styles, for its size and language
};

struct Itemised {
    std::vector<Item> items;                   // in logical order; what is between them are line ends
    std::vector<std::uint8_t> cluster_starts;  // of each unit, and the end
    Directions directions;
    int missing = 0;  // clusters that are not, or not wholly, in any font
};

Itemised itemise(const std::u16string& text, const Styles& styles, const FontLibrary& fonts, BreakIterators& breaks);

}  // namespace hallcast::text
