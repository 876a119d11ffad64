// The bytes of a whole file that is open already, within a limit.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "protocol/base/error.h"

namespace hallcast::decoder {

struct FileBytes {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> keep;  // owns them
};

// Both take regular files of 1 to `most` bytes; `name` is for errors, the descriptor stays the caller's. read_file()
// copies: what happens to the file later does not matter. map_file() does not, and is for files that nobody shortens
// while they are used: reading what is cut off ends the process.
Expected<FileBytes> read_file(int descriptor, const std::string& name, std::size_t most);
Expected<FileBytes> map_file(int descriptor, const std::string& name, std::size_t most);

}  // namespace hallcast::decoder
