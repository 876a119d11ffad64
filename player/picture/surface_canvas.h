// A canvas for SDL surfaces of any depth, and of displays that are mounted turned.
#pragma once

#include <SDL_surface.h>

#include <vector>

#include "player/picture/canvas.h"
#include "player/picture/rotation.h"

namespace hallcast::picture {

// Draws straight into surfaces of 32 bits BGRX that show the picture upright; for any other it is drawn beside, then
// turned and converted where it changed, so that a surface's first paint must be of all of it. Scenes, damage and
// rectangles are of the upright picture. Externally synchronized.
class SurfaceCanvas {
  public:
    explicit SurfaceCanvas(const text::FontSet& fonts, Rotation rotation = Rotation::none)
        : canvas_(fonts), rotation_(rotation) {}

    // `damage` lies inside of the picture. False, with SDL_GetError(), when the surface cannot be written to.
    bool paint(const Scene& scene, const DamageRegion& damage, SDL_Surface& surface);
    // Opaque BGRA of a part of the picture, which was painted to `surface` last.
    std::vector<std::uint8_t> read(const ScreenRect& part, const SDL_Surface& surface) const;

  private:
    bool bring(const ScreenRect& part, ScreenSize picture, SDL_Surface& surface);

    Canvas canvas_;
    const Rotation rotation_;
    std::vector<std::uint8_t> beside_;  // the upright picture; empty for surfaces that are drawn into
    std::vector<std::uint8_t> turned_;  // a part of it, to be converted
};

}  // namespace hallcast::picture
