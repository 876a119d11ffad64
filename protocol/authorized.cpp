// The list of authorised keys as a file (declared in keys.h).
#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <sstream>

#include "protocol/base/file.h"
#include "protocol/folder_lock.h"
#include "protocol/keys.h"

namespace hallcast::wire {
namespace {

struct NamedRole {
    Role role;
    const char* name;
};
constexpr std::array named_roles{NamedRole{Role::player, "player"}, NamedRole{Role::clerk, "clerk"},
                                 NamedRole{Role::kiosk, "kiosk"}, NamedRole{Role::content, "content"},
                                 NamedRole{Role::admin, "admin"}};
constexpr std::size_t max_name = 64;
constexpr std::size_t authorized_limit = 4u << 20;

std::string line_of(const AuthorizedKey& key) {
    return fmt::format("{} {} {}\n", role_name(key.role), key.name, key.public_key);
}

// Nothing for an empty line or a comment.
Expected<std::optional<AuthorizedKey>> parse_line(const std::string& where, const std::string& line) {
    std::istringstream words(line);
    std::string role_word;
    std::string name;
    std::string key;
    std::string more;
    if (!(words >> role_word) || role_word.front() == '#') return std::nullopt;
    words >> name >> key >> more;
    const auto role = parse_role(role_word);
    if (!role) return fail("{}: '{}' is no role; roles are player, clerk, kiosk, content and admin", where, role_word);
    if (!is_client_name(name)) return fail("{}: behind the role a name is needed, without blanks", where);
    if (!is_key(key))
        return fail("{}: '{}' is no public key; it has 40 characters (see the FILE.pub of the client)", where, key);
    if (!more.empty() && more.front() != '#') return fail("{}: '{}' is one word too many", where, more);
    return AuthorizedKey{*role, name, key};
}

struct AuthorizedFile {
    std::vector<AuthorizedKey> keys;
    std::vector<std::string> lines;  // as they are, for rewriting them
    std::vector<std::string> names;  // of each line; empty for a comment
};

Expected<AuthorizedFile> read_authorized(const std::filesystem::path& file) {
    AuthorizedFile result;
    std::error_code error;
    if (!std::filesystem::exists(file, error) && !error) return result;
    auto text = read_file(file, authorized_limit);
    if (!text) return std::unexpected(text.error());
    std::set<std::string> names;
    std::set<std::string> public_keys;
    std::istringstream stream(*text);
    std::string line;
    for (int number = 1; std::getline(stream, line); ++number) {
        const std::string where = fmt::format("{}:{}", file.string(), number);
        auto key = parse_line(where, line);
        if (!key) return std::unexpected(key.error());
        result.lines.push_back(line);
        result.names.push_back(*key ? (*key)->name : "");
        if (!*key) continue;
        if (!names.insert((*key)->name).second)
            return fail("{}: the name '{}' is there twice; remove one of the lines", where, (*key)->name);
        if (!public_keys.insert((*key)->public_key).second)
            return fail("{}: this key is there twice, with two names; remove one of the lines", where);
        result.keys.push_back(**key);
    }
    return result;
}

}  // namespace

bool is_client_name(const std::string& name) {
    return !name.empty() && name.size() <= max_name && name.front() != '#' &&
           std::ranges::all_of(name, [](unsigned char c) { return c > ' ' && c != 127; });
}

const char* role_name(Role role) {
    for (const NamedRole& named : named_roles)
        if (named.role == role) return named.name;
    invariant_broken("a role has a name", __FILE__, __LINE__);
}

std::optional<Role> parse_role(const std::string& name) {
    for (const NamedRole& named : named_roles)
        if (name == named.name) return named.role;
    return std::nullopt;
}

Expected<std::vector<AuthorizedKey>> load_authorized(const std::filesystem::path& file) {
    auto read = read_authorized(file);
    if (!read) return std::unexpected(read.error());
    return std::move(read->keys);
}

namespace {

Expected<void> check(const AuthorizedKey& key) {
    if (!is_client_name(key.name))
        return fail("'{}': a client's name has 1 to {} characters and no blanks", key.name, max_name);
    if (!is_key(key.public_key)) return fail("'{}' is no public key; it has 40 characters (Z85)", key.public_key);
    return {};
}

// Reads the file, lets `change` make a new text of it and replaces it, while no other program does the same.
Expected<void> rewrite(const std::filesystem::path& file,
                       const std::function<Expected<std::string>(const AuthorizedFile&)>& change) {
    std::filesystem::path folder = file.parent_path();
    if (folder.empty()) folder = ".";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail("{}: the folder cannot be made: {}", folder.string(), error.message());
    auto lock = FolderLock::take(folder);
    if (!lock) return std::unexpected(lock.error());
    auto read = read_authorized(file);
    if (!read) return std::unexpected(read.error());
    auto text = change(*read);
    if (!text) return std::unexpected(text.error());
    return replace_file(file, *text, 0600);
}

}  // namespace

Expected<void> authorize(const std::filesystem::path& file, const AuthorizedKey& key) {
    if (auto checked = check(key); !checked) return checked;
    return rewrite(file, [&](const AuthorizedFile& read) -> Expected<std::string> {
        for (const AuthorizedKey& other : read.keys)
            if (other.public_key == key.public_key && other.name != key.name)
                return fail("{}: this key is authorised already, as '{}'", file.string(), other.name);
        std::string text;
        bool replaced = false;
        for (std::size_t i = 0; i < read.lines.size(); ++i) {
            const bool same = read.names[i] == key.name;
            text += same ? line_of(key) : read.lines[i] + "\n";
            replaced = replaced || same;
        }
        if (!replaced) text += line_of(key);
        return text;
    });
}

Expected<void> authorize_new(const std::filesystem::path& file, const std::vector<AuthorizedKey>& keys) {
    return rewrite(file, [&](const AuthorizedFile& read) -> Expected<std::string> {
        std::set<std::string> names;
        std::set<std::string> public_keys;
        for (const AuthorizedKey& key : read.keys) {
            names.insert(key.name);
            public_keys.insert(key.public_key);
        }
        std::string text;
        for (const std::string& line : read.lines) text += line + "\n";
        for (const AuthorizedKey& key : keys) {
            if (auto checked = check(key); !checked) return std::unexpected(checked.error());
            if (!names.insert(key.name).second)
                return fail("{}: there is a '{}' already; choose another name, or first: hallcast keys revoke {}",
                            file.string(), key.name, key.name);
            if (!public_keys.insert(key.public_key).second)
                return fail("{}: the key of '{}' is authorised already, with another name", file.string(), key.name);
            text += line_of(key);
        }
        return text;
    });
}

Expected<void> revoke(const std::filesystem::path& file, const std::string& name) {
    return rewrite(file, [&](const AuthorizedFile& read) -> Expected<std::string> {
        std::string text;
        bool found = false;
        for (std::size_t i = 0; i < read.lines.size(); ++i) {
            if (!name.empty() && read.names[i] == name)
                found = true;
            else
                text += read.lines[i] + "\n";
        }
        if (!found) return fail("{}: nobody is called '{}'; see: hallcast keys list", file.string(), name);
        return text;
    });
}

}  // namespace hallcast::wire
