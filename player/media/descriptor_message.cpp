#include "player/media/descriptor_message.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace hallcast::media {
namespace {

struct Control {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_descriptors)> bytes{};
};

iovec part(std::span<const char> bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

}  // namespace

bool send_message(int socket, std::span<const char> head, std::span<const char> rest,
                  std::span<const int> descriptors) {
    std::array<iovec, 2> parts{part(head), part(rest)};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    Control control;
    if (!descriptors.empty() && descriptors.size() <= most_descriptors) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = 0;
    do {
        sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return sent == ssize_t(head.size() + rest.size());
}

bool send_message(int socket, std::span<const char> bytes, std::span<const int> descriptors) {
    return send_message(socket, bytes, {}, descriptors);
}

long receive_message(int socket, std::span<char> head, std::span<char> rest, std::vector<Descriptor>* descriptors) {
    std::array<iovec, 2> parts{part(head), part(rest)};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    Control control;
    // Without room for them the kernel closes what descriptors come along.
    if (descriptors != nullptr) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = control.bytes.size();
    }
    ssize_t got = 0;
    do {
        got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        // ECONNRESET, said once: the other end went without reading all of ours. What it had sent before is still
        // there.
    } while (got < 0 && (errno == EINTR || errno == ECONNRESET));
    if (got < 0) return -1;
    if (descriptors != nullptr) {
        for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
            if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
            const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
                descriptors->emplace_back(fd);
            }
        }
    }
    if ((message.msg_flags & MSG_TRUNC) != 0) {
        errno = EMSGSIZE;
        return -1;
    }
    return got;
}

long receive_message(int socket, std::span<char> bytes, std::vector<Descriptor>* descriptors) {
    return receive_message(socket, bytes, {}, descriptors);
}

}  // namespace hallcast::media
