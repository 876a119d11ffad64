#include "player/picture/rotation.h"

#include <libyuv.h>

#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

// libyuv turns by a quarter column by column: three times as fast in pieces whose lines stay in the cache.
constexpr int piece = 32;

}  // namespace

void rotate_pixels(const std::uint8_t* upright, int upright_stride, ScreenSize size, std::uint8_t* turned,
                   int turned_stride, Rotation rotation) {
    const bool quarter = rotated({1, 2}, rotation).width == 2;
    const int step_x = quarter ? piece : size.width, step_y = quarter ? piece : size.height;
    for (int y = 0; y < size.height; y += step_y) {
        for (int x = 0; x < size.width; x += step_x) {
            const ScreenRect part{x, y, std::min(step_x, size.width - x), std::min(step_y, size.height - y)};
            const ScreenRect place = rotated(part, size, rotation);
            const int failed = libyuv::ARGBRotate(
                upright + std::ptrdiff_t(part.y) * upright_stride + std::ptrdiff_t(part.x) * 4, upright_stride,
                turned + std::ptrdiff_t(place.y) * turned_stride + std::ptrdiff_t(place.x) * 4, turned_stride,
                part.width, part.height, libyuv::RotationMode(rotation));
            HALLCAST_ASSERT(failed == 0);
        }
    }
}

}  // namespace hallcast::picture
