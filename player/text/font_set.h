// The fonts of the machine by script and language, and the shapes of their glyphs as bitmaps.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "player/text/paragraph.h"
#include "protocol/base/error.h"

namespace hallcast::text {

// Coverage (1 byte a pixel) or, for colour glyphs, premultiplied BGRA (4 bytes a pixel). Rows are `stride` bytes apart.
struct GlyphBitmap {
    int left = 0;  // from the glyph's origin to the bitmap's left edge, pixels
    int top = 0;   // from the baseline up to the bitmap's top edge, pixels
    int width = 0;
    int height = 0;
    int stride = 0;
    bool colour = false;
    std::vector<std::uint8_t> pixels;
};

// Internally synchronized. A font is a small number, valid as long as the set.
class FontSet {
  public:
    virtual ~FontSet() = default;

    // The glyph's shape; empty (width 0) for blanks, and in sizes below a pixel. `size_px` is the em size.
    virtual GlyphBitmap rasterise(std::uint32_t font, std::uint32_t glyph, float size_px) const = 0;
};

// Finds the Noto fonts of Debian's packages in the usual folders, and anything else through fontconfig when needed.
// Fails, naming the packages to install, when not even a Latin font is there.
Expected<std::unique_ptr<FontSet>> open_system_fonts();

}  // namespace hallcast::text
