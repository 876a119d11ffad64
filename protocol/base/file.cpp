#include "protocol/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "protocol/base/descriptor.h"

namespace hallcast {
namespace {

std::string reason() { return std::strerror(errno); }

}  // namespace

Expected<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail("{}: cannot be opened: {}", path.string(), reason());
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return fail("{}: cannot be read: {}", path.string(), reason());
    if (S_ISDIR(info.st_mode)) return fail("{}: is a folder, a file is needed", path.string());
    std::string bytes;
    char block[65536];
    for (;;) {
        const ssize_t got = ::read(file.get(), block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail("{}: cannot be read: {}", path.string(), reason());
        if (got == 0) return bytes;
        if (bytes.size() + std::size_t(got) > limit)
            return fail("{}: is larger than {} bytes, the most that is read here", path.string(), limit);
        bytes.append(block, std::size_t(got));
    }
}

Expected<void> replace_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
    std::filesystem::path folder = path.parent_path();
    if (folder.empty()) folder = ".";
    std::string aside = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
    const Descriptor file(::mkostemp(aside.data(), O_CLOEXEC));
    if (!file) return fail("{}: cannot be written: {}", aside, reason());
    auto give_up = [&](const char* step) {
        auto error = fail("{}: {} failed: {}", path.string(), step, reason());
        ::unlink(aside.c_str());
        return error;
    };
    for (std::string_view rest = bytes; !rest.empty();) {
        const ssize_t written = ::write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return give_up("writing");
        rest.remove_prefix(std::size_t(written));
    }
    if (::fchmod(file.get(), mode) != 0) return give_up("setting its mode");
    if (::fsync(file.get()) != 0) return give_up("syncing");
    if (::rename(aside.c_str(), path.c_str()) != 0) return give_up("renaming");
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory) ::fsync(directory.get());
    return {};
}

}  // namespace hallcast
