// A process that receives one live stream for a worker that may not: it has the network, and decodes nothing.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "protocol/base/descriptor.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

// What a stream leads to, by libavformat's lists.
struct StreamReach {
    std::string_view scheme;
    const char* protocols;
    const char* formats;
    std::chrono::seconds silence;  // after which it is lost
};

// By the address's scheme (see scheme_of_stream): no files, no data in addresses, no lists of files.
Expected<StreamReach> reach_of_stream(const std::string& address);

// Opens `address` in a sandbox of its own, and writes its packets into `pipe` (packet_wire.h), until it ends or is
// lost, which is the last record, or until nobody reads any more. A playlist in it leads nowhere but where its scheme
// reaches. Takes the process for itself.
void receive_stream(Descriptor pipe, const std::string& address);

// Without the sandbox, as far as it is told to reach. The two walls apart: tests take one away.
void receive_within(const StreamReach& reach, Descriptor pipe, const std::string& address);
Expected<void> enter_receiver_sandbox();

using ReceiveStream = void (*)(Descriptor pipe, const std::string& address);

}  // namespace hallcast::decoder
