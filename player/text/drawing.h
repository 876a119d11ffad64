// FreeType's side of one font: its glyphs as bitmaps, unhinted so that they fit the linear advances.
#pragma once

#include <ft2build.h>
#include FT_FREETYPE_H

#include <cstdint>
#include <memory>
#include <span>

#include "player/text/font_face.h"

namespace hallcast::text {

// Externally synchronized. Each has its own FT_Library, so that two fonts are drawn at the same time without a lock.
struct FontFace::Drawing {
    // `file` must outlive it. A font that FreeType refuses draws nothing.
    Drawing(std::span<const char> file, unsigned face);

    GlyphBitmap rasterise(std::uint32_t glyph, float size_px);

  private:
    struct DoneLibrary {
        void operator()(FT_Library library) const { FT_Done_FreeType(library); }
    };
    struct DoneFace {
        void operator()(FT_Face face) const { FT_Done_Face(face); }
    };
    GlyphBitmap outline(std::uint32_t glyph, float size_px);
    GlyphBitmap colour_strike(std::uint32_t glyph, float size_px);

    std::unique_ptr<FT_LibraryRec_, DoneLibrary> library_;
    std::unique_ptr<FT_FaceRec_, DoneFace> face_;
};

}  // namespace hallcast::text
