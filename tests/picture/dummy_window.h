// SDL's window without a screen.
#pragma once

#include <SDL.h>

#include <vector>

#include "tests/catch.h"

namespace hallcast::picture {

class DummyWindow {
  public:
    DummyWindow(int width, int height) {
        SDL_SetHint(SDL_HINT_VIDEODRIVER, "dummy");
        REQUIRE(SDL_Init(SDL_INIT_VIDEO) == 0);
        window_ = SDL_CreateWindow("test", 0, 0, width, height, SDL_WINDOW_RESIZABLE);
        REQUIRE(window_ != nullptr);
    }
    ~DummyWindow() {
        SDL_DestroyWindow(window_);
        SDL_Quit();
    }
    DummyWindow(const DummyWindow&) = delete;
    DummyWindow& operator=(const DummyWindow&) = delete;
    SDL_Window* get() const { return window_; }

    std::vector<std::uint8_t> pixels() const {
        const auto* surface = SDL_GetWindowSurface(window_);
        REQUIRE(surface != nullptr);
        std::vector<std::uint8_t> all;
        for (int y = 0; y < surface->h; ++y) {
            const auto* row = static_cast<const std::uint8_t*>(surface->pixels) + std::ptrdiff_t(y) * surface->pitch;
            all.insert(all.end(), row, row + std::ptrdiff_t(surface->w) * 4);
        }
        return all;
    }

  private:
    SDL_Window* window_ = nullptr;
};

}  // namespace hallcast::picture
