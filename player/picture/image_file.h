// Pictures as PNG files.
#pragma once

#include <filesystem>
#include <span>

#include "player/picture/scene.h"
#include "protocol/base/error.h"

namespace hallcast::picture {

// `bgra` is opaque, width * 4 bytes a row. Written aside and renamed, so that a watcher never sees half a file.
Expected<void> write_png(const std::filesystem::path& path, ScreenSize size, std::span<const std::uint8_t> bgra);

// Any PNG, as premultiplied sRGB. Refused above 16384 pixels a side, 256 MiB decoded or 64 MiB on disk, so that no file
// exhausts the memory of a hall's screen.
Expected<ImagePtr> read_png(const std::filesystem::path& path);

}  // namespace hallcast::picture
