#include "protocol/authorized_clients.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace hallcast::wire {

void AuthorizedClients::refresh() {
    struct stat info {};
    Stamp stamp;
    if (::stat(file_.c_str(), &info) == 0)
        stamp = {info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec, info.st_size, info.st_ino};
    if (stamp == stamp_) return;
    stamp_ = stamp;
    changed_ = true;
    keys_.clear();
    by_key_.clear();
    auto read = load_authorized(file_);
    if (read) {
        keys_ = std::move(*read);
        for (std::size_t i = 0; i < keys_.size(); ++i) by_key_[keys_[i].public_key] = i;
        return;
    }
    spdlog::error("{}; until that is mended no client is let in", read.error().message);
}

const AuthorizedKey* AuthorizedClients::with_key(const std::string& public_key) {
    refresh();
    const auto found = by_key_.find(public_key);
    return found == by_key_.end() ? nullptr : &keys_[found->second];
}

const AuthorizedKey* AuthorizedClients::with_user_id(std::string_view user_id) {
    const std::size_t behind_role = user_id.find(' ');
    const std::size_t before_key = user_id.rfind(' ');
    if (behind_role == std::string_view::npos || behind_role == before_key) return nullptr;
    const AuthorizedKey* client = with_key(std::string(user_id.substr(before_key + 1)));
    const std::string_view name = user_id.substr(behind_role + 1, before_key - behind_role - 1);
    return client != nullptr && client->name == name ? client : nullptr;
}

bool AuthorizedClients::take_changed() {
    watch_.take_changed();
    refresh();
    return std::exchange(changed_, false);
}

const AuthorizedKey* AuthorizedClients::with_name(const std::string& name) {
    refresh();
    const auto found = std::ranges::find(keys_, name, &AuthorizedKey::name);
    return found == keys_.end() ? nullptr : &*found;
}

}  // namespace hallcast::wire
