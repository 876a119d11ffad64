#include "player/picture/gl_context.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "player/picture/painter.h"

namespace hallcast::picture {

Expected<std::unique_ptr<SurfacelessContext>> SurfacelessContext::open() {
    std::unique_ptr<SurfacelessContext> made(new SurfacelessContext);
    if (!epoxy_has_egl()) return fail("OpenGL: there is no EGL here (Debian's package libegl1)");
    if (!epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_MESA_platform_surfaceless"))
        return fail("OpenGL: this EGL has no surfaceless platform");
    made->display_ = eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (made->display_ == EGL_NO_DISPLAY || !eglInitialize(made->display_, nullptr, nullptr))
        return fail("OpenGL: EGL cannot be started (error {:#x})", eglGetError());
    if (!eglBindAPI(EGL_OPENGL_ES_API)) return fail("OpenGL: this EGL has no OpenGL ES");
    const std::array<EGLint, 5> wanted{EGL_RENDERABLE_TYPE, EGL_OPENGL_ES3_BIT, EGL_SURFACE_TYPE, 0, EGL_NONE};
    EGLConfig config = nullptr;
    EGLint count = 0;
    if (!eglChooseConfig(made->display_, wanted.data(), &config, 1, &count) || count == 0)
        return fail("OpenGL: this EGL has no OpenGL ES 3");
    std::array<EGLint, 7> attributes{EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE, EGL_NONE, EGL_NONE, EGL_NONE, EGL_NONE};
    if (epoxy_has_egl_extension(made->display_, "EGL_EXT_create_context_robustness")) {
        attributes[2] = EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT;
        attributes[3] = EGL_LOSE_CONTEXT_ON_RESET_EXT;
    }
    made->context_ = eglCreateContext(made->display_, config, EGL_NO_CONTEXT, attributes.data());
    if (made->context_ == EGL_NO_CONTEXT) return fail("OpenGL: no context (EGL's error {:#x})", eglGetError());
    made->make_current();
    if (auto version = require_es3(); !version) return std::unexpected(version.error());
    return made;
}

SurfacelessContext::~SurfacelessContext() {
    if (context_ == EGL_NO_CONTEXT) return;
    if (eglGetCurrentContext() == context_) eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(display_, context_);
    // The display is the process's: another context may still be on it.
}

void SurfacelessContext::make_current() const {
    if (eglGetCurrentContext() == context_) return;
    [[maybe_unused]] const bool current = eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_);
    HALLCAST_ASSERT(current);
}

Expected<std::string> gl_renderer() {
    auto context = SurfacelessContext::open();
    if (!context) return std::unexpected(context.error());
    return std::string(reinterpret_cast<const char*>(glGetString(GL_RENDERER)));
}

bool is_software_renderer(std::string_view renderer) {
    std::string lower(renderer);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    for (const std::string_view name : {"llvmpipe", "softpipe", "swrast", "swiftshader", "software rasterizer"})
        if (lower.find(name) != std::string::npos) return true;
    return false;
}

bool has_fast_gl() {
    std::error_code error;
    // Without a render node a driver draws on the CPU; to open one for that answer would take 50 ms of the start.
    const auto devices = std::filesystem::directory_iterator("/dev/dri", error);
    const bool has_gpu = !error && std::ranges::any_of(devices, [](const auto& entry) {
        return entry.path().filename().string().starts_with("renderD");
    });
    if (!has_gpu && !std::filesystem::exists("/dev/nvidiactl", error)) return false;
    const auto renderer = gl_renderer();
    if (!renderer) {
        spdlog::info("no OpenGL: {}", renderer.error().message);
        return false;
    }
    spdlog::info("OpenGL renderer: {}", *renderer);
    return !is_software_renderer(*renderer);
}

Expected<void> require_es3() {
    const auto* version = reinterpret_cast<const char*>(glGetString(GL_VERSION));
    const std::string_view found = version ? version : "none";
    if (!found.starts_with("OpenGL ES 3"))
        return fail("OpenGL: the driver gives \"{}\", hallcast needs OpenGL ES 3: use --painter cpu", found);
    return {};
}

int back_buffer_age() {
    if (!epoxy_has_egl()) return 0;
    const auto display = eglGetCurrentDisplay();
    if (display == EGL_NO_DISPLAY || !epoxy_has_egl_extension(display, "EGL_EXT_buffer_age")) return 0;
    EGLint age = 0;
    return eglQuerySurface(display, eglGetCurrentSurface(EGL_DRAW), EGL_BUFFER_AGE_EXT, &age) ? age : 0;
}

bool context_was_lost() {
    return epoxy_has_gl_extension("GL_EXT_robustness")   ? glGetGraphicsResetStatusEXT() != GL_NO_ERROR
           : epoxy_has_gl_extension("GL_KHR_robustness") ? glGetGraphicsResetStatusKHR() != GL_NO_ERROR
                                                         : false;
}

}  // namespace hallcast::picture
