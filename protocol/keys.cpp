#include "protocol/keys.h"

#include <sys/stat.h>
#include <yaml-cpp/yaml.h>
#include <zmq.h>

#include <array>
#include <cstdint>

#include "protocol/base/file.h"
#include "protocol/folder_lock.h"

namespace hallcast::wire {
namespace {

constexpr std::size_t key_characters = 40;
constexpr std::size_t key_file_limit = 64 << 10;

// Who else can read a secret key can be this machine.
Expected<void> check_private(const std::filesystem::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) == 0 && (info.st_mode & 077) != 0)
        return fail("{}: others may read this secret key; make it private with: chmod 600 {}", file.string(),
                    file.string());
    return {};
}

// The string at `node`, which must be a key.
Expected<std::string> key_at(const std::filesystem::path& file, const YAML::Node& node, const char* name) {
    if (!node || !node.IsScalar() || !is_key(node.Scalar()))
        return fail("{}:{}: '{}' must be a key of {} characters (Z85); copy the file again from where it was made",
                    file.string(), node ? node.Mark().line + 1 : 1, name, key_characters);
    return node.Scalar();
}

Expected<KeyPair> key_pair_at(const std::filesystem::path& file, const YAML::Node& node) {
    if (!node || !node.IsMap()) return fail("{}:1: 'public' and 'secret' are missing", file.string());
    auto public_key = key_at(file, node["public"], "public");
    if (!public_key) return std::unexpected(public_key.error());
    auto secret_key = key_at(file, node["secret"], "secret");
    if (!secret_key) return std::unexpected(secret_key.error());
    std::array<char, key_characters + 1> derived{};
    if (::zmq_curve_public(derived.data(), secret_key->c_str()) != 0 || *public_key != derived.data())
        return fail(
            "{}:{}: the public key does not belong to the secret key; copy the file again from where it was made",
            file.string(), node.Mark().line + 1);
    return KeyPair{*public_key, *secret_key};
}

Expected<YAML::Node> load_yaml(const std::filesystem::path& file) {
    if (auto is_private = check_private(file); !is_private) return std::unexpected(is_private.error());
    auto text = read_file(file, key_file_limit);
    if (!text) return std::unexpected(text.error());
    try {
        YAML::Node node = YAML::Load(*text);
        if (!node.IsMap()) return fail("{}:1: holds no keys", file.string());
        return node;
    } catch (const YAML::Exception& exception) {
        return fail("{}:{}: {}", file.string(), exception.mark.line + 1, exception.msg);
    }
}

void emit_key_pair(YAML::Emitter& out, const KeyPair& keys) {
    out << YAML::BeginMap << YAML::Key << "public" << YAML::Value << YAML::DoubleQuoted << keys.public_key << YAML::Key
        << "secret" << YAML::Value << YAML::DoubleQuoted << keys.secret_key << YAML::EndMap;
}

Expected<void> write_key_pair(const std::filesystem::path& file, const KeyPair& keys) {
    YAML::Emitter out;
    emit_key_pair(out, keys);
    // The public half first: whoever sees the key file may count on both.
    if (auto done = replace_file(file.string() + ".pub", keys.public_key + "\n"); !done) return done;
    return replace_file(file, std::string(out.c_str()) + "\n", 0600);
}

// The folder of `file`, made when missing, for its owner only.
Expected<std::filesystem::path> make_folder(const std::filesystem::path& file) {
    std::filesystem::path folder = file.parent_path();
    if (folder.empty()) folder = ".";
    std::error_code error;
    if (std::filesystem::create_directories(folder, error))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) return fail("{}: the folder cannot be made: {}", folder.string(), error.message());
    return folder;
}

}  // namespace

bool is_key(const std::string& text) {
    std::array<std::uint8_t, key_characters / 5 * 4> bytes{};
    return text.size() == key_characters && ::zmq_z85_decode(bytes.data(), text.c_str()) != nullptr;
}

std::string raw_key(const std::string& text) {
    HALLCAST_ASSERT(is_key(text));
    std::string bytes(raw_key_bytes, '\0');
    ::zmq_z85_decode(reinterpret_cast<std::uint8_t*>(bytes.data()), text.c_str());
    return bytes;
}

std::string text_key(std::string_view raw) {
    HALLCAST_ASSERT(raw.size() == raw_key_bytes);
    std::array<char, key_characters + 1> text{};
    ::zmq_z85_encode(text.data(), reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size());
    return text.data();
}

KeyPair make_key_pair() {
    std::array<char, key_characters + 1> public_key{};
    std::array<char, key_characters + 1> secret_key{};
    HALLCAST_ASSERT(::zmq_curve_keypair(public_key.data(), secret_key.data()) == 0);
    return {public_key.data(), secret_key.data()};
}

Expected<KeyPair> load_or_make_key_pair(const std::filesystem::path& file) {
    auto folder = make_folder(file);
    if (!folder) return std::unexpected(folder.error());
    // Two programs started for the first time at once must end with the same keys.
    auto lock = FolderLock::take(*folder);
    if (!lock) return std::unexpected(lock.error());
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) return load_key_pair(file);
    const KeyPair keys = make_key_pair();
    if (auto saved = write_key_pair(file, keys); !saved) return std::unexpected(saved.error());
    return keys;
}

Expected<KeyPair> load_key_pair(const std::filesystem::path& file) {
    auto node = load_yaml(file);
    if (!node) return std::unexpected(node.error());
    return key_pair_at(file, *node);
}

Expected<void> save_key_pair(const std::filesystem::path& file, const KeyPair& keys) {
    auto folder = make_folder(file);
    if (!folder) return std::unexpected(folder.error());
    auto lock = FolderLock::take(*folder);
    if (!lock) return std::unexpected(lock.error());
    return write_key_pair(file, keys);
}

Expected<Credentials> load_credentials(const std::filesystem::path& file) {
    auto node = load_yaml(file);
    if (!node) return std::unexpected(node.error());
    auto master = key_at(file, (*node)["master"], "master");
    if (!master) return std::unexpected(master.error());
    auto client = key_pair_at(file, (*node)["client"]);
    if (!client) return std::unexpected(client.error());
    return Credentials{*master, *client};
}

Expected<void> save_credentials(const std::filesystem::path& file, const Credentials& credentials) {
    auto folder = make_folder(file);
    if (!folder) return std::unexpected(folder.error());
    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "master" << YAML::Value << YAML::DoubleQuoted << credentials.master_key
        << YAML::Key << "client" << YAML::Value;
    emit_key_pair(out, credentials.client);
    out << YAML::EndMap;
    return replace_file(file, std::string(out.c_str()) + "\n", 0600);
}

}  // namespace hallcast::wire
