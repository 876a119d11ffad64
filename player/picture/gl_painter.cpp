#include "player/picture/gl_painter.h"

#include <SDL.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstring>
#include <optional>

#include "player/picture/gl_canvas.h"
#include "player/picture/gl_context.h"
#include "player/picture/pixel_rows.h"
#include "player/picture/scene_history.h"
#include "player/picture/swap_damage.h"

namespace hallcast::picture {

namespace {

// The whole picture as a texture, which keeps what is not damaged: what a window's buffers hold after they were shown
// is the driver's business.
struct RetainedPicture {
    GlTexture texture;
    GlFramebuffer framebuffer;

    explicit RetainedPicture(ScreenSize size) {
        glBindTexture(GL_TEXTURE_2D, texture.name());
        glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, size.width, size.height);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer.name());
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture.name(), 0);
        HALLCAST_ASSERT(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE);
        glDisable(GL_DITHER);
    }
};

// What is drawn with, in one context. All of it goes with the context.
class GlStage {
  public:
    explicit GlStage(const text::FontSet& fonts) : fonts_(fonts) {}

    // Brings `scene` into the retained picture of that size. What was drawn: empty, nothing had changed.
    DamageRegion draw(const Scene& scene, ScreenSize size) {
        if (!canvas_) canvas_.emplace(fonts_);
        if (!picture_ || size_ != size) {
            picture_.emplace(size);
            size_ = size;
            history_.forget();
        }
        const ScreenRect all{0, 0, size.width, size.height};
        auto damage = history_.damage(scene);
        if (!history_.known() || damage.contains({0, 0, scene.size.width, scene.size.height}))
            damage = DamageRegion(all);
        damage.intersect(all);
        if (!damage.empty()) {
            glBindFramebuffer(GL_FRAMEBUFFER, picture_->framebuffer.name());
            canvas_->paint(scene, damage, size);
        }
        history_.count(damage);
        history_.shown(scene);
        return damage;
    }
    // Copies those parts of the retained picture into the window's next buffer, turned.
    void copy_to_window(const std::vector<ScreenRect>& parts, Rotation rotation) {
        if (rotation != Rotation::none) {
            glBindFramebuffer(GL_FRAMEBUFFER, 0);
            if (!turned_) turned_.emplace();
            copy_turned(*turned_, picture_->texture.name(), size_, parts, rotation);
            return;
        }
        glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer());
        glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
        for (const auto& part : parts) {
            const int bottom = size_.height - part.bottom();  // GL counts from below
            glBlitFramebuffer(part.x, bottom, part.right(), bottom + part.height, part.x, bottom, part.right(),
                              bottom + part.height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
        }
    }
    GLuint framebuffer() const { return picture_->framebuffer.name(); }
    SceneHistory& history() { return history_; }
    const SceneHistory& history() const { return history_; }
    // The context is about to go, or has gone with all that was in it.
    void let_go() {
        canvas_.reset();
        picture_.reset();
        turned_.reset();
        history_.forget();
    }

  private:
    const text::FontSet& fonts_;
    SceneHistory history_;
    std::optional<GlCanvas> canvas_;
    std::optional<RetainedPicture> picture_;
    std::optional<GlBatch> turned_;
    ScreenSize size_;
};

// Opaque BGRA from the top down, of a part of a picture that high; GL's rows are RGBA and go up.
void read_pixels(GLuint framebuffer, int height, const ScreenRect& part, std::vector<std::uint8_t>& pixels) {
    const auto row = std::size_t(part.width) * 4;
    std::vector<std::uint8_t> rows(row * std::size_t(part.height));
    pixels.resize(rows.size());
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glReadPixels(part.x, height - part.bottom(), part.width, part.height, GL_RGBA, GL_UNSIGNED_BYTE, rows.data());
    for (int y = 0; y < part.height; ++y) {
        const auto* from = rows.data() + row * std::size_t(part.height - 1 - y);
        auto* to = pixels.data() + row * std::size_t(y);
        for (int x = 0; x < part.width; ++x, from += 4, to += 4)
            to[0] = from[2], to[1] = from[1], to[2] = from[0], to[3] = from[3];
    }
}

class SurfacelessPainter final : public GlMemoryPainter {
  public:
    SurfacelessPainter(std::unique_ptr<SurfacelessContext> context, const text::FontSet& fonts)
        : context_(std::move(context)), stage_(fonts) {}
    ~SurfacelessPainter() override {
        context_->make_current();
        stage_.let_go();
    }

    bool draw(const Scene& scene) override {
        HALLCAST_ASSERT(scene.size.width > 0 && scene.size.height > 0);
        context_->make_current();
        if (context_was_lost()) lose_context();
        const auto damage = stage_.draw(scene, scene.size);
        if (damage.empty()) return false;
        size_ = scene.size;
        read_pixels(stage_.framebuffer(), size_.height, {0, 0, size_.width, size_.height}, pixels_);
        return true;
    }
    void present() override {}  // pixels() are what was drawn
    std::vector<std::uint8_t> read(const ScreenRect& rect) const override {
        return rows_of(pixels_.data(), size_.width * 4, part_of(rect, size_));
    }
    void invalidate() override { stage_.history().forget(); }
    std::string_view name() const override { return "gl"; }
    const PaintStatistics& statistics() const override { return stage_.history().statistics(); }
    const std::vector<std::uint8_t>& pixels() const override { return pixels_; }

    void lose_context() override {
        context_->make_current();
        stage_.let_go();
        auto context = SurfacelessContext::open();
        HALLCAST_ASSERT(context);  // it could be opened before
        context_ = std::move(*context);
        context_->make_current();
    }

  private:
    std::unique_ptr<SurfacelessContext> context_;
    GlStage stage_;
    std::vector<std::uint8_t> pixels_;
    ScreenSize size_;
};

class GlWindowPainter final : public Painter {
  public:
    GlWindowPainter(SDL_Window* window, SDL_GLContext context, const text::FontSet& fonts, Rotation rotation)
        : window_(window), context_(context), rotation_(rotation), stage_(fonts) {}
    ~GlWindowPainter() override {
        SDL_GL_MakeCurrent(window_, context_);
        stage_.let_go();
        SDL_GL_DeleteContext(context_);
    }

    bool draw(const Scene& scene) override {
        SDL_GL_MakeCurrent(window_, context_);
        if (context_was_lost() && !renew()) return false;
        ScreenSize window;
        SDL_GL_GetDrawableSize(window_, &window.width, &window.height);
        size_ = rotated(window, rotation_);
        const auto damage = stage_.draw(scene, size_);
        glFlush();  // the GPU begins while we wait for the moment to present
        swap_damage_.drawn(damage);
        waiting_ = waiting_ || !damage.empty();
        return waiting_;
    }
    void present() override {
        waiting_ = false;
        const auto lacking = swap_damage_.present(back_buffer_age(), size_);
        stage_.copy_to_window(update_rectangles(lacking, most_copies), rotation_);
        SDL_GL_SwapWindow(window_);
    }
    bool waits_for_refresh() const override { return SDL_GL_GetSwapInterval() != 0; }
    void invalidate() override {
        stage_.history().forget();
        swap_damage_.forget();
    }
    std::string_view name() const override { return "gl"; }
    const PaintStatistics& statistics() const override { return stage_.history().statistics(); }

    std::vector<std::uint8_t> window_pixels() {
        SDL_GL_MakeCurrent(window_, context_);
        stage_.copy_to_window({{0, 0, size_.width, size_.height}}, rotation_);
        const ScreenSize window = rotated(size_, rotation_);
        std::vector<std::uint8_t> pixels;
        read_pixels(0, window.height, {0, 0, window.width, window.height}, pixels);
        return pixels;
    }
    std::vector<std::uint8_t> read(const ScreenRect& rect) const override {
        std::vector<std::uint8_t> pixels;
        const auto part = part_of(rect, size_);
        if (failing_ || !stage_.history().known() || part.empty()) return pixels;
        SDL_GL_MakeCurrent(window_, context_);
        read_pixels(stage_.framebuffer(), size_.height, part, pixels);
        return pixels;
    }

  private:
    // The picture before stays on the screen until there is a context again.
    bool renew() {
        spdlog::warn("the graphics driver has lost its context; drawing everything anew");
        stage_.let_go();
        swap_damage_.forget();
        SDL_GL_DeleteContext(context_);
        context_ = SDL_GL_CreateContext(window_);
        if (!context_) {
            if (!failing_) spdlog::error("no new OpenGL context: {}; trying again with each picture", SDL_GetError());
            failing_ = true;
            return false;
        }
        failing_ = false;
        SDL_GL_SetSwapInterval(1);
        return true;
    }

    static constexpr std::size_t most_copies = 8;

    SDL_Window* window_;
    SDL_GLContext context_;
    const Rotation rotation_;
    GlStage stage_;
    SwapDamage swap_damage_;
    ScreenSize size_;  // of the picture, upright
    bool waiting_ = false;
    bool failing_ = false;
};

}  // namespace

std::uint32_t prepare_gl_window() {
    // After SDL_Init, which forgets what was set before.
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_ES);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 0);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_RESET_NOTIFICATION, SDL_GL_CONTEXT_RESET_LOSE_CONTEXT);
    SDL_GL_SetAttribute(SDL_GL_DOUBLEBUFFER, 1);
    SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
    return SDL_WINDOW_OPENGL;
}

Expected<std::unique_ptr<Painter>> make_gl_window_painter(SDL_Window* window, const text::FontSet& fonts,
                                                          Rotation rotation) {
    HALLCAST_ASSERT(window != nullptr);
    SDL_GLContext context = SDL_GL_CreateContext(window);
    if (!context) return fail("OpenGL ES 3 does not work in this window ({}): use --painter cpu", SDL_GetError());
    if (auto version = require_es3(); !version) {
        SDL_GL_DeleteContext(context);
        return std::unexpected(version.error());
    }
    SDL_GL_SetSwapInterval(1);  // before the first swap, which decides on a console without X
    return std::make_unique<GlWindowPainter>(window, context, fonts, rotation);
}

Expected<std::unique_ptr<GlMemoryPainter>> open_gl_memory_painter(const text::FontSet& fonts) {
    auto context = SurfacelessContext::open();
    if (!context) return std::unexpected(context.error());
    return std::make_unique<SurfacelessPainter>(std::move(*context), fonts);
}

std::vector<std::uint8_t> window_pixels(Painter& painter) {
    return dynamic_cast<GlWindowPainter&>(painter).window_pixels();
}

}  // namespace hallcast::picture
