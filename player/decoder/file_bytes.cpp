#include "player/decoder/file_bytes.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace hallcast::decoder {
namespace {

Expected<std::size_t> size_of(int descriptor, const std::string& name, std::size_t most) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return fail("{}: is no file", name);
    if (status.st_size == 0) return fail("{}: is empty; was its copy broken off?", name);
    const auto size = std::size_t(status.st_size);
    if (size > most) return fail("{}: has {} bytes, more than the {} that are allowed", name, size, most);
    return size;
}

}  // namespace

Expected<FileBytes> read_file(int descriptor, const std::string& name, std::size_t most) {
    const auto size = size_of(descriptor, name, most);
    if (!size) return std::unexpected(size.error());
    auto bytes = std::make_shared<std::vector<std::byte>>(*size);
    std::size_t done = 0;
    while (done < bytes->size()) {
        const ssize_t got = ::pread(descriptor, bytes->data() + done, bytes->size() - done, off_t(done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail("{}: cannot be read: {}", name, std::strerror(errno));
        if (got == 0) return fail("{}: became shorter while it was read", name);
        done += std::size_t(got);
    }
    return FileBytes{*bytes, bytes};
}

Expected<FileBytes> map_file(int descriptor, const std::string& name, std::size_t most) {
    const auto size = size_of(descriptor, name, most);
    if (!size) return std::unexpected(size.error());
    void* memory = ::mmap(nullptr, *size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (memory == MAP_FAILED) return fail("{}: cannot be read: {}", name, std::strerror(errno));
    const std::shared_ptr<const void> keep(
        memory, [bytes = *size](const void* mapped) { ::munmap(const_cast<void*>(mapped), bytes); });
    return FileBytes{{static_cast<const std::byte*>(memory), *size}, keep};
}

}  // namespace hallcast::decoder
