#include "player/text/styles.h"

#include <algorithm>

namespace hallcast::text {

void Styles::add(std::int32_t start, PartStyle style) {
    const PartStyle& before = styles_.back().style;
    if (before.same_shape(style) && before.ink == style.ink) return;
    styles_.push_back({start, std::move(style)});
}

std::size_t Styles::at(std::int32_t position) const {
    if (plain()) return 0;
    const auto after = std::ranges::upper_bound(styles_.begin() + 1, styles_.end(), position, {}, &Part::start);
    return static_cast<std::size_t>(after - styles_.begin()) - 1;
}

float Styles::largest_scale() const {
    return std::ranges::max_element(styles_, {}, [](const Part& part) { return part.style.scale; })->style.scale;
}

}  // namespace hallcast::text
