// What a painter has to do for a scene, whatever it paints with.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "player/picture/damage.h"

namespace hallcast::picture {

struct PaintPlan {
    DamageRegion background;  // where no opaque item is in front of it
    // Back to front: each with the part of the screen that it shows in, nothing opaque before it. Point into the scene.
    std::vector<std::pair<const Item*, DamageRegion>> items;
};

// For the `region` of a target, which may be larger or smaller than the scene: what lies outside of the scene gets its
// background.
PaintPlan plan_painting(const Scene& scene, const DamageRegion& region, ScreenSize target);

// Where a text stands. Far outside of any screen every place is the same, which keeps sums of coordinates inside of an
// int.
int whole_pixel(float place);

// The cells (column, row) of a text at (x, y), see TextTiles, that `shown` touches.
std::vector<std::pair<int, int>> cells_in(const ScreenRect& shown, int x, int y);

}  // namespace hallcast::picture
