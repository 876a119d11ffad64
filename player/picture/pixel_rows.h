// Copies a part of a picture in memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "player/picture/scene.h"

namespace hallcast::picture {

// What of `rect` lies in a picture of that size.
inline ScreenRect part_of(const ScreenRect& rect, ScreenSize size) {
    const int left = std::clamp(rect.x, 0, size.width), top = std::clamp(rect.y, 0, size.height);
    return {left, top, std::clamp(rect.right(), left, size.width) - left,
            std::clamp(rect.bottom(), top, size.height) - top};
}

// Opaque BGRA of that part of a BGRA picture whose rows are `stride` bytes apart.
inline std::vector<std::uint8_t> rows_of(const std::uint8_t* pixels, int stride, const ScreenRect& part) {
    std::vector<std::uint8_t> rows;
    if (part.empty()) return rows;
    const auto row = std::size_t(part.width) * 4;
    rows.reserve(row * std::size_t(part.height));
    for (int y = part.y; y < part.bottom(); ++y) {
        const auto* from = pixels + std::ptrdiff_t(y) * stride + std::ptrdiff_t(part.x) * 4;
        rows.insert(rows.end(), from, from + row);
    }
    for (std::size_t alpha = 3; alpha < rows.size(); alpha += 4) rows[alpha] = 255;
    return rows;
}

}  // namespace hallcast::picture
