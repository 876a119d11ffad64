#include "player/queue/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace hallcast::queue {
namespace {

std::string holder_of(int descriptor) {
    char text[32];
    const ssize_t size = ::pread(descriptor, text, sizeof(text), 0);
    return size > 0 ? fmt::format(" (process {})", std::string(text, std::size_t(size))) : std::string();
}

}  // namespace

Expected<FileLock> FileLock::take(const std::filesystem::path& file) {
    const std::string path = file.string() + ".lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        const int error = errno;
        return fail("{}: cannot be written: {}. {}", path, std::generic_category().message(error),
                    error == ENOENT ? "Make the folder first"
                                    : "Make the folder writable for this user, or choose another with --dir");
    }
    FileLock lock(descriptor);
    // flock and not a record lock: SQLite's own record locks must stay untouched, and threads of one process count.
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fail("{}: cannot be locked: {}. Choose a folder on a local disk with --dir", path,
                        std::generic_category().message(errno));
        return fail("{}: is in use by another master{}. Stop that one first, or choose another folder with --dir",
                    file.string(), holder_of(descriptor));
    }
    // The process id is for the message above only: that it cannot be written does not matter.
    const std::string holder = std::to_string(::getpid());
    if (::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, holder.data(), holder.size(), 0) < 0) return lock;
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

// The file stays: to remove it would let two processes lock two files of the same name.
FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace hallcast::queue
