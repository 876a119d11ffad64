// Folders whose changes survive a power cut.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "protocol/base/descriptor.h"

namespace hallcast::content {

// Makes renames and removals in a folder survive a power cut. Best effort: not every file system can.
inline void sync_folder(const std::filesystem::path& folder) {
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory) ::fsync(directory.get());
}

}  // namespace hallcast::content
