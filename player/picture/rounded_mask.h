// The coverage of a disc, whose quarters are the corners of rounded rectangles.
#pragma once

#include "player/picture/bounded_cache.h"
#include "player/picture/pixman_image.h"

namespace hallcast::picture {

// 2 * radius pixels wide and high: how much of each pixel the disc covers, from 16 exact lines a pixel row.
OwnedImage draw_disc(int radius);

// Externally synchronized.
class RoundedMasks {
  public:
    explicit RoundedMasks(std::size_t limit_bytes) : cache_(limit_bytes) {}

    pixman_image_t* disc(int radius);  // valid until the next call
    std::size_t bytes() const { return cache_.bytes(); }

  private:
    BoundedCache<int, OwnedImage> cache_;
};

}  // namespace hallcast::picture
