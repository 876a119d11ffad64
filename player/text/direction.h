// The embedding levels of a text by the Unicode bidirectional algorithm (UAX #9), isolates included.
#pragma once

#include <unicode/ubidi.h>

#include <string>
#include <vector>

#include "player/text/language.h"

namespace hallcast::text {

struct Directions {
    std::vector<UBiDiLevel> levels;  // of each UTF-16 unit; odd is right to left
    std::vector<UBiDiLevel> base;    // of the bidi paragraph that each unit belongs to
    UBiDiLevel first_base = 0;       // of the first paragraph, of an empty text too
    bool one_way = true;             // every unit has the level of its paragraph
};

// A right-to-left language makes every paragraph right to left. Otherwise the first strong letter of each paragraph
// decides, so that an Arabic text is right even where nobody said that it is Arabic.
Directions resolve_directions(const std::u16string& text, const Language& language);

// Blanks and direction controls: at the end of a line they have the level of the paragraph, whatever they had before
// the text was divided into lines (rule L1).
bool turns_at_line_end(UChar32 c);

}  // namespace hallcast::text
