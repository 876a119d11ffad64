#include "player/picture/gl_atlas.h"

#include <algorithm>

#include "player/picture/rounded_mask.h"
#include "player/picture/text_tiles.h"
#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

constexpr std::size_t glyph_bytes = std::size_t(4) << 20;
constexpr int white_side = 2;

}  // namespace

GlAtlas::GlAtlas(const text::FontSet& fonts, std::function<void()> emptying)
    : emptying_(std::move(emptying)), glyphs_(fonts, glyph_bytes) {
    glBindTexture(GL_TEXTURE_2D, texture_.name());
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, side, side);
    // Texel by pixel: nothing is between two of them.
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    empty();
}

void GlAtlas::empty() {
    emptying_();
    tiles_.clear();
    corners_.clear();
    shelves_.clear();
    shelves_end_ = 0;
    auto point = make_image(PIXMAN_a8, white_side, white_side);
    for (int y = 0; y < white_side; ++y) std::fill_n(point.row(y), white_side, std::uint8_t(255));
    white_ = upload(point, white_side, white_side, true);
}

// Shelves of a few heights; on each, things stand side by side.
ScreenRect GlAtlas::room(int width, int height) {
    const int shelf_height = (height + 15) / 16 * 16;
    for (Shelf& shelf : shelves_) {
        if (shelf.height < height || shelf.height > 2 * shelf_height || shelf.used + width > side) continue;
        const ScreenRect found{shelf.used, shelf.y, width, height};
        shelf.used += width;
        return found;
    }
    if (shelves_end_ + shelf_height > side || width > side) return {};
    shelves_.push_back({shelves_end_, shelf_height, width});
    shelves_end_ += shelf_height;
    return {0, shelves_.back().y, width, height};
}

// OwnedImage::row() is not const; the pixels are only read.
ScreenRect GlAtlas::upload(const OwnedImage& image, int width, int height, bool coverage) {
    const ScreenRect place = room(width, height);
    if (place.empty()) return {};
    staging_.resize(std::size_t(width) * std::size_t(height) * 4);
    auto* to = staging_.data();
    for (int y = 0; y < height; ++y) {
        const auto* from = const_cast<OwnedImage&>(image).row(y);
        for (int x = 0; x < width; ++x, to += 4) {
            if (coverage) {
                std::fill_n(to, 4, from[x]);
            } else {
                const auto* bgra = from + std::ptrdiff_t(x) * 4;
                to[0] = bgra[2], to[1] = bgra[1], to[2] = bgra[0], to[3] = bgra[3];
            }
        }
    }
    glBindTexture(GL_TEXTURE_2D, texture_.name());
    glTexSubImage2D(GL_TEXTURE_2D, 0, place.x, place.y, width, height, GL_RGBA, GL_UNSIGNED_BYTE, staging_.data());
    return place;
}

const GlAtlas::Tile& GlAtlas::tile(const text::ParagraphPtr& paragraph, int column, int row) {
    const Key key{paragraph.get(), column, row};
    if (const auto known = tiles_.find(key); known != tiles_.end() && known->second.paragraph.lock() == paragraph)
        return known->second.tile;
    const TextTile drawn = draw_tile(*paragraph, column, row, glyphs_);
    for (int attempt = 0;; ++attempt) {
        bool full = false;
        const auto placed = [&](const OwnedImage& layer, bool coverage) {
            if (!layer.image || full) return ScreenRect{};
            const ScreenRect place = upload(layer, drawn.ink.width, drawn.ink.height, coverage);
            full = place.empty();
            return place;
        };
        const Tile tile{.ink = drawn.ink,
                        .coverage = placed(drawn.coverage, true),
                        .accented = placed(drawn.accented, true),
                        .coloured = placed(drawn.coloured, false)};
        if (!full) return tiles_.insert_or_assign(key, Kept{paragraph, tile}).first->second.tile;
        HALLCAST_ASSERT(attempt == 0);  // a cell fits many times
        empty();
    }
}

ScreenRect GlAtlas::corner(int radius) {
    HALLCAST_ASSERT(radius > 0 && radius <= side / 2);
    if (const auto known = corners_.find(radius); known != corners_.end()) return known->second;
    const OwnedImage disc = draw_disc(radius);
    ScreenRect place = upload(disc, radius, radius, true);
    if (place.empty()) {
        empty();
        place = upload(disc, radius, radius, true);
    }
    corners_[radius] = place;
    return place;
}

}  // namespace hallcast::picture
