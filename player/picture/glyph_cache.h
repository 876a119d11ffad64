// The bitmaps of glyphs, rasterised once and kept as pixman images within a bound.
#pragma once

#include "player/picture/bounded_cache.h"
#include "player/picture/pixman_image.h"
#include "player/text/font_set.h"

namespace hallcast::picture {

struct CachedGlyph {
    int left = 0;   // from the glyph's origin to the image's left edge, pixels
    int top = 0;    // from the baseline up to the image's top edge, pixels
    int width = 0;  // 0: blank, no image
    int height = 0;
    bool colour = false;
    OwnedImage image;
};

// Externally synchronized. `fonts` must outlive the cache.
class GlyphCache {
  public:
    GlyphCache(const text::FontSet& fonts, std::size_t limit_bytes) : fonts_(fonts), cache_(limit_bytes) {}

    // Valid until the next call.
    const CachedGlyph& glyph(std::uint32_t font, std::uint32_t glyph, float size_px);
    std::size_t bytes() const { return cache_.bytes(); }

  private:
    struct Key {
        std::uint32_t font;
        std::uint32_t glyph;
        float size_px;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return hash_parts(key.font, key.glyph, key.size_px); }
    };

    const text::FontSet& fonts_;
    BoundedCache<Key, CachedGlyph, KeyHash> cache_;
};

}  // namespace hallcast::picture
