// A tar archive of plain files, as POSIX describes it (ustar): what `tar` makes of a folder, and nothing cleverer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/descriptor.h"
#include "protocol/base/error.h"

namespace hallcast::sound {

// Files by their names; no folders, no links. Errors do not name the archive: who uploaded it knows it by another name.
// Any thread.
class TarFile {
  public:
    // Reads the headers alone. Fails where it is no archive, is cut off, or holds anything but files of one folder.
    static Expected<TarFile> open(const std::filesystem::path& file);

    struct Place {
        std::uint64_t at = 0, bytes = 0;
    };
    const std::map<std::string, Place, std::less<>>& files() const { return files_; }
    // Fails where it is not there, or has more than `limit` bytes.
    Expected<std::string> read(std::string_view name, std::size_t limit) const;

  private:
    Descriptor file_;  // stays open: an archive that was removed meanwhile can be read to the end
    std::map<std::string, Place, std::less<>> files_;
};

// Whether the file begins as an archive does.
bool is_tar_file(const std::filesystem::path& file);

// Of files by their names of at most 100 bytes, in this order.
std::string format_tar(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace hallcast::sound
