// A laid-out paragraph: positioned glyphs, ready for a painter. Immutable, shared between threads freely.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hallcast::text {

enum class Weight : std::uint8_t { regular, bold };
// Which of the painter's two colours a glyph takes. Colour glyphs have their own.
enum class Ink : std::uint8_t { usual, accent };
// `start` is right, and `end` left, where the paragraph's direction is right to left.
enum class Align : std::uint8_t { start, centre, end };

// How a text is set. `language` is a BCP 47 tag ("pl", "zh"): it chooses fonts, forms, line breaks and base direction.
struct Style {
    float size_px = 32;
    Weight weight = Weight::regular;
    std::string language = "en";
    bool operator==(const Style&) const = default;
};

// A part of a paragraph's text. All parts are one text: for its direction, for the letters that join and for its lines,
// which break by the language of Style. What a reader sees as one character has the style of its first code point.
struct Span {
    std::string_view utf8;
    Weight weight = Weight::regular;
    Ink ink = Ink::usual;            // divides nothing: colouring a letter moves no other
    float scale = 1;                 // of Style::size_px, 1/8 to 8; no size is above 2000 px, and none below 1 is drawn
    std::string_view language = {};  // chooses fonts and forms; empty: Style's
    bool operator==(const Span&) const = default;
};

// Where a text goes. Widths and heights in pixels; 0 is "as much as it needs".
struct Box {
    float width = 0;
    float height = 0;
    int max_lines = 0;  // 0: as many as fit the height; what does not fit ends in an ellipsis
    Align align = Align::start;
    // > 0: `fit`, the largest size in min_size_px..Style::size_px at which all of it fits the box, no word divided.
    float min_size_px = 0;
    // Lines as a typesetter would have them: about equally long where there are no more than eight; none begins with a
    // dash or, in a Slavic language, ends with a word of one letter, unless there is no other place for it.
    bool balanced = false;
    bool operator==(const Box&) const = default;
};

// One glyph of FontSet's font `font`, its origin on the baseline at (x, y), from the paragraph's top left corner.
struct PlacedGlyph {
    std::uint16_t font = 0;
    Ink ink = Ink::usual;
    std::uint32_t glyph = 0;
    float size_px = 0;  // Paragraph::size_px, times the scale of its span
    float x = 0;
    float y = 0;
};

struct Paragraph {
    float size_px = 0;  // after `fit`
    // Of the widest line. With Box::width given, lines are aligned in that width: the glyphs of one that is centred, or
    // at the end, or right to left, do not begin at 0.
    float width = 0;
    float height = 0;    // of all lines, from the fonts really used, so that no mark is cut
    float baseline = 0;  // of the first line, from the top
    int lines = 0;
    bool right_to_left = false;  // the base direction
    bool truncated = false;      // ends in an ellipsis
    int missing = 0;             // grapheme clusters that no font has: reported, drawn as nothing
    std::vector<PlacedGlyph> glyphs;
};

using ParagraphPtr = std::shared_ptr<const Paragraph>;

}  // namespace hallcast::text
