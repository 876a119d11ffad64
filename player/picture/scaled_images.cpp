#include "player/picture/scaled_images.h"

#include "player/picture/resample.h"

namespace hallcast::picture {

namespace {

bool all_opaque(const std::uint8_t* pixels, int stride, int width, int height) {
    for (int y = 0; y < height; ++y) {
        const auto* row = pixels + std::ptrdiff_t(y) * stride;
        std::uint8_t all = 255;
        for (int x = 0; x < width; ++x) all &= row[std::size_t(x) * 4 + 3];
        if (all != 255) return false;
    }
    return true;
}

bool pixman_takes(const StillSource& source) {
    return source.stride % 4 == 0 && reinterpret_cast<std::uintptr_t>(source.pixels) % 4 == 0;
}

}  // namespace

const ScaledStill& ScaledImages::scaled(const StillSource& source, int width, int height) {
    const Key key{source.owner.get(), width, height};
    if (const auto* kept = cache_.find(key); kept && kept->owner.lock() == source.owner) return *kept;

    // A picture that nobody shows any more is large: not one is kept.
    cache_.erase_if([](const ScaledStill& kept) { return kept.owner.expired(); });

    ScaledStill made;
    made.owner = source.owner;
    if (source.width == width && source.height == height && pixman_takes(source)) {
        made.image = wrap_pixels(PIXMAN_a8r8g8b8, width, height, source.pixels, source.stride);
        made.opaque = all_opaque(source.pixels, source.stride, width, height);
    } else {
        made.storage = resample(source.pixels, source.stride, source.width, source.height, width, height);
        made.image = wrap_pixels(PIXMAN_a8r8g8b8, width, height, made.storage.data(), width * 4);
        made.opaque = all_opaque(reinterpret_cast<const std::uint8_t*>(made.storage.data()), width * 4, width, height);
    }
    const auto bytes = made.storage.size() * sizeof(std::uint32_t);
    return cache_.insert(key, std::move(made), bytes);
}

}  // namespace hallcast::picture
