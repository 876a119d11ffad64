// Paints scenes into a window or into memory, and only what changed since the last one.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "player/picture/rotation.h"
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

    // Draws what differs from the scene before, where nobody sees it yet. True when there is something to present.
    virtual bool draw(const Scene& scene) = 0;
    // Shows all that was drawn since the last time. Apart from draw(), so that its moment does not depend on how much
    // there was to draw.
    virtual void present() = 0;
    // present() returns when the display has refreshed. Otherwise it shows at once, whatever the display does.
    virtual bool waits_for_refresh() const { return false; }
    // Both at once.
    bool paint(const Scene& scene) {
        const bool drawn = draw(scene);
        if (drawn) present();
        return drawn;
    }
    // The pixels of `rect`, as far as it lies in the picture: opaque BGRA, its width * 4 bytes a row, of what was drawn
    // last, before it is turned or made fit for a display of fewer bits. Empty where that is not to be had: nothing was
    // drawn yet, or it could not be shown. Takes a millisecond or more for a GPU's picture.
    virtual std::vector<std::uint8_t> read(const ScreenRect& rect) const = 0;
    // The window was exposed or resized: the next paint draws all.
    virtual void invalidate() = 0;
    virtual std::string_view name() const = 0;  // "cpu", "gl"
    virtual const PaintStatistics& statistics() const = 0;
};

// For `window` (not owned), which shows the scenes turned by `rotation`: they, and all rectangles, are upright. `fonts`
// must outlive the painter.
Expected<std::unique_ptr<Painter>> make_cpu_window_painter(SDL_Window* window, const text::FontSet& fonts,
                                                           Rotation rotation = Rotation::none);

// The same for `window` (not owned) made with the flags and after the call of prepare_gl_window(); the thread's GL
// context is the painter's from then on. Fails where the driver has no OpenGL ES 3. A context that is lost later is
// made anew, with all that was in it.
Expected<std::unique_ptr<Painter>> make_gl_window_painter(SDL_Window* window, const text::FontSet& fonts,
                                                          Rotation rotation = Rotation::none);
// Asks SDL for OpenGL ES 3. After SDL_Init(), before SDL_CreateWindow(), which gets the flags it returns.
std::uint32_t prepare_gl_window();

// Whether a GPU is there that does OpenGL ES 3, and not the CPU in its place: the choice of `--painter auto`. Asks the
// driver only where the kernel has a GPU at all.
bool has_fast_gl();

// Paints in memory: what `layout render` and the tests see. pixels() is opaque BGRA, width * 4 bytes a row.
class MemoryPainter : public Painter {
  public:
    virtual const std::vector<std::uint8_t>& pixels() const = 0;
};
std::unique_ptr<MemoryPainter> make_memory_painter(const text::FontSet& fonts);

}  // namespace hallcast::picture
