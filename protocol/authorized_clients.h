// The authorised keys as they are in the file right now, for whoever decides about a connection or a command.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/base/folder_watch.h"
#include "protocol/keys.h"

namespace hallcast::wire {

// Looks at the file's time and size at every question and reads it again when they changed. A file that cannot be read
// authorises nobody (and the log says why, once). One thread.
class AuthorizedClients {
  public:
    explicit AuthorizedClients(std::filesystem::path file) : file_(std::move(file)), watch_({file_.parent_path()}) {}

    // Null when nobody has it. Valid until the next call.
    const AuthorizedKey* with_key(const std::string& public_key);
    const AuthorizedKey* with_name(const std::string& name);
    // Of a message's User-Id as ZapHandler gives it, "role name key". Null too when the name has another key by now,
    // and for a guest of the pairing socket ("pairing key").
    const AuthorizedKey* with_user_id(std::string_view user_id);

    // Readable when the list may have changed. Questions read it anyway, but who is connected asks none, and a revoked
    // client's connections are to end now. -1: the kernel does not tell; then ask take_changed() from time to time.
    int descriptor() const { return watch_.descriptor(); }
    // Whether another list was read since the last call.
    bool take_changed();

  private:
    struct Stamp {
        std::int64_t modified_ns = -1;
        std::int64_t size = -1;
        ino_t inode = 0;
        bool operator==(const Stamp&) const = default;
    };
    void refresh();

    std::filesystem::path file_;
    FolderWatch watch_;
    Stamp stamp_{-2, -2, 0};  // differs from every file's, and from that of no file
    std::vector<AuthorizedKey> keys_;
    std::unordered_map<std::string, std::size_t> by_key_;  // place in keys_: each message asks
    bool changed_ = false;
};

}  // namespace hallcast::wire
