#include "player/picture/surface_canvas.h"

#include <SDL_error.h>
#include <SDL_pixels.h>

namespace hallcast::picture {

namespace {

// The format the canvas draws; the fourth byte is ours to set where the surface ignores it.
bool canvas_draws(const SDL_Surface& surface) {
    const auto format = surface.format->format;
    return (format == SDL_PIXELFORMAT_ARGB8888 || format == SDL_PIXELFORMAT_RGB888) && surface.pitch % 4 == 0;
}

class SurfaceLock {
  public:
    explicit SurfaceLock(SDL_Surface& surface) : surface_(surface), held_(SDL_LockSurface(&surface) == 0) {}
    ~SurfaceLock() {
        if (held_) SDL_UnlockSurface(&surface_);
    }
    SurfaceLock(const SurfaceLock&) = delete;
    SurfaceLock& operator=(const SurfaceLock&) = delete;
    explicit operator bool() const { return held_; }

  private:
    SDL_Surface& surface_;
    bool held_;
};

}  // namespace

bool SurfaceCanvas::paint(const Scene& scene, const DamageRegion& damage, SDL_Surface& surface) {
    const SurfaceLock lock(surface);
    if (!lock) return false;
    const ScreenSize size{surface.w, surface.h};
    auto* pixels = static_cast<std::uint8_t*>(surface.pixels);
    if (canvas_draws(surface)) {
        beside_ = {};
        canvas_.paint(scene, damage, {pixels, size, surface.pitch});
        return true;
    }
    const int stride = size.width * 4;
    beside_.resize(std::size_t(stride) * std::size_t(size.height));
    canvas_.paint(scene, damage, {beside_.data(), size, stride});
    for (const auto& box : damage.boxes()) {
        const auto* from = beside_.data() + std::ptrdiff_t(box.y1) * stride + std::ptrdiff_t(box.x1) * 4;
        auto* to =
            pixels + std::ptrdiff_t(box.y1) * surface.pitch + std::ptrdiff_t(box.x1) * surface.format->BytesPerPixel;
        if (SDL_ConvertPixels(box.x2 - box.x1, box.y2 - box.y1, SDL_PIXELFORMAT_ARGB8888, from, stride,
                              surface.format->format, to, surface.pitch) != 0) {
            return false;
        }
    }
    return true;
}

}  // namespace hallcast::picture
