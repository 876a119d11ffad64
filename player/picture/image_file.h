// Pictures as PNG files.
#pragma once

#include <filesystem>
#include <span>

#include "player/picture/scene.h"
#include "protocol/base/error.h"

namespace hallcast::picture {

// `bgra` is opaque, width * 4 bytes a row. Written aside and renamed, so that a watcher never sees half a file.
Expected<void> write_png(const std::filesystem::path& path, ScreenSize size, std::span<const std::uint8_t> bgra);

}  // namespace hallcast::picture
