// Paragraphs as masks, drawn once in tiles and then only copied: a line that runs along the screen costs a blit a
// picture.
#pragma once

#include <memory>

#include "player/picture/glyph_cache.h"
#include "player/picture/pixman_image.h"
#include "player/text/paragraph.h"

namespace hallcast::picture {

// The ink of one cell of a paragraph, cut to the smallest rectangle that holds it. Coordinates are pixels from the
// paragraph's top left corner.
struct TextTile {
    ScreenRect ink;       // empty: nothing to draw
    OwnedImage coverage;  // of the glyphs that take the text's colour; image null: none
    OwnedImage accented;  // of those that take its accent; image null: none
    OwnedImage coloured;  // of the colour glyphs, premultiplied; image null: none
    std::size_t bytes() const { return coverage.bytes() + accented.bytes() + coloured.bytes(); }
};

// Glyphs stand at whole pixels from the paragraph's corner, so that a moving text moves as one rigid thing.
// Externally synchronized.
class TextTiles {
  public:
    static constexpr int cell_width = 512;
    static constexpr int cell_height = 256;

    explicit TextTiles(std::size_t limit_bytes) : cache_(limit_bytes) {}

    // The tile of the cell whose corner is (column * cell_width, row * cell_height). Valid until the next call.
    const TextTile& tile(const text::ParagraphPtr& paragraph, int column, int row, GlyphCache& glyphs);
    void set_limit(std::size_t limit_bytes) { cache_.set_limit(limit_bytes); }
    std::size_t bytes() const { return cache_.bytes(); }

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
        std::weak_ptr<const text::Paragraph> paragraph;  // another paragraph may come to the same address
        TextTile tile;
    };

    BoundedCache<Key, Kept, KeyHash> cache_;
    unsigned inserts_ = 0;
};

// Without a cache; the tile as it is drawn the first time.
TextTile draw_tile(const text::Paragraph& paragraph, int column, int row, GlyphCache& glyphs);

}  // namespace hallcast::picture
