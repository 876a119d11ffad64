// pixman images as values that free themselves.
#pragma once

#include <pixman.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "player/picture/scene.h"

namespace hallcast::picture {

struct PixmanUnref {
    void operator()(pixman_image_t* image) const { pixman_image_unref(image); }
};
using PixmanImage = std::unique_ptr<pixman_image_t, PixmanUnref>;

// Over pixels of somebody else, who keeps them alive; `stride` and `pixels` are multiples of 4. Never null.
PixmanImage wrap_pixels(pixman_format_code_t format, int width, int height, const void* pixels, int stride);

// One colour everywhere.
PixmanImage solid(Colour colour);

// Coverage (1 byte a pixel) or premultiplied BGRA with its own memory, all zero at first.
struct OwnedImage {
    std::vector<std::uint32_t> storage;  // pixman wants rows of whole words
    int stride = 0;                      // bytes
    PixmanImage image;

    std::uint8_t* row(int y) {
        return reinterpret_cast<std::uint8_t*>(storage.data()) + std::size_t(y) * std::size_t(stride);
    }
    std::size_t bytes() const { return storage.size() * sizeof(std::uint32_t); }
};
OwnedImage make_image(pixman_format_code_t format, int width, int height);

// value * alpha / 255, rounded to nearest: exact for all bytes.
constexpr std::uint8_t multiply_bytes(unsigned value, unsigned alpha) {
    const unsigned product = value * alpha + 128;
    return std::uint8_t((product + (product >> 8)) >> 8);
}

}  // namespace hallcast::picture
