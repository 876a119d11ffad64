// CURVE keys in files of mode 0600, and who may connect to a master with which role.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.h"

namespace hallcast::wire {

struct KeyPair {
    std::string public_key;  // Z85, 40 characters
    std::string secret_key;
};

KeyPair make_key_pair();
// Whether `text` can be a key in Z85. Link and server assert it; whatever reads a key from outside checks it.
bool is_key(const std::string& text);
// The 32 bytes of a key in Z85, and back.
constexpr std::size_t raw_key_bytes = 32;
std::string raw_key(const std::string& text);
std::string text_key(std::string_view raw);
// Made at the first call. The public half lies beside it as FILE.pub, for carrying to another machine.
Expected<KeyPair> load_or_make_key_pair(const std::filesystem::path& file);
Expected<KeyPair> load_key_pair(const std::filesystem::path& file);  // an error where there is none
// Replaces what is there. The folder is made when missing.
Expected<void> save_key_pair(const std::filesystem::path& file, const KeyPair& keys);

enum class Role { player, clerk, kiosk, content, admin };
const char* role_name(Role role);  // "player"
std::optional<Role> parse_role(const std::string& name);

// What a client needs to reach a master. A YAML file: master (public key), client (public and secret key).
struct Credentials {
    std::string master_key;
    KeyPair client;
};
Expected<Credentials> load_credentials(const std::filesystem::path& file);
Expected<void> save_credentials(const std::filesystem::path& file, const Credentials& credentials);

// A master's DIR/keys/authorized: one client a line, `role name public-key`; '#' begins a comment. Read again by the
// ZAP handler when the file changes, so that an administrator edits it while the master runs. A key may contain and
// even begin with '#', therefore a comment stands on a line of its own or behind the key. No file: nobody is
// authorised. Names are unique, without blanks; so are keys: an ambiguous file is an error, and then nobody is let in.
struct AuthorizedKey {
    Role role;
    std::string name;
    std::string public_key;
};
bool is_client_name(const std::string& name);
Expected<std::vector<AuthorizedKey>> load_authorized(const std::filesystem::path& file);
// Adds, or replaces the one with the same name.
Expected<void> authorize(const std::filesystem::path& file, const AuthorizedKey& key);
// All of them or, with an error, none; a name or key that is there already is an error.
Expected<void> authorize_new(const std::filesystem::path& file, const std::vector<AuthorizedKey>& keys);
// Takes the line with this name out; comments stay. An error where there is none.
Expected<void> revoke(const std::filesystem::path& file, const std::string& name);

}  // namespace hallcast::wire
