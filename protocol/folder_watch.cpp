#include "protocol/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>

namespace hallcast::wire {

FolderWatch::FolderWatch(const std::filesystem::path& folder) : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    const std::filesystem::path there = folder.empty() ? "." : folder;
    if (fd_ >= 0 && ::inotify_add_watch(fd_, there.c_str(),
                                        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB) >= 0)
        return;
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

FolderWatch::~FolderWatch() {
    if (fd_ >= 0) ::close(fd_);
}

bool FolderWatch::take_changed() {
    bool changed = false;
    alignas(inotify_event) char events[4096];
    while (fd_ >= 0) {
        const ssize_t got = ::read(fd_, events, sizeof events);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        changed = true;
    }
    return changed;
}

}  // namespace hallcast::wire
