// How well a text of a scene is set off from what lies beneath it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "player/picture/scene.h"

namespace hallcast::preview {

// WCAG 2.2, "contrast ratio": 1 to 21. Alpha is ignored.
double contrast(const picture::Colour& a, const picture::Colour& b);
// WCAG 2.2, "relative luminance": 0 to 1.
double relative_luminance(double red, double green, double blue);

// WCAG 2.2, 1.4.3 (AA) and 1.4.6 (AAA). Its relief for large letters is not for those who read from afar.
constexpr double least_contrast = 4.5, good_contrast = 7;

// "#rrggbb".
std::string hex(const picture::Colour& colour);
// The colour nearest to `ink`, on the way to white or black, that has `wanted` on `ground`.
std::optional<picture::Colour> with_contrast(const picture::Colour& ink, const picture::Colour& ground, double wanted);

// An item of a scene, and which part of the screen it is of.
struct Layer {
    const picture::Item* item = nullptr;
    std::size_t part = 0;
    bool is_overlay = false;  // of what the program itself lays over a layout: those numbers count no more
};

struct Legibility {
    double contrast = 21;         // the worst of all its letters
    picture::Colour ink, ground;  // there, as they are seen: opaque
    bool is_accent = false;       // those letters have the accent's colour
    bool over_film = false;       // the worst ground that a film may be
    bool over_image = false;
    picture::ScreenRect letters;             // what they take, from the height of capitals to the baseline
    std::size_t visible = 0, hidden = 0;     // letters
    std::optional<std::size_t> hidden_part;  // which part hides some
};

// Of the text `layers[index]`. `layers` are all of the scene, back to front.
Legibility legibility_of(std::span<const Layer> layers, std::size_t index, const picture::Colour& background);

// What the letters of a text take on the screen.
picture::ScreenRect letters_of(const picture::Item& item);

// Whether an opaque item covers the point.
bool hides(const picture::Item& item, double x, double y);

}  // namespace hallcast::preview
