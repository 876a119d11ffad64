// What is left to a process that takes untrusted files apart: its memory, its threads and the descriptors it has.
#pragma once

#include <cstddef>

#include "protocol/base/error.h"

namespace hallcast::decoder {

struct SandboxLimits {
    std::size_t private_memory = std::size_t(1) << 30;  // bytes, the shared pool not counted
    int descriptors = 32;
};

// For the rest of the process's life, its threads included: no file can be opened, no socket made, no program and no
// process started, nothing of other processes touched. What a decoder or a library tries in good faith (a file of
// settings, say) fails with EACCES; what only an attacker tries ends the process (SIGSYS). Memory beyond the limit
// cannot be had. Call it while the process has one thread. After an error the process must not go on.
Expected<void> enter_sandbox(const SandboxLimits& limits);

// The same for one that talks to the network and decodes nothing: it may also connect, over IPv4 and IPv6, but not be
// connected to, and read what finding a host and checking its certificate take (/etc/hosts, resolv.conf, /etc/ssl,
// ...), by Landlock. Where the kernel has no Landlock it can read no file at all: addresses must be numbers then, and
// https does not work.
Expected<void> enter_network_sandbox(const SandboxLimits& limits);

}  // namespace hallcast::decoder
