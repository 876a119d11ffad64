// Collects the items of one widget: gives them stable ids, sets their texts and keeps them inside the widget's box.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "player/picture/scene.h"
#include "player/screen/widget.h"

namespace hallcast::screen {

// The same parts have the same id in every scene.
std::uint64_t item_id(std::uint64_t parent, std::string_view part, std::uint64_t number = 0);

picture::Colour to_picture(const layouts::Colour& colour);
picture::ScreenRect intersection(const picture::ScreenRect& a, const picture::ScreenRect& b);
picture::ScreenRect inset(const picture::ScreenRect& rect, int horizontal, int vertical);
// The largest box of the shape width:height in the middle of `zone`.
picture::ScreenRect contained(int width, int height, const picture::ScreenRect& zone);

// Physical sides, and `start`: where reading begins in the text's own direction.
enum class Side : std::uint8_t { start, left, centre, right };
enum class Level : std::uint8_t { top, middle, bottom };

// A layout's `align`, for a text that is read in `right_to_left` direction or not.
Side side_of(const std::string& align, bool right_to_left);

struct Wording {
    std::string_view utf8 = {};
    std::string_view strong = {};  // a part of `utf8` itself: bold, and in `accent`
    std::string_view language = "en";
    double size_px = 32;
    bool bold = false;
    picture::Colour colour;
    std::optional<picture::Colour> accent = {};
    Side side = Side::start;
    Level level = Level::middle;
    int max_lines = 1;   // 0: as many as fit
    int else_lines = 0;  // > max_lines: as many where its letters are clearly larger so, or it would be cut otherwise
    double smallest = 0.4;  // of size_px: down to this the text shrinks before it is cut
    bool capitals = false;  // digits and capital letters alone: no room is kept for accents and tails
};

// In which letters a wording is set.
text::Style style_of(const Wording& wording);

// `place` and `typesetter` must outlive it.
class ItemList {
  public:
    ItemList(const Place& place, text::Typesetter& typesetter) : place_(place), typesetter_(typesetter) {}

    // Nothing is added where there is nothing to see.
    void add(std::string_view part, std::uint64_t number, const picture::ScreenRect& box,
             decltype(picture::Item::content) content);
    void fill(std::string_view part, std::uint64_t number, const picture::ScreenRect& box,
              const layouts::Colour& colour, int radius = 0);
    void text(std::string_view part, std::uint64_t number, const picture::ScreenRect& box, const Wording& wording);
    // Pixels that text() would need of such a box.
    int height_of(const Wording& wording, int width, int height);
    // The widget's own background.
    void ground() { fill("ground", 0, place_.box, place_.widget.background, place_.pixels(place_.widget.radius)); }

    std::vector<picture::Item> take() { return std::move(items_); }

  private:
    text::ParagraphPtr set_in(const picture::ScreenRect& line, const Wording& wording);

    const Place& place_;
    text::Typesetter& typesetter_;
    std::vector<picture::Item> items_;
};

}  // namespace hallcast::screen
