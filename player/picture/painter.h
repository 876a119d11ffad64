// Paints scenes into a window or into memory, and only what changed since the last one.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "player/picture/scene.h"
#include "player/text/font_set.h"
#include "protocol/base/error.h"

struct SDL_Window;

namespace hallcast::picture {

struct PaintStatistics {
    std::uint64_t pictures = 0;   // presented
    std::uint64_t unchanged = 0;  // scenes without damage, for which nothing was drawn
    std::uint64_t damaged_pixels = 0;
};

// Externally synchronized: the thread that owns the window.
class Painter {
  public:
    virtual ~Painter() = default;

    // Draws and presents what differs from the scene before. True when anything did.
    virtual bool paint(const Scene& scene) = 0;
    // The window was exposed or resized: the next paint draws all.
    virtual void invalidate() = 0;
    virtual std::string_view name() const = 0;  // "cpu", "gl"
    virtual const PaintStatistics& statistics() const = 0;
};

// For `window` (not owned). `fonts` must outlive the painter.
Expected<std::unique_ptr<Painter>> make_cpu_window_painter(SDL_Window* window, const text::FontSet& fonts);

// Paints in memory: what `layout render` and the tests see. pixels() is opaque BGRA, width * 4 bytes a row.
class MemoryPainter : public Painter {
  public:
    virtual const std::vector<std::uint8_t>& pixels() const = 0;
};
std::unique_ptr<MemoryPainter> make_memory_painter(const text::FontSet& fonts);

}  // namespace hallcast::picture
