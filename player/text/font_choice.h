// Chooses a font for each grapheme cluster, as whole clusters only.
#pragma once

#include <string_view>
#include <vector>

#include "player/text/font_library.h"

namespace hallcast::text {

// Externally synchronized; made for one text.
class FontChoice {
  public:
    explicit FontChoice(const FontLibrary& fonts) : fonts_(fonts) {}

    struct Chosen {
        FontId font = no_font;
        bool complete = true;  // false: a part of the cluster, or all of it, is in no font
    };
    // The first font that has all of the cluster; else the first that has its first character.
    Chosen choose(std::u16string_view cluster, UScriptCode script, Forms forms, Weight weight);

  private:
    struct Row {
        FontWish wish;
        const FontRow* fonts;
    };
    const FontRow& row(const FontWish& wish);
    Chosen choose_from_all(std::u16string_view cluster, const FontRow& row, Weight weight);

    const FontLibrary& fonts_;
    std::vector<Row> rows_;
    std::size_t latest_ = 0;
};

}  // namespace hallcast::text
