#include "player/queue/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace hallcast::queue {
namespace {

constexpr std::size_t samples = 5;
constexpr std::size_t page_bytes = 4096;  // SQLite's

std::unexpected<Error> cannot_write(const std::filesystem::path& probe, int error) {
    return fail("{}: cannot be written: {}. {}", probe.string(), std::generic_category().message(error),
                error == ENOSPC || error == EDQUOT || error == EFBIG ? "Free some disk space"
                : error == EIO                                       ? "Check the disk"
                               : "Make the folder writable for this user, or choose another with --dir");
}

}  // namespace

Expected<std::chrono::microseconds> measure_sync(const std::filesystem::path& probe) {
    using Clock = std::chrono::steady_clock;
    const int descriptor = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return cannot_write(probe, errno);
    const std::array<char, page_bytes> page{};
    std::array<std::chrono::microseconds, samples> took{};
    int error = 0;
    for (std::size_t i = 0; i < samples && error == 0; ++i) {
        const auto begin = Clock::now();
        const ssize_t written = ::pwrite(descriptor, page.data(), page.size(), off_t(i * page_bytes));
        if (written < 0)
            error = errno;
        else if (written != ssize_t(page.size()))
            error = ENOSPC;  // a disk takes part of a page only when there is no room for the rest
        else if (::fdatasync(descriptor) != 0)
            error = errno;
        took[i] = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
    }
    ::close(descriptor);
    ::unlink(probe.c_str());
    if (error != 0) return cannot_write(probe, error);
    std::ranges::nth_element(took, took.begin() + samples / 2);
    return took[samples / 2];
}

}  // namespace hallcast::queue
