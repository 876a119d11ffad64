#include "player/picture/canvas.h"
#include "player/picture/painter.h"
#include "player/picture/pixel_rows.h"
#include "player/picture/scene_history.h"

namespace hallcast::picture {

namespace {

class CanvasMemoryPainter : public MemoryPainter {
  public:
    explicit CanvasMemoryPainter(const text::FontSet& fonts) : canvas_(fonts) {}

    bool draw(const Scene& scene) override {
        HALLCAST_ASSERT(scene.size.width > 0 && scene.size.height > 0);
        const auto damage = history_.damage(scene);
        history_.count(damage);
        if (damage.empty()) return false;
        pixels_.resize(std::size_t(scene.size.width) * std::size_t(scene.size.height) * 4);
        canvas_.paint(scene, damage, {pixels_.data(), scene.size, scene.size.width * 4});
        history_.shown(scene);
        size_ = scene.size;
        return true;
    }
    void present() override {}  // pixels() are what was drawn
    std::vector<std::uint8_t> read(const ScreenRect& rect) const override {
        return rows_of(pixels_.data(), size_.width * 4, part_of(rect, size_));
    }
    void invalidate() override { history_.forget(); }
    std::string_view name() const override { return "cpu"; }
    const PaintStatistics& statistics() const override { return history_.statistics(); }
    const std::vector<std::uint8_t>& pixels() const override { return pixels_; }

  private:
    Canvas canvas_;
    SceneHistory history_;
    std::vector<std::uint8_t> pixels_;
    ScreenSize size_;
};

}  // namespace

std::unique_ptr<MemoryPainter> make_memory_painter(const text::FontSet& fonts) {
    return std::make_unique<CanvasMemoryPainter>(fonts);
}

}  // namespace hallcast::picture
