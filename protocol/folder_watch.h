// Tells at once when something in a folder changes.
#pragma once

#include <filesystem>

namespace hallcast::wire {

// inotify on the folder, not on a file: our files are replaced by renaming another over them, and a watch would stay
// with the old one. Where the kernel has no watch left, or the folder is not there, descriptor() is -1 and nothing is
// told: whoever must know looks from time to time too. One thread.
class FolderWatch {
  public:
    explicit FolderWatch(const std::filesystem::path& folder);
    ~FolderWatch();
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    int descriptor() const { return fd_; }  // readable when something changed
    bool take_changed();                    // whether something did since the last call

  private:
    int fd_;
};

}  // namespace hallcast::wire
