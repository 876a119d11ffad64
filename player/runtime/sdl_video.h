// The window that a player draws into.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "player/picture/rotation.h"
#include "player/picture/scene.h"
#include "protocol/base/error.h"

struct SDL_Window;

namespace hallcast::runtime {

struct VideoOptions {
    std::optional<picture::ScreenSize> size;  // of the window; none: the whole display
    bool windowed = false;                    // with a frame
    bool gl = false;                          // for the GL painter
    picture::Rotation rotation = picture::Rotation::none;
};

// SDL's video and one window, from open() to the end of its life. The main thread's.
class SdlVideo {
  public:
    // Fails without a display, saying what to do.
    static Expected<std::unique_ptr<SdlVideo>> open(const VideoOptions& options);
    ~SdlVideo();
    SdlVideo(const SdlVideo&) = delete;
    SdlVideo& operator=(const SdlVideo&) = delete;

    SDL_Window* window() const { return window_; }
    std::chrono::nanoseconds refresh() const { return refresh_; }  // between two of the display
    picture::ScreenSize size() const;  // of the upright picture: the window's, turned back by `rotation`

  private:
    SdlVideo() = default;
    SDL_Window* window_ = nullptr;
    picture::Rotation rotation_ = picture::Rotation::none;
    std::chrono::nanoseconds refresh_{16'666'667};
};

}  // namespace hallcast::runtime
