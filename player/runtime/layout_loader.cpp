#include "player/runtime/layout_loader.h"

#include <chrono>
#include <utility>

namespace hallcast::runtime {

Expected<LoadedLayout> with_images(Expected<layouts::Layout> layout) {
    if (!layout) return std::unexpected(layout.error());
    auto images = screen::read_images(*layout);
    if (!images) return std::unexpected(images.error());
    return LoadedLayout{*std::move(layout), *std::move(images)};
}

LayoutLoader::LayoutLoader(std::unique_ptr<layouts::LayoutWatch> watch, screen::Images images,
                           std::function<void()> loaded)
    : watch_(std::move(watch)),
      images_(std::move(images)),
      loaded_(std::move(loaded)),
      waker_(watch_->descriptor()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::optional<Expected<LoadedLayout>> LayoutLoader::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(newest_, std::nullopt);
}

void LayoutLoader::run(const std::stop_token& stop) {
    const std::stop_callback on_stop(stop, [this] { waker_.wake(); });
    while (!stop.stop_requested()) {
        if (watch_->changed(std::chrono::steady_clock::now())) {
            auto loaded = load();
            {
                const std::lock_guard lock(mutex_);
                newest_ = std::move(loaded);
            }
            loaded_();
        }
        waker_.sleep_until(watch_->next());
    }
}

Expected<LoadedLayout> LayoutLoader::load() {
    auto loaded = with_images(watch_->load());
    if (!loaded) return loaded;
    // An image that is as it was stays the same object: it need not be scaled and drawn again.
    for (auto& [file, image] : loaded->images) {
        const auto before = images_.find(file);
        if (before != images_.end() && before->second->width == image->width &&
            before->second->height == image->height && before->second->pixels == image->pixels)
            image = before->second;
    }
    images_ = loaded->images;
    return loaded;
}

}  // namespace hallcast::runtime
