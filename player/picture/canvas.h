// Draws scenes into memory with the CPU, in the region it is told and nowhere else.
#pragma once

#include "player/picture/damage.h"
#include "player/picture/glyph_cache.h"
#include "player/picture/rounded_mask.h"
#include "player/picture/scaled_images.h"
#include "player/picture/scene.h"
#include "player/picture/text_tiles.h"
#include "player/picture/video_converter.h"

namespace hallcast::picture {

// Somebody else's memory: BGRA, 4-byte aligned, rows `stride` bytes apart.
struct PixelBuffer {
    std::uint8_t* pixels = nullptr;
    ScreenSize size;
    int stride = 0;
};

// How much the canvas keeps at most, in bytes; more only for a single thing that is larger than its bound.
struct CanvasBounds {
    std::size_t glyphs = std::size_t(4) << 20;
    std::size_t text = std::size_t(16) << 20;  // and no more than two bytes a pixel of the target, or 1 MiB
    std::size_t pictures = std::size_t(48) << 20;
    std::size_t corners = std::size_t(4) << 20;
};

struct CanvasMemory {
    std::size_t glyphs = 0;
    std::size_t text = 0;
    std::size_t pictures = 0;
    std::size_t corners = 0;
    std::size_t video = 0;
};

// Keeps only caches: what it draws depends on the scene alone, so that a region drawn again has the same pixels as the
// whole drawn at once. Every pixel of the region is opaque afterwards. Externally synchronized.
class Canvas {
  public:
    explicit Canvas(const text::FontSet& fonts, const CanvasBounds& bounds = {});

    // `target` may be larger or smaller than the scene; what of the region is outside of the scene gets its background.
    void paint(const Scene& scene, const DamageRegion& region, const PixelBuffer& target);
    CanvasMemory memory() const;

  private:
    void draw(const Fill& fill, const ScreenRect& box);
    void draw(const Text& text, const ScreenRect& box);
    void draw(const Picture& picture, const ScreenRect& box);
    void draw(const Video& video, const ScreenRect& box);
    void draw_still(const StillSource& source, const ScreenRect& box, std::uint8_t alpha = 255);
    void fill_opaque(Colour colour, const DamageRegion& region);

    const CanvasBounds bounds_;
    GlyphCache glyphs_;
    TextTiles tiles_;
    ScaledImages images_;
    RoundedMasks corners_;
    VideoConverter video_;

    // While painting: the target, clipped to the part of `visible_` that the item shows in.
    PixelBuffer target_;
    PixmanImage image_;
    DamageRegion visible_;
};

}  // namespace hallcast::picture
