#include "protocol/cmd_id.h"

#include <sys/random.h>

#include <cstring>

#include "protocol/base/error.h"

namespace hallcast::wire {

std::string make_cmd_id() {
    std::string id(cmd_id_bytes, '\0');
    // Up to 256 bytes getrandom gives all or, before the kernel has any entropy, waits: it never gives part of them.
    HALLCAST_ASSERT(::getrandom(id.data(), id.size(), 0) == ssize_t(id.size()));
    return id;
}

std::uint32_t random_seed() {
    std::uint32_t seed = 0;
    std::memcpy(&seed, make_cmd_id().data(), sizeof seed);
    return seed;
}

}  // namespace hallcast::wire
