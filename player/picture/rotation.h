// Displays that are mounted turned: the picture is turned back, so that it stands upright on them.
#pragma once

#include <cstdint>

#include "player/picture/scene.h"

namespace hallcast::picture {

// How far the picture is turned, clockwise, in degrees.
enum class Rotation { none = 0, by_90 = 90, by_180 = 180, by_270 = 270 };

// The size of a picture after it was turned; and, the same, of the upright picture for a window of `size`.
constexpr ScreenSize rotated(ScreenSize size, Rotation rotation) {
    const bool on_its_side = rotation == Rotation::by_90 || rotation == Rotation::by_270;
    return on_its_side ? ScreenSize{size.height, size.width} : size;
}

// Where `rect` of an upright picture of that size lies when the picture is turned.
constexpr ScreenRect rotated(const ScreenRect& rect, ScreenSize picture, Rotation rotation) {
    switch (rotation) {
        case Rotation::by_90:
            return {picture.height - rect.bottom(), rect.x, rect.height, rect.width};
        case Rotation::by_180:
            return {picture.width - rect.right(), picture.height - rect.bottom(), rect.width, rect.height};
        case Rotation::by_270:
            return {rect.y, picture.width - rect.right(), rect.height, rect.width};
        case Rotation::none:
            break;
    }
    return rect;
}

// Copies pixels of 32 bits, `size` of them upright, to where they lie turned; both pointers are to the top left pixel,
// strides are in bytes. The two do not overlap.
void rotate_pixels(const std::uint8_t* upright, int upright_stride, ScreenSize size, std::uint8_t* turned,
                   int turned_stride, Rotation rotation);

}  // namespace hallcast::picture
