// Still pictures at the size they are shown in, scaled once and kept within a bound.
#pragma once

#include <memory>

#include "player/picture/bounded_cache.h"
#include "player/picture/pixman_image.h"

namespace hallcast::picture {

// Premultiplied BGRA in memory that `owner` keeps: an Image, or a frame of that format.
struct StillSource {
    const std::uint8_t* pixels = nullptr;
    int stride = 0;
    int width = 0;
    int height = 0;
    std::shared_ptr<const void> owner;
};

struct ScaledStill {
    std::weak_ptr<const void> owner;
    std::vector<std::uint32_t> storage;  // empty: the image is over the owner's own pixels
    PixmanImage image;
    bool opaque = false;
};

// Externally synchronized.
class ScaledImages {
  public:
    explicit ScaledImages(std::size_t limit_bytes) : cache_(limit_bytes) {}

    // Valid until the next call, and while the owner lives.
    const ScaledStill& scaled(const StillSource& source, int width, int height);
    std::size_t bytes() const { return cache_.bytes(); }

  private:
    struct Key {
        const void* owner;
        int width;
        int height;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return hash_parts(key.owner, key.width, key.height); }
    };

    BoundedCache<Key, ScaledStill, KeyHash> cache_;
};

}  // namespace hallcast::picture
