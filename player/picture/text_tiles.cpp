#include "player/picture/text_tiles.h"

#include <algorithm>
#include <cmath>

namespace hallcast::picture {

namespace {

// No glyph reaches farther from its origin than this many em (the widest ligatures take about ten), so that only those
// near a cell need to be rasterised for it.
constexpr float glyph_reach_em = 16;

ScreenRect joined(const ScreenRect& a, const ScreenRect& b) {
    if (a.empty()) return b;
    const int x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

ScreenRect place(const text::PlacedGlyph& placed, const CachedGlyph& glyph) {
    return {int(std::lround(placed.x)) + glyph.left, int(std::lround(placed.y)) - glyph.top, glyph.width, glyph.height};
}

}  // namespace

TextTile draw_tile(const text::Paragraph& paragraph, int column, int row, GlyphCache& glyphs) {
    const ScreenRect cell{column * TextTiles::cell_width, row * TextTiles::cell_height, TextTiles::cell_width,
                          TextTiles::cell_height};
    const auto for_each_near = [&](auto&& use) {
        for (const auto& placed : paragraph.glyphs) {
            const float reach = glyph_reach_em * placed.size_px;
            if (placed.x < float(cell.x) - reach || placed.x > float(cell.right()) + reach) continue;
            if (placed.y < float(cell.y) - reach || placed.y > float(cell.bottom()) + reach) continue;
            const auto& glyph = glyphs.glyph(placed.font, placed.glyph, placed.size_px);
            if (glyph.width == 0) continue;
            const auto at = place(placed, glyph);
            if (const auto inside = overlap(at, cell); !inside.empty()) use(placed, glyph, at, inside);
        }
    };

    TextTile tile;
    const auto layer_of = [&](const text::PlacedGlyph& placed, const CachedGlyph& glyph) -> OwnedImage& {
        if (glyph.colour) return tile.coloured;
        return placed.ink == text::Ink::accent ? tile.accented : tile.coverage;
    };
    for_each_near([&](const auto&, const CachedGlyph&, const ScreenRect&, const ScreenRect& inside) {
        tile.ink = joined(tile.ink, inside);
    });
    for_each_near([&](const auto& placed, const CachedGlyph& glyph, const ScreenRect& at, const ScreenRect&) {
        auto& target = layer_of(placed, glyph);
        if (!target.image)
            target = make_image(glyph.colour ? PIXMAN_a8r8g8b8 : PIXMAN_a8, tile.ink.width, tile.ink.height);
        // Added, so that joined letters that meet inside a pixel leave no light seam.
        pixman_image_composite32(glyph.colour ? PIXMAN_OP_OVER : PIXMAN_OP_ADD, glyph.image.image.get(), nullptr,
                                 target.image.get(), 0, 0, 0, 0, at.x - tile.ink.x, at.y - tile.ink.y, at.width,
                                 at.height);
    });
    return tile;
}

const TextTile& TextTiles::tile(const text::ParagraphPtr& paragraph, int column, int row, GlyphCache& glyphs) {
    const Key key{paragraph.get(), column, row};
    if (const auto* kept = cache_.find(key); kept && kept->paragraph.lock() == paragraph) return kept->tile;

    // What nobody can ask for any more is dropped now and then, long before the bound would.
    constexpr unsigned clean_every = 64;
    if (++inserts_ % clean_every == 0) cache_.erase_if([](const Kept& kept) { return kept.paragraph.expired(); });

    Kept made{paragraph, draw_tile(*paragraph, column, row, glyphs)};
    const auto bytes = made.tile.bytes();
    return cache_.insert(key, std::move(made), bytes).tile;
}

}  // namespace hallcast::picture
