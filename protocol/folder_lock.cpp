#include "protocol/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hallcast::wire {

Expected<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
    FolderLock lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (lock.fd_ < 0) return fail("{}: the folder cannot be opened: {}", folder.string(), std::strerror(errno));
    while (::flock(lock.fd_, LOCK_EX) != 0)
        if (errno != EINTR) return fail("{}: the folder cannot be locked: {}", folder.string(), std::strerror(errno));
    return lock;
}

FolderLock::~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace hallcast::wire
