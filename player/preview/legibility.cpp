#include "player/preview/legibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hallcast::preview {

namespace {

struct Mixed {
    double red = 0, green = 0, blue = 0;
};

Mixed mixed(const picture::Colour& colour) { return {double(colour.red), double(colour.green), double(colour.blue)}; }
picture::Colour rounded(const Mixed& colour) {
    const auto byte = [](double value) { return std::uint8_t(std::lround(std::clamp(value, 0.0, 255.0))); };
    return {byte(colour.red), byte(colour.green), byte(colour.blue), 255};
}

// As the painters do: of the sRGB values.
Mixed over(const Mixed& below, const Mixed& colour, double alpha) {
    const auto mix = [alpha](double a, double b) { return a + (b - a) * alpha; };
    return {mix(below.red, colour.red), mix(below.green, colour.green), mix(below.blue, colour.blue)};
}

double luminance(const Mixed& colour) {
    return relative_luminance(colour.red / 255, colour.green / 255, colour.blue / 255);
}

double ratio(double a, double b) { return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05); }

bool inside(const picture::ScreenRect& box, double x, double y) {
    return x >= box.x && x < box.right() && y >= box.y && y < box.bottom();
}

bool inside_rounded(const picture::ScreenRect& box, int radius, double x, double y) {
    if (!inside(box, x, y)) return false;
    const double across = std::max({box.x + radius - x, x - (box.right() - radius), 0.0});
    const double down = std::max({box.y + radius - y, y - (box.bottom() - radius), 0.0});
    return std::hypot(across, down) <= std::max(radius, 0) + 0.5;
}

bool covers(const picture::Item& item, double x, double y) {
    if (const auto* fill = std::get_if<picture::Fill>(&item.content))
        return inside_rounded(item.box, fill->radius, x, y);
    return inside(item.box, x, y);
}

// The darkest and the lightest that a picture makes of `below`, of what lies in `part` of its box.
std::array<Mixed, 2> extremes(const picture::Image& image, const picture::ScreenRect& box,
                              const picture::ScreenRect& part, const Mixed& below) {
    std::array<Mixed, 2> found{Mixed{255, 255, 255}, Mixed{}};
    double darkest = 2, lightest = -1;
    constexpr int most_steps = 48;
    const auto seen = picture::overlap(box, part);
    if (seen.empty() || image.width <= 0 || image.height <= 0) return {below, below};
    const int across = std::min(seen.width, most_steps), down = std::min(seen.height, most_steps);
    for (int j = 0; j < down; ++j) {
        for (int i = 0; i < across; ++i) {
            const double x = seen.x + (i + 0.5) * seen.width / across, y = seen.y + (j + 0.5) * seen.height / down;
            const auto column = std::clamp(int((x - box.x) / box.width * image.width), 0, image.width - 1);
            const auto row = std::clamp(int((y - box.y) / box.height * image.height), 0, image.height - 1);
            const std::uint8_t* bgra =
                image.pixels.data() + (std::size_t(row) * std::size_t(image.width) + std::size_t(column)) * 4;
            const double through = 1 - bgra[3] / 255.0;
            const Mixed here{bgra[2] + below.red * through, bgra[1] + below.green * through,
                             bgra[0] + below.blue * through};
            const double light = luminance(here);
            if (light < darkest) darkest = light, found[0] = here;
            if (light > lightest) lightest = light, found[1] = here;
        }
    }
    return found;
}

// What may lie there, and the letter on it.
struct Ground {
    Mixed colour;
    bool film = false, image = false;
    Mixed ink;
};

struct Point {
    double x, y;
};

// Where the longest line ends, at the right. A mark's glyph may begin there, though its ink is over the letter before.
double end_of(const picture::Text& text) {
    float left = std::numeric_limits<float>::max();
    for (const auto& glyph : text.paragraph->glyphs) left = std::min(left, glyph.x);
    return text.x + left + text.paragraph->width;
}

class Reader {
  public:
    Reader(std::span<const Layer> layers, std::size_t index, const picture::Colour& background)
        : item_(*layers[index].item),
          text_(std::get<picture::Text>(item_.content)),
          part_(layers[index].part),
          background_(background) {
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (i == index || std::holds_alternative<picture::Text>(layers[i].item->content)) continue;
            if (picture::overlap(layers[i].item->box, item_.box).empty()) continue;
            (i < index ? below_ : above_).push_back(layers[i]);
        }
    }

    Legibility read() {
        found_.letters = letters_of(item_);
        end_ = end_of(text_);
        for (const auto& glyph : text_.paragraph->glyphs) read(glyph);
        return found_;
    }

  private:
    void read(const text::PlacedGlyph& glyph) {
        const double base = text_.y + glyph.y, size = glyph.size_px;
        const auto x = [&](double em) { return std::min(text_.x + glyph.x + em * size, end_); };
        const Point middle{x(0.28), base - 0.36 * size};
        if (!inside(item_.box, middle.x, middle.y)) return;
        for (const Layer& layer : above_) {
            if (!hides(*layer.item, middle.x, middle.y)) continue;
            ++found_.hidden;
            if (!layer.is_overlay && layer.part != part_) found_.hidden_part = layer.part;
            return;
        }
        ++found_.visible;
        const bool accent = glyph.ink == text::Ink::accent && text_.accent;
        const auto& colour = accent ? *text_.accent : text_.colour;
        for (const Point& point : {middle, Point{x(0.1), middle.y}, Point{x(0.5), middle.y},
                                   Point{middle.x, base - 0.68 * size}, Point{middle.x, base - 0.04 * size}})
            if (inside(item_.box, point.x, point.y)) read(point, colour, accent);
    }

    void read(const Point& point, const picture::Colour& colour, bool accent) {
        std::vector<Ground> grounds{{mixed(background_)}};
        for (const Layer& layer : below_)
            if (covers(*layer.item, point.x, point.y)) lay(*layer.item, grounds);
        for (Ground& ground : grounds) ground.ink = over(ground.colour, mixed(colour), colour.alpha / 255.0);
        for (const Layer& layer : above_) {
            if (!covers(*layer.item, point.x, point.y)) continue;
            // What the program lays over old numbers is to show that they count no more.
            if (layer.is_overlay || hides(*layer.item, point.x, point.y)) return;
            const auto* fill = std::get_if<picture::Fill>(&layer.item->content);
            if (!fill) continue;
            for (Ground& ground : grounds) {
                ground.colour = over(ground.colour, mixed(fill->colour), fill->colour.alpha / 255.0);
                ground.ink = over(ground.ink, mixed(fill->colour), fill->colour.alpha / 255.0);
            }
        }
        for (const Ground& ground : grounds) {
            const double here = ratio(luminance(ground.colour), luminance(ground.ink));
            if (here >= found_.contrast) continue;
            found_.contrast = here;
            found_.ink = rounded(ground.ink);
            found_.ground = rounded(ground.colour);
            found_.is_accent = accent;
            found_.over_film = ground.film;
            found_.over_image = ground.image;
        }
    }

    void lay(const picture::Item& item, std::vector<Ground>& grounds) const {
        if (const auto* fill = std::get_if<picture::Fill>(&item.content)) {
            if (fill->colour.alpha == 255)
                grounds = {{mixed(fill->colour)}};
            else
                for (Ground& ground : grounds)
                    ground.colour = over(ground.colour, mixed(fill->colour), fill->colour.alpha / 255.0);
        } else if (std::holds_alternative<picture::Video>(item.content)) {
            grounds = {{Mixed{0, 0, 0}, true}, {Mixed{255, 255, 255}, true}};
        } else if (const auto* shown = std::get_if<picture::Picture>(&item.content); shown && shown->image) {
            std::vector<Ground> made;
            for (const Ground& ground : grounds)
                for (const Mixed& colour : extremes(*shown->image, item.box, item_.box, ground.colour))
                    made.push_back({colour, ground.film, true});
            const auto by_light = [](const Ground& ground) { return luminance(ground.colour); };
            const auto [darkest, lightest] = std::ranges::minmax_element(made, {}, by_light);
            grounds = {*darkest, *lightest};
        }
    }

    const picture::Item& item_;
    const picture::Text& text_;
    std::size_t part_;
    picture::Colour background_;
    std::vector<Layer> below_, above_;
    double end_ = 0;
    Legibility found_;
};

}  // namespace

double relative_luminance(double red, double green, double blue) {
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

double contrast(const picture::Colour& a, const picture::Colour& b) {
    return ratio(luminance(mixed(a)), luminance(mixed(b)));
}

std::string hex(const picture::Colour& colour) {
    return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

std::optional<picture::Colour> with_contrast(const picture::Colour& ink, const picture::Colour& ground, double wanted) {
    for (int percent = 0; percent <= 100; ++percent) {
        for (const double end : {255.0, 0.0}) {
            const auto colour = rounded(over(mixed(ink), {end, end, end}, percent / 100.0));
            if (contrast(colour, ground) >= wanted) return colour;
        }
    }
    return std::nullopt;
}

bool hides(const picture::Item& item, double x, double y) {
    if (!covers(item, x, y)) return false;
    if (const auto* fill = std::get_if<picture::Fill>(&item.content)) return fill->colour.alpha == 255;
    return std::holds_alternative<picture::Video>(item.content);
}

picture::ScreenRect letters_of(const picture::Item& item) {
    const auto& text = std::get<picture::Text>(item.content);
    const double end = end_of(text);
    double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
    for (const auto& glyph : text.paragraph->glyphs) {
        left = std::min(left, double(text.x + glyph.x));
        right = std::max(right, std::min(end, text.x + glyph.x + 0.55 * glyph.size_px));
        top = std::min(top, text.y + glyph.y - 0.72 * glyph.size_px);
        bottom = std::max(bottom, double(text.y + glyph.y));
    }
    if (right < left) return {};
    const int x = int(std::floor(left)), y = int(std::floor(top));
    return picture::overlap({x, y, int(std::ceil(right)) - x, int(std::ceil(bottom)) - y}, item.box);
}

Legibility legibility_of(std::span<const Layer> layers, std::size_t index, const picture::Colour& background) {
    return Reader(layers, index, background).read();
}

}  // namespace hallcast::preview
