// Tells at once when something in a folder changes.
#pragma once

#include <filesystem>
#include <set>

#include "protocol/base/descriptor.h"

namespace hallcast {

// inotify on folders, not on files: a file is replaced by renaming another over it, and a watch would stay with the old
// one. Where the kernel has no watch left, or a folder is not there, nothing is told: whoever must know looks from time
// to time too. One thread.
class FolderWatch {
  public:
    explicit FolderWatch(const std::set<std::filesystem::path>& folders = {});

    // These from now on; what is already watched stays so without a gap.
    void watch(const std::set<std::filesystem::path>& folders);
    int descriptor() const { return inotify_.get(); }  // readable when something changed; -1: nothing is ever told
    bool take_changed();                               // whether something did since the last call

  private:
    Descriptor inotify_;
    std::set<int> watches_;
};

}  // namespace hallcast
