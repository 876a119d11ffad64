#include "protocol/base/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace hallcast {
namespace {

constexpr std::uint32_t changes =
    IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

FolderWatch::FolderWatch(const std::set<std::filesystem::path>& folders)
    : inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    watch(folders);
    // Nothing would ever be told: the caller may as well know.
    if (!folders.empty() && watches_.empty()) inotify_.close();
}

void FolderWatch::watch(const std::set<std::filesystem::path>& folders) {
    if (!inotify_) return;
    std::set<int> wanted;
    for (const auto& folder : folders) {
        const int watch = ::inotify_add_watch(inotify_.get(), folder.empty() ? "." : folder.c_str(), changes);
        if (watch >= 0) wanted.insert(watch);  // the same as before for the same folder
    }
    for (const int watch : watches_)
        if (!wanted.contains(watch)) ::inotify_rm_watch(inotify_.get(), watch);
    watches_ = std::move(wanted);
}

bool FolderWatch::take_changed() {
    bool changed = false;
    alignas(inotify_event) char events[4096];
    while (inotify_) {
        const ssize_t got = ::read(inotify_.get(), events, sizeof events);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        changed = true;
    }
    return changed;
}

}  // namespace hallcast
