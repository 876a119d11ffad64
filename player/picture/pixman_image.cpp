#include "player/picture/pixman_image.h"

#include "protocol/base/error.h"

namespace hallcast::picture {

PixmanImage wrap_pixels(pixman_format_code_t format, int width, int height, const void* pixels, int stride) {
    // pixman takes rows of words and writes only to destinations.
    auto* words = static_cast<std::uint32_t*>(const_cast<void*>(pixels));
    PixmanImage image(pixman_image_create_bits_no_clear(format, width, height, words, stride));
    HALLCAST_ASSERT(image != nullptr);
    return image;
}

PixmanImage solid(Colour colour) {
    const auto channel = [&](std::uint8_t value) { return std::uint16_t(multiply_bytes(value, colour.alpha) * 257); };
    const pixman_color_t premultiplied{channel(colour.red), channel(colour.green), channel(colour.blue),
                                       std::uint16_t(colour.alpha * 257)};
    PixmanImage image(pixman_image_create_solid_fill(&premultiplied));
    HALLCAST_ASSERT(image != nullptr);
    return image;
}

OwnedImage make_image(pixman_format_code_t format, int width, int height) {
    HALLCAST_ASSERT(width > 0 && height > 0);
    OwnedImage made;
    made.stride = (width * PIXMAN_FORMAT_BPP(format) / 8 + 3) / 4 * 4;
    made.storage.assign(std::size_t(made.stride) / 4 * std::size_t(height), 0);
    made.image = wrap_pixels(format, width, height, made.storage.data(), made.stride);
    return made;
}

}  // namespace hallcast::picture
