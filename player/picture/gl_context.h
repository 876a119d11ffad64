// OpenGL ES contexts without a window, and what a machine's GL is made of.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/error.h"

namespace hallcast::picture {

// An OpenGL ES 3 context on EGL's surfaceless platform: for pictures in memory, and for a look at the driver. Each
// thread has at most one current context; make_current() before any GL call.
class SurfacelessContext {
  public:
    // Fails, saying what is missing, where there is no EGL, no such platform or no OpenGL ES 3.
    static Expected<std::unique_ptr<SurfacelessContext>> open();
    ~SurfacelessContext();
    SurfacelessContext(const SurfacelessContext&) = delete;
    SurfacelessContext& operator=(const SurfacelessContext&) = delete;

    void make_current() const;

  private:
    SurfacelessContext() = default;

    void* display_ = nullptr;  // EGLDisplay, EGLContext: EGL's header would bring X11's names along
    void* context_ = nullptr;
};

// "llvmpipe (LLVM 15.0.6, 256 bits)": GL_RENDERER of a context opened for the question. Takes some 50 ms.
Expected<std::string> gl_renderer();

// Whether that renderer draws on the CPU, which costs 36 ms for each 1080p picture of a film where the cpu painter
// needs one.
bool is_software_renderer(std::string_view renderer);

// "OpenGL ES 3.2 ..." -> nothing; anything else, as of the current context, is an error that quotes it.
Expected<void> require_es3();

// The current context was lost (the driver was reset, a GPU was taken away): all that was made in it is gone.
bool context_was_lost();

// How many swaps ago the current window's back buffer was shown; 0 where the driver does not say (GLX never does).
int back_buffer_age();

}  // namespace hallcast::picture
