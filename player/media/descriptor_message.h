// One message on a SOCK_SEQPACKET socket, with descriptors that go along.
#pragma once

#include <span>
#include <type_traits>
#include <vector>

#include "protocol/base/descriptor.h"

namespace hallcast::media {

constexpr std::size_t most_descriptors = 16;  // with one message

// A plain struct as it lies in memory, to be sent, or received into.
template <typename Plain>
requires std::is_trivially_copyable_v<Plain>
auto message_of(Plain& plain) {
    using Byte = std::conditional_t<std::is_const_v<Plain>, const char, char>;
    return std::span<Byte>(reinterpret_cast<Byte*>(&plain), sizeof plain);
}

// False: the other end is gone, or has no room for it. Does not wait.
bool send_message(int socket, std::span<const char> bytes, std::span<const int> descriptors = {});

// Waits for one message unless the socket does not. Returns its length, 0 when the other end is gone, -1 on an error
// (errno) or when the message is longer than `bytes`. Descriptors that came along are closed unless `descriptors` is
// given.
long receive_message(int socket, std::span<char> bytes, std::vector<Descriptor>* descriptors = nullptr);

// The same with what follows a head in memory of its own.
long receive_message(int socket, std::span<char> head, std::span<char> rest, std::vector<Descriptor>* descriptors);
bool send_message(int socket, std::span<const char> head, std::span<const char> rest, std::span<const int> descriptors);

}  // namespace hallcast::media
