#include "player/picture/surface_canvas.h"

#include <SDL_error.h>
#include <SDL_pixels.h>

#include <algorithm>

#include "player/picture/pixel_rows.h"

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
    if (rotation_ == Rotation::none && canvas_draws(surface)) {
        beside_ = {};
        canvas_.paint(scene, damage, {static_cast<std::uint8_t*>(surface.pixels), size, surface.pitch});
        return true;
    }
    const ScreenSize picture = rotated(size, rotation_);
    const int stride = picture.width * 4;
    beside_.resize(std::size_t(stride) * std::size_t(picture.height));
    canvas_.paint(scene, damage, {beside_.data(), picture, stride});
    return std::ranges::all_of(damage.boxes(), [&](const pixman_box32_t& box) {
        return bring({box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1}, picture, surface);
    });
}

// From beside into the surface.
bool SurfaceCanvas::bring(const ScreenRect& part, ScreenSize picture, SDL_Surface& surface) {
    const ScreenRect place = rotated(part, picture, rotation_);
    auto* to = static_cast<std::uint8_t*>(surface.pixels) + std::ptrdiff_t(place.y) * surface.pitch +
               std::ptrdiff_t(place.x) * surface.format->BytesPerPixel;
    int stride = picture.width * 4;
    const auto* from = beside_.data() + std::ptrdiff_t(part.y) * stride + std::ptrdiff_t(part.x) * 4;
    if (canvas_draws(surface)) {
        rotate_pixels(from, stride, {part.width, part.height}, to, surface.pitch, rotation_);
        return true;
    }
    if (rotation_ != Rotation::none) {
        turned_.resize(std::size_t(place.width) * std::size_t(place.height) * 4);
        rotate_pixels(from, stride, {part.width, part.height}, turned_.data(), place.width * 4, rotation_);
        from = turned_.data();
        stride = place.width * 4;
    }
    return SDL_ConvertPixels(place.width, place.height, SDL_PIXELFORMAT_ARGB8888, from, stride, surface.format->format,
                             to, surface.pitch) == 0;
}

std::vector<std::uint8_t> SurfaceCanvas::read(const ScreenRect& part, const SDL_Surface& surface) const {
    if (beside_.empty()) return rows_of(static_cast<const std::uint8_t*>(surface.pixels), surface.pitch, part);
    return rows_of(beside_.data(), rotated({surface.w, surface.h}, rotation_).width * 4, part);
}

}  // namespace hallcast::picture
