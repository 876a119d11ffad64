#include "player/picture/gl_canvas.h"

#include <algorithm>

#include "player/picture/paint_plan.h"
#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

constexpr std::size_t most_stills = 8;

ScreenRect of(const pixman_box32_t& box) { return {box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1}; }

}  // namespace

GlCanvas::GlCanvas(const text::FontSet& fonts) : atlas_(fonts, [this] { batch_.flush(); }) {}

void GlCanvas::paint(const Scene& scene, const DamageRegion& region, ScreenSize target) {
    target_ = target;
    batch_.begin(target);
    auto plan = plan_painting(scene, region, target);
    Colour background = scene.background;
    background.alpha = 255;
    fill_region(plan.background, premultiplied(background), false);
    for (auto& [item, part] : plan.items) {
        visible_ = std::move(part);
        std::visit([&](const auto& content) { draw(content, item->box); }, item->content);
    }
    batch_.flush();
}

void GlCanvas::fill_region(const DamageRegion& region, GlColour colour, bool blend) {
    const ScreenRect white = atlas_.white();
    for (const auto& box : region.boxes())
        batch_.add(atlas_.texture(), atlas_.size(), {white.x + 1, white.y + 1, 0, 0}, colour, blend, of(box));
}

// The part of the atlas `texels`, its corner at `place`'s, where it shows; mirrored for the other corners of a disc.
void GlCanvas::add_atlas(const ScreenRect& texels, const ScreenRect& place, GlColour colour, bool right, bool lower) {
    const TexelMap map{right ? texels.right() + place.x : texels.x - place.x,
                       lower ? texels.bottom() + place.y : texels.y - place.y, right ? -1 : 1, lower ? -1 : 1};
    for (const auto& box : visible_.boxes()) {
        const ScreenRect part = overlap(of(box), place);
        if (!part.empty()) batch_.add(atlas_.texture(), atlas_.size(), map, colour, true, part);
    }
}

void GlCanvas::draw(const Fill& fill, const ScreenRect& box) {
    if (fill.colour.alpha == 0) return;
    const int radius = std::clamp(fill.radius, 0, std::min({box.width / 2, box.height / 2, GlAtlas::side / 2}));
    DamageRegion straight = visible_;
    const GlColour colour = premultiplied(fill.colour);
    if (radius > 0) {
        const ScreenRect quarter = atlas_.corner(radius);
        for (const bool right : {false, true}) {
            for (const bool lower : {false, true}) {
                const ScreenRect corner{right ? box.right() - radius : box.x, lower ? box.bottom() - radius : box.y,
                                        radius, radius};
                straight.subtract(corner);
                add_atlas(quarter, corner, colour, right, lower);
            }
        }
    }
    fill_region(straight, colour, fill.colour.alpha != 255);
}

void GlCanvas::draw(const Text& text, const ScreenRect&) {
    const Colour accented = text.accent.value_or(text.colour);
    if (!text.paragraph || (text.colour.alpha == 0 && accented.alpha == 0)) return;
    const int x = whole_pixel(text.x);
    const int y = whole_pixel(text.y);
    const GlColour colour = premultiplied(text.colour);
    const GlColour accent = premultiplied(accented);
    const GlColour veil = premultiplied({255, 255, 255, text.colour.alpha});
    for (const auto& [column, row] : cells_in(visible_.extents(), x, y)) {
        const auto tile = atlas_.tile(text.paragraph, column, row);
        const ScreenRect place{x + tile.ink.x, y + tile.ink.y, tile.ink.width, tile.ink.height};
        if (!tile.coverage.empty()) add_atlas(tile.coverage, place, colour);
        if (!tile.accented.empty()) add_atlas(tile.accented, place, accent);
        if (!tile.coloured.empty()) add_atlas(tile.coloured, place, veil);
    }
}

void GlCanvas::draw(const Picture& picture, const ScreenRect& box) {
    const auto& image = picture.image;
    if (!image || image->width <= 0 || image->height <= 0 || box.width > largest_side || box.height > largest_side)
        return;
    HALLCAST_ASSERT(image->pixels.size() >= std::size_t(image->width) * std::size_t(image->height) * 4);
    draw_still({image->pixels.data(), image->width * 4, image->width, image->height, image}, box, picture.alpha);
}

void GlCanvas::draw(const Video& video, const ScreenRect& box) {
    const auto& frame = video.frame;
    if (!frame || box.width > largest_side || box.height > largest_side) return;
    if (frame->format == PixelFormat::bgra) {
        HALLCAST_ASSERT(frame->width > 0 && frame->height > 0 && frame->planes[0]);
        draw_still({frame->planes[0], frame->strides[0], frame->width, frame->height, frame}, box);
    } else {
        batch_.flush();
        video_.draw(frame, box, visible_, target_);
    }
}

void GlCanvas::draw_still(const StillSource& source, const ScreenRect& box, std::uint8_t alpha) {
    if (alpha == 0) return;
    const Still& kept = still(source, {box.width, box.height});
    for (const auto& part : visible_.boxes())
        batch_.add(kept.texture.name(), kept.size, {-box.x, -box.y, 1, 1}, {alpha, alpha, alpha, alpha},
                   !kept.opaque || alpha != 255, of(part));
}

// Scaled once by the cpu painter's own filter, which is better than a texture unit's, and shown texel by pixel.
const GlCanvas::Still& GlCanvas::still(const StillSource& source, ScreenSize size) {
    const auto known = std::ranges::find_if(stills_, [&](const Still& one) {
        return one.key == source.owner.get() && one.size == size && one.owner.lock() == source.owner;
    });
    if (known != stills_.end()) {
        std::rotate(known, known + 1, stills_.end());
        return stills_.back();
    }
    batch_.flush();  // what goes now may be in it
    std::erase_if(stills_, [](const Still& one) { return one.owner.expired(); });
    if (stills_.size() >= most_stills) stills_.erase(stills_.begin());

    ScaledImages scaler(0);
    const ScaledStill& scaled = scaler.scaled(source, size.width, size.height);
    const auto* pixels = reinterpret_cast<const std::uint8_t*>(pixman_image_get_data(scaled.image.get()));
    const int stride = pixman_image_get_stride(scaled.image.get());
    std::vector<std::uint8_t> rgba(std::size_t(size.width) * std::size_t(size.height) * 4);
    auto* to = rgba.data();
    for (int y = 0; y < size.height; ++y) {
        const auto* from = pixels + std::ptrdiff_t(y) * stride;
        for (int x = 0; x < size.width; ++x, from += 4, to += 4)
            to[0] = from[2], to[1] = from[1], to[2] = from[0], to[3] = from[3];
    }
    Still& made = stills_.emplace_back();
    made.owner = source.owner;
    made.key = source.owner.get();
    made.size = size;
    made.opaque = scaled.opaque;
    glBindTexture(GL_TEXTURE_2D, made.texture.name());
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, size.width, size.height);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, size.width, size.height, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    return made;
}

}  // namespace hallcast::picture
