// One master a log: a lock that the kernel releases when its process ends, however it ends.
#pragma once

#include <filesystem>

#include "protocol/base/error.h"

namespace hallcast::queue {

class FileLock {
  public:
    // Makes FILE.lock beside `file`. Fails at once when another process (or this one) has it, naming that process.
    static Expected<FileLock> take(const std::filesystem::path& file);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace hallcast::queue
