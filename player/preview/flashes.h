// Whether a screen flashes so often that it may cause seizures.
#pragma once

#include <functional>
#include <optional>

#include "player/picture/painter.h"
#include "player/screen/screen.h"

namespace hallcast::preview {

// WCAG 2.2, 2.3.2: three in any second. A flash is a pair of opposing changes of the relative luminance by a tenth of
// white or more, the darker below 0.80 ("general flash").
constexpr int most_flashes = 3;

struct Flashing {
    int changes = 0;           // in a second; two make a flash
    picture::ScreenRect rect;  // where
};

// Paints two seconds of what `scene_at` gives from `start` on, a picture each 1/60 s, if anything changes that often.
std::optional<Flashing> flashing_of(const std::function<picture::Scene(screen::WallTime)>& scene_at,
                                    screen::WallTime start, const text::FontSet& fonts);

}  // namespace hallcast::preview
