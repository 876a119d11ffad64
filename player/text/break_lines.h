// Divides a shaped text into lines of a width: greedily, at the breaks of its language, inside a word only when it
// must.
#pragma once

#include <cstdint>
#include <vector>

#include "player/text/shaped_text.h"

namespace hallcast::text {

// Positions in UTF-16 units.
struct Line {
    std::int32_t start = 0;
    std::int32_t end = 0;   // of what is drawn: without the blanks and the line end that follow
    std::int32_t next = 0;  // where the next line starts
    LineTail tail = LineTail::none;
    bool inside_word = false;  // ends, or is too wide, where no line may end
};

// Where lines may end: wherever Unicode allows it, or, as long as there is such a place, not before a dash, nor in a
// Slavic language after a word of one letter.
enum class Breaks : std::uint8_t { all, careful };

// `width` in em; 0 or less is no limit, and keeps the blanks at a line's end. At least one cluster a line. Stops after
// `most` lines; the last one's `next` tells whether something is left.
std::vector<Line> break_lines(ShapedText& text, double width, std::size_t most, Breaks breaks = Breaks::all);

// The longest line from `start` that ends in an ellipsis and is no wider than `width` (0 or less: no limit).
Line end_in_ellipsis(ShapedText& text, std::int32_t start, double width);

}  // namespace hallcast::text
