#include <SDL.h>
#include <spdlog/spdlog.h>

#include "player/picture/canvas.h"
#include "player/picture/painter.h"
#include "player/picture/scene_history.h"

namespace hallcast::picture {

namespace {

// Each is one request to the X server.
constexpr std::size_t most_updates = 16;

// The format the canvas draws; the fourth byte is ours to set where the window ignores it.
bool canvas_draws(std::uint32_t format) {
    return format == SDL_PIXELFORMAT_ARGB8888 || format == SDL_PIXELFORMAT_RGB888;
}

class SurfaceLock {
  public:
    explicit SurfaceLock(SDL_Surface* surface) : surface_(surface), held_(SDL_LockSurface(surface) == 0) {}
    ~SurfaceLock() {
        if (held_) SDL_UnlockSurface(surface_);
    }
    SurfaceLock(const SurfaceLock&) = delete;
    SurfaceLock& operator=(const SurfaceLock&) = delete;
    explicit operator bool() const { return held_; }

  private:
    SDL_Surface* surface_;
    bool held_;
};

class CanvasWindowPainter : public Painter {
  public:
    CanvasWindowPainter(SDL_Window* window, const text::FontSet& fonts) : window_(window), canvas_(fonts) {}

    bool paint(const Scene& scene) override {
        // SDL makes a new surface after a resize and frees the old one; asking each time is cheap.
        auto* surface = SDL_GetWindowSurface(window_);
        if (!surface) return report("cannot draw into the window");
        const ScreenSize size{surface->w, surface->h};
        if (size.width <= 0 || size.height <= 0) return false;
        // A new surface has no mark, even when it comes to lie where the old one was.
        if (surface->userdata != this) {
            surface->userdata = this;
            history_.forget();
        }

        auto damage = history_.damage(scene);
        if (!history_.known()) damage = DamageRegion({0, 0, size.width, size.height});
        damage.intersect(ScreenRect{0, 0, size.width, size.height});
        if (!damage.empty()) {
            if (!draw(scene, damage, *surface)) return report("cannot lock the window's surface");
            if (!present(damage)) return report("cannot show a picture in the window");
        }
        failing_ = false;
        history_.count(damage);
        history_.shown(scene);
        return !damage.empty();
    }
    void invalidate() override { history_.forget(); }
    std::string_view name() const override { return "cpu"; }
    const PaintStatistics& statistics() const override { return history_.statistics(); }

  private:
    bool draw(const Scene& scene, const DamageRegion& damage, SDL_Surface& surface) {
        const SurfaceLock lock(&surface);
        if (!lock) return false;
        const ScreenSize size{surface.w, surface.h};
        auto* pixels = static_cast<std::uint8_t*>(surface.pixels);
        if (canvas_draws(surface.format->format) && surface.pitch % 4 == 0) {
            own_.clear();
            canvas_.paint(scene, damage, {pixels, size, surface.pitch});
            return true;
        }
        // Any other depth: drawn beside and converted, only where it changed. A new surface is drawn whole, so what is
        // kept here always holds the picture.
        const int stride = size.width * 4;
        own_.resize(std::size_t(stride) * std::size_t(size.height));
        canvas_.paint(scene, damage, {own_.data(), size, stride});
        for (const auto& box : damage.boxes()) {
            const auto* from = own_.data() + std::ptrdiff_t(box.y1) * stride + std::ptrdiff_t(box.x1) * 4;
            auto* to = pixels + std::ptrdiff_t(box.y1) * surface.pitch +
                       std::ptrdiff_t(box.x1) * surface.format->BytesPerPixel;
            SDL_ConvertPixels(box.x2 - box.x1, box.y2 - box.y1, SDL_PIXELFORMAT_ARGB8888, from, stride,
                              surface.format->format, to, surface.pitch);
        }
        return true;
    }

    bool present(const DamageRegion& damage) {
        updates_.clear();
        for (const auto& rect : update_rectangles(damage, most_updates)) {
            updates_.push_back({rect.x, rect.y, rect.width, rect.height});
        }
        return SDL_UpdateWindowSurfaceRects(window_, updates_.data(), int(updates_.size())) == 0;
    }

    // Once for each time it begins; the next paint tries again with everything.
    bool report(const char* what) {
        if (!failing_) spdlog::error("{}: {}; trying again with each picture", what, SDL_GetError());
        failing_ = true;
        history_.forget();
        return false;
    }

    SDL_Window* window_;
    Canvas canvas_;
    SceneHistory history_;
    std::vector<std::uint8_t> own_;  // only for windows that are not 32 bit BGRX
    std::vector<SDL_Rect> updates_;
    bool failing_ = false;
};

}  // namespace

Expected<std::unique_ptr<Painter>> make_cpu_window_painter(SDL_Window* window, const text::FontSet& fonts) {
    HALLCAST_ASSERT(window != nullptr);
    // SDL would otherwise upload the surface as a texture: 8 ms instead of 0.7 for a 1080p picture on a software
    // renderer.
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    const auto* surface = SDL_GetWindowSurface(window);
    if (!surface) {
        return fail("the window cannot be drawn into by the CPU ({}); is it already used with OpenGL? Try --painter gl",
                    SDL_GetError());
    }
    if (SDL_BYTESPERPIXEL(surface->format->format) < 2) {
        return fail("the window has {}, hallcast needs at least 16 bits a pixel: set the display to 24 bits",
                    SDL_GetPixelFormatName(surface->format->format));
    }
    return std::make_unique<CanvasWindowPainter>(window, fonts);
}

}  // namespace hallcast::picture
