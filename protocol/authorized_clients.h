// The authorised keys as they are in the file right now, for whoever decides about a connection or a command.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "protocol/keys.h"

namespace hallcast::wire {

// Looks at the file's time and size at every question and reads it again when they changed. A file that cannot be read
// authorises nobody (and the log says why, once). One thread.
class AuthorizedClients {
  public:
    explicit AuthorizedClients(std::filesystem::path file) : file_(std::move(file)) {}

    // Null when nobody has it. Valid until the next call.
    const AuthorizedKey* with_key(const std::string& public_key);
    const AuthorizedKey* with_name(const std::string& name);

  private:
    struct Stamp {
        std::int64_t modified_ns = -1;
        std::int64_t size = -1;
        ino_t inode = 0;
        bool operator==(const Stamp&) const = default;
    };
    void refresh();

    std::filesystem::path file_;
    Stamp stamp_{-2, -2, 0};  // differs from every file's, and from that of no file
    std::vector<AuthorizedKey> keys_;
};

}  // namespace hallcast::wire
