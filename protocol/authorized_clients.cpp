#include "protocol/authorized_clients.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>

namespace hallcast::wire {

void AuthorizedClients::refresh() {
    struct stat info {};
    Stamp stamp;
    if (::stat(file_.c_str(), &info) == 0)
        stamp = {info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec, info.st_size, info.st_ino};
    if (stamp == stamp_) return;
    stamp_ = stamp;
    auto read = load_authorized(file_);
    if (read) {
        keys_ = std::move(*read);
        return;
    }
    spdlog::error("{}; until that is mended no client is let in", read.error().message);
    keys_.clear();
}

const AuthorizedKey* AuthorizedClients::with_key(const std::string& public_key) {
    refresh();
    const auto found = std::ranges::find(keys_, public_key, &AuthorizedKey::public_key);
    return found == keys_.end() ? nullptr : &*found;
}

const AuthorizedKey* AuthorizedClients::with_name(const std::string& name) {
    refresh();
    const auto found = std::ranges::find(keys_, name, &AuthorizedKey::name);
    return found == keys_.end() ? nullptr : &*found;
}

}  // namespace hallcast::wire
