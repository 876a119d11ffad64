// Keeps other processes out of a folder while a file in it is read, changed and replaced.
#pragma once

#include <filesystem>

#include "protocol/base/error.h"

namespace hallcast::wire {

// Holds an advisory lock (flock) on the folder itself; waits for it. Released at the end of its life, or of the
// process.
class FolderLock {
  public:
    static Expected<FolderLock> take(const std::filesystem::path& folder);
    FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

  private:
    explicit FolderLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace hallcast::wire
