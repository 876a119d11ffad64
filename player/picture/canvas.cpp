#include "player/picture/canvas.h"

#include <algorithm>
#include <cmath>

namespace hallcast::picture {

namespace {

// pixman's coordinates end at 32767, and a picture stretched wider than any screen is a mistake of the layout.
constexpr int largest_side = 16384;

constexpr int floor_divide(int value, int by) { return value >= 0 ? value / by : -((-value + by - 1) / by); }

// Far outside of any screen every place is the same; this keeps sums of coordinates inside of an int.
int whole_pixel(float place) { return int(std::lround(std::clamp(place, -1e8f, 1e8f))); }

}  // namespace

Canvas::Canvas(const text::FontSet& fonts, const CanvasBounds& bounds)
    : glyphs_(fonts, bounds.glyphs), tiles_(bounds.text), images_(bounds.pictures), corners_(bounds.corners) {}

CanvasMemory Canvas::memory() const {
    return {glyphs_.bytes(), tiles_.bytes(), images_.bytes(), corners_.bytes(), video_.bytes()};
}

void Canvas::paint(const Scene& scene, const DamageRegion& region, const PixelBuffer& target) {
    target_ = target;
    image_ = wrap_pixels(PIXMAN_a8r8g8b8, target.size.width, target.size.height, target.pixels, target.stride);

    DamageRegion open = region;  // what nothing opaque in front has taken yet
    open.intersect(ScreenRect{0, 0, target.size.width, target.size.height});
    DamageRegion beside = open;
    const ScreenSize visible_size{std::min(scene.size.width, target.size.width),
                                  std::min(scene.size.height, target.size.height)};
    open.intersect(ScreenRect{0, 0, visible_size.width, visible_size.height});
    beside.subtract(open);

    std::vector<std::pair<const Item*, DamageRegion>> shown;  // front to back
    for (auto item = scene.items.rbegin(); item != scene.items.rend() && !open.empty(); ++item) {
        DamageRegion part = open;
        part.intersect(clipped(item->box, visible_size));
        if (part.empty()) continue;
        open.subtract(opaque_part(*item, visible_size));
        shown.emplace_back(&*item, std::move(part));
    }
    open.add(beside);
    Colour background = scene.background;
    background.alpha = 255;
    fill_opaque(background, open);

    for (auto item = shown.rbegin(); item != shown.rend(); ++item) {
        visible_ = std::move(item->second);
        pixman_image_set_clip_region32(image_.get(), const_cast<pixman_region32_t*>(visible_.get()));
        std::visit([&](const auto& content) { draw(content, item->first->box); }, item->first->content);
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
    if (!text.paragraph || text.colour.alpha == 0) return;
    const int x = whole_pixel(text.x);
    const int y = whole_pixel(text.y);
    const auto colour = solid(text.colour);
    const auto veil = solid({0, 0, 0, text.colour.alpha});
    const auto shown = visible_.extents();
    const int first_column = floor_divide(shown.x - x, TextTiles::cell_width);
    const int last_column = floor_divide(shown.right() - 1 - x, TextTiles::cell_width);
    const int first_row = floor_divide(shown.y - y, TextTiles::cell_height);
    const int last_row = floor_divide(shown.bottom() - 1 - y, TextTiles::cell_height);
    for (int row = first_row; row <= last_row; ++row) {
        for (int column = first_column; column <= last_column; ++column) {
            const auto& tile = tiles_.tile(text.paragraph, column, row, glyphs_);
            const auto& ink = tile.ink;
            if (tile.coverage.image) {
                pixman_image_composite32(PIXMAN_OP_OVER, colour.get(), tile.coverage.image.get(), image_.get(), 0, 0, 0,
                                         0, x + ink.x, y + ink.y, ink.width, ink.height);
            }
            if (tile.coloured.image) {
                pixman_image_composite32(PIXMAN_OP_OVER, tile.coloured.image.get(),
                                         text.colour.alpha == 255 ? nullptr : veil.get(), image_.get(), 0, 0, 0, 0,
                                         x + ink.x, y + ink.y, ink.width, ink.height);
            }
        }
    }
}

void Canvas::draw(const Picture& picture, const ScreenRect& box) {
    const auto& image = picture.image;
    if (!image || image->width <= 0 || image->height <= 0 || box.width > largest_side || box.height > largest_side)
        return;
    HALLCAST_ASSERT(image->pixels.size() >= std::size_t(image->width) * std::size_t(image->height) * 4);
    draw_still({image->pixels.data(), image->width * 4, image->width, image->height, image}, box);
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

void Canvas::draw_still(const StillSource& source, const ScreenRect& box) {
    const auto& still = images_.scaled(source, box.width, box.height);
    pixman_image_composite32(still.opaque ? PIXMAN_OP_SRC : PIXMAN_OP_OVER, still.image.get(), nullptr, image_.get(), 0,
                             0, 0, 0, box.x, box.y, box.width, box.height);
}

}  // namespace hallcast::picture
