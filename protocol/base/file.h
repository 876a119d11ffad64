// Whole files, read and replaced: a reader never sees half of a new content, whatever crashes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "protocol/base/error.h"

namespace hallcast {

// Fails above `limit` bytes, so that no file of the world can exhaust memory.
Expected<std::string> read_file(const std::filesystem::path& path, std::size_t limit = 64u << 20);

// Writes aside, syncs, renames over `path` and syncs the folder. `mode` is that of the new file (0600 for keys).
Expected<void> replace_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0644);

}  // namespace hallcast
