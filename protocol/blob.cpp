#include "protocol/blob.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace hallcast::wire {
namespace {

bool is_sha256(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

struct OpenFile {
    int fd;
    explicit OpenFile(const std::filesystem::path& path)
        : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}
    ~OpenFile() {
        if (fd >= 0) ::close(fd);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
};

}  // namespace

Expected<v1::Blob> read_piece(const v1::BlobRequest& request,
                              const std::function<std::filesystem::path(const std::string& sha256)>& file_of) {
    if (!is_sha256(request.sha256())) return fail("a blob is named by 64 hex digits, in lower case");
    const std::filesystem::path path = file_of ? file_of(request.sha256()) : std::filesystem::path();
    const OpenFile file(path);
    struct stat info {};
    if (path.empty() || file.fd < 0 || ::fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode))
        return fail("{}: the master has no such blob; ask for the manifest again", request.sha256());
    const std::uint64_t total = std::uint64_t(info.st_size);
    const std::uint64_t offset = std::min(request.offset(), total);
    const std::uint64_t length = std::min<std::uint64_t>({request.length(), max_piece, total - offset});
    v1::Blob blob;
    blob.set_offset(request.offset());
    blob.set_total(total);
    std::string& bytes = *blob.mutable_bytes();
    bytes.resize(length);
    for (std::uint64_t done = 0; done < length;) {
        const ssize_t got = ::pread(file.fd, bytes.data() + done, length - done, off_t(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0)
            return fail("{}: cannot be read: {}", request.sha256(), got < 0 ? std::strerror(errno) : "it shrank");
        done += std::uint64_t(got);
    }
    return blob;
}

}  // namespace hallcast::wire
