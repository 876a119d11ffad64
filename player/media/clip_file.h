// A clip's file, opened: from here on it is known by its descriptor, and whoever decodes it needs no path.
#pragma once

#include <cstdint>
#include <filesystem>

#include "protocol/base/descriptor.h"
#include "protocol/base/error.h"

namespace hallcast::media {

struct ClipFile {
    Descriptor descriptor;  // read only; a regular file
    std::int64_t size = 0;  // bytes, more than 0; what it had when it was opened
    std::string name;       // for errors
};

// Does not wait, whatever lies at `path` (a FIFO, say).
Expected<ClipFile> open_clip_file(const std::filesystem::path& path);

}  // namespace hallcast::media
