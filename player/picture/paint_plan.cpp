#include "player/picture/paint_plan.h"

#include <algorithm>
#include <cmath>

#include "player/picture/text_tiles.h"

namespace hallcast::picture {

namespace {

constexpr int floor_divide(int value, int by) { return value >= 0 ? value / by : -((-value + by - 1) / by); }

}  // namespace

PaintPlan plan_painting(const Scene& scene, const DamageRegion& region, ScreenSize target) {
    PaintPlan plan;
    DamageRegion open = region;  // what nothing opaque in front has taken yet
    open.intersect(ScreenRect{0, 0, target.width, target.height});
    DamageRegion beside = open;
    const ScreenSize visible_size{std::min(scene.size.width, target.width), std::min(scene.size.height, target.height)};
    open.intersect(ScreenRect{0, 0, visible_size.width, visible_size.height});
    beside.subtract(open);
    for (auto item = scene.items.rbegin(); item != scene.items.rend() && !open.empty(); ++item) {
        DamageRegion part = open;
        part.intersect(clipped(item->box, visible_size));
        if (part.empty()) continue;
        open.subtract(opaque_part(*item, visible_size));
        plan.items.emplace_back(&*item, std::move(part));
    }
    std::ranges::reverse(plan.items);
    open.add(beside);
    plan.background = std::move(open);
    return plan;
}

int whole_pixel(float place) { return int(std::lround(std::clamp(place, -1e8f, 1e8f))); }

std::vector<std::pair<int, int>> cells_in(const ScreenRect& shown, int x, int y) {
    const int first_column = floor_divide(shown.x - x, TextTiles::cell_width);
    const int last_column = floor_divide(shown.right() - 1 - x, TextTiles::cell_width);
    const int first_row = floor_divide(shown.y - y, TextTiles::cell_height);
    const int last_row = floor_divide(shown.bottom() - 1 - y, TextTiles::cell_height);
    std::vector<std::pair<int, int>> cells;
    for (int row = first_row; row <= last_row; ++row)
        for (int column = first_column; column <= last_column; ++column) cells.emplace_back(column, row);
    return cells;
}

}  // namespace hallcast::picture
