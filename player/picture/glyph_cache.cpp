#include "player/picture/glyph_cache.h"

#include <algorithm>
#include <cstring>

#include "protocol/base/error.h"

namespace hallcast::picture {

const CachedGlyph& GlyphCache::glyph(std::uint32_t font, std::uint32_t glyph, float size_px) {
    const Key key{font, glyph, size_px};
    if (const auto* known = cache_.find(key)) return *known;

    const auto bitmap = fonts_.rasterise(font, glyph, size_px);
    CachedGlyph made;
    if (bitmap.width > 0 && bitmap.height > 0) {
        made.left = bitmap.left;
        made.top = bitmap.top;
        made.width = bitmap.width;
        made.height = bitmap.height;
        made.colour = bitmap.colour;
        const auto row_bytes = std::size_t(bitmap.width) * (bitmap.colour ? 4 : 1);
        HALLCAST_ASSERT(bitmap.stride >= 0 && std::size_t(bitmap.stride) >= row_bytes &&
                        bitmap.pixels.size() >=
                            std::size_t(bitmap.stride) * std::size_t(bitmap.height - 1) + row_bytes);
        made.image = make_image(bitmap.colour ? PIXMAN_a8r8g8b8 : PIXMAN_a8, bitmap.width, bitmap.height);
        for (int y = 0; y < bitmap.height; ++y) {
            std::memcpy(made.image.row(y), bitmap.pixels.data() + std::size_t(y) * std::size_t(bitmap.stride),
                        row_bytes);
        }
    }
    const auto bytes = made.image.bytes();
    return cache_.insert(key, std::move(made), bytes);
}

}  // namespace hallcast::picture
