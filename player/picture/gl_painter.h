// The gl painter without a window, and a look at what the one with a window is about to show.
#pragma once

#include <memory>
#include <vector>

#include "player/picture/painter.h"

namespace hallcast::picture {

class GlMemoryPainter : public MemoryPainter {
  public:
    // As if the driver had been reset: all that was made in the context goes, and a new one is opened.
    virtual void lose_context() = 0;
};

// Fails where there is no EGL. Each call of the painter makes its context the thread's current one.
Expected<std::unique_ptr<GlMemoryPainter>> open_gl_memory_painter(const text::FontSet& fonts);

// Opaque BGRA of the window of a painter by make_gl_window_painter(), as present() would show it.
std::vector<std::uint8_t> window_pixels(Painter& painter);

}  // namespace hallcast::picture
