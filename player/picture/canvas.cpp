#include "player/picture/canvas.h"

#include <algorithm>

#include "player/picture/paint_plan.h"

namespace hallcast::picture {

Canvas::Canvas(const text::FontSet& fonts, const CanvasBounds& bounds)
    : bounds_(bounds),
      glyphs_(fonts, bounds.glyphs),
      tiles_(bounds.text),
      images_(bounds.pictures),
      corners_(bounds.corners) {}

CanvasMemory Canvas::memory() const {
    return {glyphs_.bytes(), tiles_.bytes(), images_.bytes(), corners_.bytes(), video_.bytes()};
}

void Canvas::paint(const Scene& scene, const DamageRegion& region, const PixelBuffer& target) {
    target_ = target;
    image_ = wrap_pixels(PIXMAN_a8r8g8b8, target.size.width, target.size.height, target.pixels, target.stride);

    // What is on the screen at a time, twice: texts of calls that are over would otherwise be kept for hours.
    const auto pixels = std::size_t(target.size.width) * std::size_t(target.size.height);
    tiles_.set_limit(std::min(bounds_.text, std::max(2 * pixels, std::size_t(1) << 20)));

    auto plan = plan_painting(scene, region, target.size);
    Colour background = scene.background;
    background.alpha = 255;
    fill_opaque(background, plan.background);
    for (auto& [item, part] : plan.items) {
        visible_ = std::move(part);
        pixman_image_set_clip_region32(image_.get(), const_cast<pixman_region32_t*>(visible_.get()));
        std::visit([&](const auto& content) { draw(content, item->box); }, item->content);
    }
    image_.reset();
}

void Canvas::fill_opaque(Colour colour, const DamageRegion& region) {
    const auto word = 0xff000000u | unsigned(colour.red) << 16 | unsigned(colour.green) << 8 | unsigned(colour.blue);
    for (const auto& box : region.boxes()) {
        pixman_fill(reinterpret_cast<std::uint32_t*>(target_.pixels), target_.stride / 4, 32, box.x1, box.y1,
                    box.x2 - box.x1, box.y2 - box.y1, word);
    }
}

void Canvas::draw(const Fill& fill, const ScreenRect& box) {
    if (fill.colour.alpha == 0) return;
    const int radius = std::clamp(fill.radius, 0, std::min(box.width, box.height) / 2);
    DamageRegion straight = visible_;
    const auto colour = solid(fill.colour);
    if (radius > 0) {
        auto* disc = corners_.disc(radius);
        for (const bool right : {false, true}) {
            for (const bool lower : {false, true}) {
                const ScreenRect corner{right ? box.right() - radius : box.x, lower ? box.bottom() - radius : box.y,
                                        radius, radius};
                straight.subtract(corner);
                pixman_image_composite32(PIXMAN_OP_OVER, colour.get(), disc, image_.get(), 0, 0, right ? radius : 0,
                                         lower ? radius : 0, corner.x, corner.y, radius, radius);
            }
        }
    }
    if (fill.colour.alpha == 255) {
        fill_opaque(fill.colour, straight);
        return;
    }
    for (const auto& part : straight.boxes()) {
        pixman_image_composite32(PIXMAN_OP_OVER, colour.get(), nullptr, image_.get(), 0, 0, 0, 0, part.x1, part.y1,
                                 part.x2 - part.x1, part.y2 - part.y1);
    }
}

void Canvas::draw(const Text& text, const ScreenRect&) {
    const Colour accented = text.accent.value_or(text.colour);
    if (!text.paragraph || (text.colour.alpha == 0 && accented.alpha == 0)) return;
    const int x = whole_pixel(text.x);
    const int y = whole_pixel(text.y);
    const auto colour = solid(text.colour);
    const auto accent = solid(accented);
    const auto veil = solid({0, 0, 0, text.colour.alpha});
    for (const auto& [column, row] : cells_in(visible_.extents(), x, y)) {
        const auto& tile = tiles_.tile(text.paragraph, column, row, glyphs_);
        const auto& ink = tile.ink;
        const auto draw_layer = [&](pixman_image_t* source, pixman_image_t* mask) {
            pixman_image_composite32(PIXMAN_OP_OVER, source, mask, image_.get(), 0, 0, 0, 0, x + ink.x, y + ink.y,
                                     ink.width, ink.height);
        };
        if (tile.coverage.image) draw_layer(colour.get(), tile.coverage.image.get());
        if (tile.accented.image) draw_layer(accent.get(), tile.accented.image.get());
        if (tile.coloured.image) draw_layer(tile.coloured.image.get(), text.colour.alpha == 255 ? nullptr : veil.get());
    }
}

void Canvas::draw(const Picture& picture, const ScreenRect& box) {
    const auto& image = picture.image;
    if (!image || image->width <= 0 || image->height <= 0 || box.width > largest_side || box.height > largest_side)
        return;
    HALLCAST_ASSERT(image->pixels.size() >= std::size_t(image->width) * std::size_t(image->height) * 4);
    draw_still({image->pixels.data(), image->width * 4, image->width, image->height, image}, box, picture.alpha);
}

void Canvas::draw(const Video& video, const ScreenRect& box) {
    const auto& frame = video.frame;
    if (!frame || box.width > largest_side || box.height > largest_side) return;
    if (frame->format == PixelFormat::bgra) {
        HALLCAST_ASSERT(frame->width > 0 && frame->height > 0 && frame->planes[0]);
        draw_still({frame->planes[0], frame->strides[0], frame->width, frame->height, frame}, box);
    } else {
        video_.draw(frame, box, visible_, target_.pixels, target_.stride);
    }
}

void Canvas::draw_still(const StillSource& source, const ScreenRect& box, std::uint8_t alpha) {
    if (alpha == 0) return;
    const auto& still = images_.scaled(source, box.width, box.height);
    const auto veil = alpha == 255 ? PixmanImage() : solid({0, 0, 0, alpha});
    pixman_image_composite32(still.opaque && !veil ? PIXMAN_OP_SRC : PIXMAN_OP_OVER, still.image.get(), veil.get(),
                             image_.get(), 0, 0, 0, 0, box.x, box.y, box.width, box.height);
}

}  // namespace hallcast::picture
