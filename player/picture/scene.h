// What is to be seen: a list of items, back to front. The difference between two scenes is the damage.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "player/picture/video_frame.h"
#include "player/text/paragraph.h"

namespace hallcast::picture {

// Screen pixels; right and bottom are exclusive.
struct ScreenRect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    bool empty() const { return width <= 0 || height <= 0; }
    constexpr int right() const { return x + width; }
    constexpr int bottom() const { return y + height; }
    bool operator==(const ScreenRect&) const = default;
};

// The widest picture that is drawn: one stretched wider than any screen is a mistake of the layout, and pixman's
// coordinates end at 32767.
constexpr int largest_side = 16384;

// What lies in both; empty() where nothing does.
constexpr ScreenRect overlap(const ScreenRect& a, const ScreenRect& b) {
    const int x = std::max(a.x, b.x), y = std::max(a.y, b.y);
    return {x, y, std::min(a.right(), b.right()) - x, std::min(a.bottom(), b.bottom()) - y};
}

struct ScreenSize {
    int width = 0;
    int height = 0;
    bool operator==(const ScreenSize&) const = default;
};

// sRGB, not premultiplied.
struct Colour {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    std::uint8_t alpha = 255;
    bool operator==(const Colour&) const = default;
};

// A decoded still picture: premultiplied BGRA, `width * 4` bytes a row. Immutable.
struct Image {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> pixels;
};
using ImagePtr = std::shared_ptr<const Image>;

struct Fill {
    Colour colour;
    int radius = 0;  // of the corners, pixels
    bool operator==(const Fill&) const = default;
};

// The paragraph's top left corner is at (x, y) on the screen; what is outside the item's box is cut. Colour glyphs
// shine through as `colour` does.
struct Text {
    text::ParagraphPtr paragraph;
    float x = 0;
    float y = 0;
    Colour colour;
    std::optional<Colour> accent = {};             // of the glyphs in that ink; none: as the others
    bool operator==(const Text&) const = default;  // the same paragraph object, not an equal one
};

// Both fill the item's box; whoever builds the scene has chosen a box with the right shape.
struct Picture {
    ImagePtr image;
    std::uint8_t alpha = 255;
    bool operator==(const Picture&) const = default;
};
struct Video {
    VideoFramePtr frame;
    bool operator==(const Video&) const = default;
};

struct Item {
    std::uint64_t id = 0;  // the same thing in two scenes has the same id; unique in a scene
    ScreenRect box;
    std::variant<Fill, Text, Picture, Video> content;
    bool operator==(const Item&) const = default;
};

struct Scene {
    ScreenSize size;
    Colour background;
    std::vector<Item> items;
};

}  // namespace hallcast::picture
