#include "player/picture/rounded_mask.h"

#include <algorithm>
#include <cmath>

namespace hallcast::picture {

OwnedImage draw_disc(int radius) {
    const int side = 2 * radius;
    auto disc = make_image(PIXMAN_a8, side, side);
    constexpr int lines = 16;
    std::vector<float> covered(static_cast<std::size_t>(radius));  // of one row's left half
    for (int y = 0; y < radius; ++y) {
        std::ranges::fill(covered, 0.0f);
        for (int line = 0; line < lines; ++line) {
            const float dy = float(radius) - (float(y) + (float(line) + 0.5f) / lines);
            const float left = float(radius) - std::sqrt(float(radius) * float(radius) - dy * dy);
            const int first = int(left);  // the pixel that the circle's edge cuts on this line
            if (first >= radius) continue;
            covered[std::size_t(first)] += float(first + 1) - left;
            for (int x = first + 1; x < radius; ++x) covered[std::size_t(x)] += 1.0f;
        }
        for (int x = 0; x < radius; ++x) {
            const auto value = std::uint8_t(std::lround(covered[std::size_t(x)] * (255.0f / lines)));
            disc.row(y)[x] = disc.row(y)[side - 1 - x] = value;
            disc.row(side - 1 - y)[x] = disc.row(side - 1 - y)[side - 1 - x] = value;
        }
    }
    return disc;
}

pixman_image_t* RoundedMasks::disc(int radius) {
    if (const auto* known = cache_.find(radius)) return known->image.get();
    auto made = draw_disc(radius);
    const auto bytes = made.bytes();
    return cache_.insert(radius, std::move(made), bytes).image.get();
}

}  // namespace hallcast::picture
