// What each part of a text is set in: the paragraph's own style, and where a span's differs from it.
#pragma once

#include <cstdint>
#include <vector>

#include "player/text/language.h"
#include "player/text/paragraph.h"

namespace hallcast::text {

struct PartStyle {
    Language language;
    Weight weight = Weight::regular;
    float scale = 1;  // of the paragraph's size
    Ink ink = Ink::usual;

    // Ink colours glyphs; it changes neither them nor their places.
    bool same_shape(const PartStyle& other) const {
        return weight == other.weight && scale == other.scale && language.tag == other.language.tag;
    }
};

// Positions are UTF-16 units. A style is known by its number; 0 is the paragraph's own.
class Styles {
  public:
    explicit Styles(PartStyle base) { styles_.push_back({0, std::move(base)}); }

    // From `start` on, which is not before the last one's; what equals what is there already adds nothing.
    void add(std::int32_t start, PartStyle style);

    bool plain() const { return styles_.size() == 1; }  // one for all of the text
    const PartStyle& base() const { return styles_.front().style; }
    std::size_t size() const { return styles_.size(); }
    const PartStyle& operator[](std::size_t number) const { return styles_[number].style; }
    std::size_t at(std::int32_t position) const;  // the number of the style of that unit
    // Asked for ascending positions: `number` is what it gave for the one before, 0 at first.
    std::size_t next_at(std::int32_t position, std::size_t number) const {
        while (number + 1 < styles_.size() && styles_[number + 1].start <= position) ++number;
        return number;
    }
    float largest_scale() const;

  private:
    struct Part {
        std::int32_t start = 0;
        PartStyle style;
    };
    std::vector<Part> styles_;  // by start; the paragraph's own is first, and holds where no other has begun
};

}  // namespace hallcast::text
