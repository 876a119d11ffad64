// One texture with all the small things that are drawn again and again: pieces of text, corners, a white point.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "player/picture/bounded_cache.h"
#include "player/picture/gl_objects.h"
#include "player/picture/glyph_cache.h"
#include "player/picture/scene.h"
#include "player/text/paragraph.h"

namespace hallcast::picture {

// 16 MiB of RGBA; when it is full it is emptied, and filled anew with what is still drawn. Coverage is kept as white of
// that opacity, so that one shader draws everything. Externally synchronized; with its context current.
class GlAtlas {
  public:
    static constexpr int side = 2048;

    // `emptying` is called before what was returned so far goes: draw it now.
    GlAtlas(const text::FontSet& fonts, std::function<void()> emptying);

    // A cell of a paragraph, as draw_tile() draws it for the cpu painter. Valid until the next call.
    struct Tile {
        ScreenRect ink;       // from the paragraph's corner; empty: nothing
        ScreenRect coverage;  // in the atlas; empty: none
        ScreenRect accented;
        ScreenRect coloured;
    };
    const Tile& tile(const text::ParagraphPtr& paragraph, int column, int row);
    // The upper left quarter of a disc of that radius, at most `side` / 2.
    ScreenRect corner(int radius);
    ScreenRect white() const { return white_; }

    GLuint texture() const { return texture_.name(); }
    static constexpr ScreenSize size() { return {side, side}; }

  private:
    struct Key {
        const text::Paragraph* paragraph;
        int column;
        int row;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return hash_parts(key.paragraph, key.column, key.row); }
    };
    struct Kept {
        std::weak_ptr<const text::Paragraph> paragraph;
        Tile tile;
    };
    struct Shelf {
        int y, height, used;
    };

    void empty();
    ScreenRect room(int width, int height);  // empty: there is none
    ScreenRect upload(const OwnedImage& image, int width, int height, bool coverage);

    std::function<void()> emptying_;
    GlTexture texture_;
    GlyphCache glyphs_;
    std::vector<Shelf> shelves_;
    int shelves_end_ = 0;
    std::unordered_map<Key, Kept, KeyHash> tiles_;
    std::unordered_map<int, ScreenRect> corners_;
    ScreenRect white_;
    std::vector<std::uint8_t> staging_;
};

}  // namespace hallcast::picture
