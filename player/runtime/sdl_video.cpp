#include "player/runtime/sdl_video.h"

#include <SDL.h>

#include <cstdlib>

#include "player/picture/painter.h"

namespace hallcast::runtime {

Expected<std::unique_ptr<SdlVideo>> SdlVideo::open(const VideoOptions& options) {
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // ours are the stop signals
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
    // X11 would read thousands of lines of key compositions before the first picture. Nobody types here.
    setenv("XCOMPOSEFILE", "/dev/null", 0);
    auto video = std::unique_ptr<SdlVideo>(new SdlVideo);
    if (SDL_Init(SDL_INIT_VIDEO) != 0)
        return fail(
            "no display: {}. Start hallcast on a desktop or a console, under a virtual one "
            "(Xvfb :9 & DISPLAY=:9 hallcast ...), or with --no-screen",
            SDL_GetError());
    SDL_DisplayMode mode{};
    if (SDL_GetCurrentDisplayMode(0, &mode) != 0) mode = {.w = 1920, .h = 1080, .refresh_rate = 60};
    const picture::ScreenSize size = options.size.value_or(picture::ScreenSize{mode.w, mode.h});
    const Uint32 style = options.windowed ? SDL_WINDOW_RESIZABLE
                         : options.size   ? SDL_WINDOW_BORDERLESS
                                          : SDL_WINDOW_FULLSCREEN_DESKTOP;
    const Uint32 flags = style | (options.gl ? picture::prepare_gl_window() : 0);
    const int position = options.windowed ? int(SDL_WINDOWPOS_CENTERED) : 0;
    video->window_ = SDL_CreateWindow("hallcast", position, position, size.width, size.height, flags);
    if (!video->window_) return fail("the window ({}x{}) cannot be made: {}", size.width, size.height, SDL_GetError());
    if (!options.windowed) SDL_ShowCursor(SDL_DISABLE);
    video->rotation_ = options.rotation;
    if (mode.refresh_rate > 0) video->refresh_ = std::chrono::nanoseconds(1'000'000'000 / mode.refresh_rate);
    return video;
}

SdlVideo::~SdlVideo() {
    if (window_) SDL_DestroyWindow(window_);
    SDL_Quit();
}

picture::ScreenSize SdlVideo::size() const {
    picture::ScreenSize size;
    SDL_GetWindowSize(window_, &size.width, &size.height);
    return picture::rotated(size, rotation_);
}

}  // namespace hallcast::runtime
