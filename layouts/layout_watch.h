// Knows when a layout must be read again: its file, or an image that it names, is another.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "layouts/layout.h"
#include "protocol/base/folder_watch.h"

namespace hallcast::layouts {

// Sees a file that is replaced by renaming, written over, deleted and made again, or reached by another symbolic link;
// and one that comes to be where there was none, with its folder too: an office's own layout instead of the shipped
// one. What is being changed counts when it has been quiet for a moment, so that no half of a file is read. On a
// network folder, and where the kernel has no watch left, it is seen within `look_every`. Time is an argument. One
// thread.
class LayoutWatch {
  public:
    using Moment = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds quiet{20};
    // For a file that is gone: an editor that writes it again is not to show the shipped layout in between.
    static constexpr std::chrono::milliseconds quiet_when_gone{150};
    static constexpr std::chrono::seconds look_every{2};

    // `name` and `directory` as for load_layout; `others` are watched too.
    LayoutWatch(std::string name, std::filesystem::path directory, std::vector<std::filesystem::path> others = {});

    // load_layout; from then on it is what changed() compares with, right or wrong. Images are to be read afterwards.
    Expected<Layout> load();
    // Whether load() would read something else than the last time, as of `now`.
    bool changed(Moment now);
    // Ask again then, or when `descriptor` is readable; -1: only then.
    Moment next() const { return std::min(look_at_, settled_at_); }
    int descriptor() const { return folders_.descriptor(); }

    const std::string& name() const { return name_; }
    // Whether there was a file by that name, right or wrong, when it was loaded last.
    bool has_file() const;

  private:
    // What tells one content from another without reading it; all zero where there is no file.
    struct Print {
        dev_t device = 0;
        ino_t inode = 0;
        std::int64_t size = 0, modified_ns = 0, changed_ns = 0;
        bool is_there() const { return inode != 0; }
        bool operator==(const Print&) const = default;
    };
    using Prints = std::map<std::filesystem::path, Print>;

    static Print print_of(const std::filesystem::path& file);
    void look(Moment now);
    void watch_folders();
    Prints prints() const;

    std::string name_;
    std::filesystem::path directory_;
    std::vector<std::filesystem::path> files_;  // whatever the layout is
    FolderWatch folders_;
    Prints loaded_;  // of these, and of the images of the last right layout, before they were read
    Prints seen_;    // at the last look
    Moment look_at_{};
    Moment settled_at_ = Moment::max();  // when what is seen counts; max: it is what was loaded
};

}  // namespace hallcast::layouts
