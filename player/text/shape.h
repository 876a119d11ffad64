// Shapes a piece of an item with HarfBuzz: characters to glyphs with advances, in em.
#pragma once

#include <hb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "player/text/itemise.h"

namespace hallcast::text {

// Lengths in em: they scale linearly, as hinting is off.
struct ShapedGlyph {
    std::uint32_t glyph = 0;
    std::int32_t cluster = 0;   // the first UTF-16 unit it stands for
    bool safe_to_break = true;  // the text may be divided before its cluster without shaping again
    float advance = 0;
    float x = 0;  // from the pen to the glyph's origin; y is upwards
    float y = 0;
};

// Externally synchronized: it keeps HarfBuzz's buffer for the next piece.
class Shaper {
  public:
    explicit Shaper(const FontLibrary& fonts);

    // Appends the glyphs of text[start, end), which lies in `item`, from left to right. What is around the piece is
    // context: an Arabic letter at its edge keeps its joined form. Characters that the font lacks give nothing.
    // `scale` multiplies all lengths.
    void shape(const std::u16string& text, const Item& item, std::int32_t start, std::int32_t end,
               hb_language_t language, float scale, std::vector<ShapedGlyph>& glyphs);

  private:
    struct DestroyBuffer {
        void operator()(hb_buffer_t* buffer) const { hb_buffer_destroy(buffer); }
    };
    const FontLibrary& fonts_;
    std::unique_ptr<hb_buffer_t, DestroyBuffer> buffer_;
};

hb_language_t shaping_language(const Language& language);

}  // namespace hallcast::text
