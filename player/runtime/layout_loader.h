// Reads a layout again whenever its file changes, away from the thread that draws.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "layouts/layout_watch.h"
#include "player/runtime/waker.h"
#include "player/screen/screen.h"

namespace hallcast::runtime {

struct LoadedLayout {
    layouts::Layout layout;
    screen::Images images;
};

// An error stays one.
Expected<LoadedLayout> with_images(Expected<layouts::Layout> layout);

// Internally synchronized; one thread of its own.
class LayoutLoader {
  public:
    // `watch` has loaded the layout that is shown, whose images are `images`. `loaded` is called on the loader's thread
    // when there is something to take.
    LayoutLoader(std::unique_ptr<layouts::LayoutWatch> watch, screen::Images images, std::function<void()> loaded);

    // What the files say since the last change, right or wrong; nothing when that was taken already.
    std::optional<Expected<LoadedLayout>> take();

  private:
    void run(const std::stop_token& stop);
    Expected<LoadedLayout> load();

    std::unique_ptr<layouts::LayoutWatch> watch_;  // the thread's own
    screen::Images images_;                        // the thread's own
    std::function<void()> loaded_;
    Waker waker_;
    std::mutex mutex_;
    std::optional<Expected<LoadedLayout>> newest_;  // protected by mutex_
    std::jthread thread_;                           // last: ends before what it uses
};

}  // namespace hallcast::runtime
