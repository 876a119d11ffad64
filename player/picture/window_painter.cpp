#include <SDL.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string_view>

#include "player/picture/painter.h"
#include "player/picture/pixel_rows.h"
#include "player/picture/rotation.h"
#include "player/picture/scene_history.h"
#include "player/picture/surface_canvas.h"

namespace hallcast::picture {

namespace {

// Each is one request to the X server.
constexpr std::size_t most_updates = 16;

class CanvasWindowPainter : public Painter {
  public:
    CanvasWindowPainter(SDL_Window* window, const text::FontSet& fonts, Rotation rotation)
        : window_(window), rotation_(rotation), canvas_(fonts, rotation) {}

    bool draw(const Scene& scene) override {
        // SDL makes a new surface after a resize and frees the old one; asking each time is cheap.
        auto* surface = SDL_GetWindowSurface(window_);
        if (!surface) return report("cannot draw into the window");
        // A new surface has no mark, even when it comes to lie where the old one was.
        if (surface->userdata != this) {
            surface->userdata = this;
            history_.forget();
            drawn_ = {};
        }
        size_ = rotated({surface->w, surface->h}, rotation_);
        const ScreenRect all{0, 0, size_.width, size_.height};
        auto damage = history_.damage(scene);
        // A window that was not given a scene of its size yet shows the background beside it.
        if (!history_.known() || damage.contains({0, 0, scene.size.width, scene.size.height}))
            damage = DamageRegion(all);
        damage.intersect(all);
        if (!damage.empty()) {
            if (!canvas_.paint(scene, damage, *surface)) return report("cannot write to the window's surface");
            drawn_.add(damage);
        }
        history_.count(damage);
        history_.shown(scene);
        return !drawn_.empty();
    }
    void present() override {
        updates_.clear();
        for (const auto& drawn : update_rectangles(drawn_, most_updates)) {
            const auto rect = rotated(drawn, size_, rotation_);
            updates_.push_back({rect.x, rect.y, rect.width, rect.height});
        }
        // The smallest first: a running line is not to wait for the film in the one picture, and not in the next.
        std::ranges::sort(updates_, {}, [](const SDL_Rect& rect) { return rect.w * rect.h; });
        drawn_ = {};
        if (SDL_UpdateWindowSurfaceRects(window_, updates_.data(), int(updates_.size())) != 0) {
            report("cannot show a picture in the window");
        } else {
            failing_ = false;
        }
    }
    std::vector<std::uint8_t> read(const ScreenRect& rect) const override {
        const auto* surface = SDL_GetWindowSurface(window_);
        if (failing_ || !surface || surface->userdata != this || !history_.known()) return {};
        return canvas_.read(part_of(rect, size_), *surface);
    }
    void invalidate() override { history_.forget(); }
    std::string_view name() const override { return "cpu"; }
    const PaintStatistics& statistics() const override { return history_.statistics(); }

  private:
    // Once for each time it begins; the next paint tries again with everything.
    bool report(const char* what) {
        if (!failing_) spdlog::error("{}: {}; trying again with each picture", what, SDL_GetError());
        failing_ = true;
        history_.forget();
        return false;
    }

    SDL_Window* window_;
    const Rotation rotation_;
    SurfaceCanvas canvas_;
    SceneHistory history_;
    ScreenSize size_;     // of the picture, upright
    DamageRegion drawn_;  // and not presented yet
    std::vector<SDL_Rect> updates_;
    bool failing_ = false;
};

}  // namespace

Expected<std::unique_ptr<Painter>> make_cpu_window_painter(SDL_Window* window, const text::FontSet& fonts,
                                                           Rotation rotation) {
    HALLCAST_ASSERT(window != nullptr);
    // SDL would otherwise upload the surface as a texture: 8 ms instead of 0.7 for a 1080p picture on a software
    // renderer. Its drivers for Wayland and KMSDRM have no other way.
    const std::string_view driver = SDL_GetCurrentVideoDriver();
    const bool texture_only = driver == "wayland" || driver == "KMSDRM";
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, texture_only ? "1" : "0");
    const auto* surface = SDL_GetWindowSurface(window);
    if (!surface) {
        return fail("the window cannot be drawn into by the CPU ({}); is it already used with OpenGL? Try --painter gl",
                    SDL_GetError());
    }
    if (SDL_ISPIXELFORMAT_INDEXED(surface->format->format) || surface->format->BytesPerPixel < 2) {
        return fail("the window has {}, hallcast needs at least 16 bits a pixel: set the display to 24 bits",
                    SDL_GetPixelFormatName(surface->format->format));
    }
    return std::make_unique<CanvasWindowPainter>(window, fonts, rotation);
}

}  // namespace hallcast::picture
