#include "player/media/clip_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace hallcast::media {

Expected<ClipFile> open_clip_file(const std::filesystem::path& path) {
    // Non-blocking, so that a FIFO somebody left there cannot hold us; a regular file does not mind.
    ClipFile file{Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), 0, path.string()};
    if (!file.descriptor) return fail("{}: cannot be opened: {}", path.string(), std::strerror(errno));
    struct stat status {};
    if (::fstat(file.descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return fail("{}: is no file", path.string());
    if (status.st_size == 0) return fail("{}: is empty; was its copy broken off?", path.string());
    file.size = status.st_size;
    return file;
}

}  // namespace hallcast::media
