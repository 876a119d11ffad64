// A canvas for SDL surfaces of any depth.
#pragma once

#include <SDL_surface.h>

#include <vector>

#include "player/picture/canvas.h"

namespace hallcast::picture {

// Draws straight into surfaces of 32 bits BGRX; anything else is drawn beside and converted where it changed, so that a
// surface's first paint must be of all of it. Externally synchronized.
class SurfaceCanvas {
  public:
    explicit SurfaceCanvas(const text::FontSet& fonts) : canvas_(fonts) {}

    // `damage` lies inside of the surface. False, with SDL_GetError(), when the surface cannot be written to.
    bool paint(const Scene& scene, const DamageRegion& damage, SDL_Surface& surface);

  private:
    Canvas canvas_;
    std::vector<std::uint8_t> beside_;  // empty for surfaces that are drawn into
};

}  // namespace hallcast::picture
