#include "protocol/successor.h"

#include <sodium.h>

#include <algorithm>

#include "protocol/base/file.h"
#include "protocol/folder_lock.h"

namespace hallcast::wire {
namespace {

// CURVE boxes with the same kinds of keys. Its nonces begin otherwise, so neither can pass for the other's.
constexpr std::string_view nonce_label = "hallcast";
constexpr std::size_t nonce_bytes = crypto_box_NONCEBYTES;
constexpr std::size_t box_bytes = raw_key_bytes + crypto_box_MACBYTES;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::filesystem::path previous_folder(const std::filesystem::path& folder) { return folder / "master.previous"; }

std::string hex(const std::string& raw) {
    std::string text(raw.size() * 2 + 1, '\0');
    ::sodium_bin2hex(text.data(), text.size(), bytes_of(raw), raw.size());
    text.pop_back();
    return text;
}

Expected<std::vector<std::filesystem::path>> previous_files(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    std::filesystem::directory_iterator entries(previous_folder(folder), error);
    if (error == std::errc::no_such_file_or_directory) return files;
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error))
        if (entries->path().extension() == ".key") files.push_back(entries->path());
    if (error) return fail("{}: cannot be read: {}", previous_folder(folder).string(), error.message());
    std::ranges::sort(files);
    return files;
}

}  // namespace

Expected<MasterKeys> load_master_keys(const std::filesystem::path& folder) {
    auto now = load_key_pair(folder / "master.key");
    if (!now) return std::unexpected(now.error());
    MasterKeys keys{*now, {}};
    auto files = previous_files(folder);
    if (!files) return std::unexpected(files.error());
    for (const auto& file : *files) {
        auto pair = load_key_pair(file);
        if (!pair) return std::unexpected(pair.error());
        keys.previous.push_back(*pair);
    }
    return keys;
}

Expected<std::string> rotate_master_key(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "master.key";
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        return fail("{}: is not there; --dir must be the folder of a master that has run once", file.string());
    auto old = load_key_pair(file);
    if (!old) return std::unexpected(old.error());
    const std::filesystem::path kept = previous_folder(folder) / (hex(raw_key(old->public_key)) + ".key");
    if (auto saved = save_key_pair(kept, *old); !saved) return std::unexpected(saved.error());
    const KeyPair next = make_key_pair();
    if (auto saved = save_key_pair(file, next); !saved) return std::unexpected(saved.error());
    return next.public_key;
}

Expected<std::size_t> forget_previous_keys(const std::filesystem::path& folder) {
    auto files = previous_files(folder);
    if (!files) return std::unexpected(files.error());
    for (const auto& file : *files) {
        std::error_code error;
        std::filesystem::remove(file, error);
        if (error) return fail("{}: cannot be removed: {}", file.string(), error.message());
        std::filesystem::remove(file.string() + ".pub", error);
    }
    return files->size();
}

std::optional<v1::Successor> make_successor(const v1::SuccessorRequest& request, const std::string& player_key,
                                            const MasterKeys& keys) {
    if (request.master_key().size() != raw_key_bytes) return std::nullopt;
    const std::string known = text_key(request.master_key());
    const auto old = std::ranges::find(keys.previous, known, &KeyPair::public_key);
    if (old == keys.previous.end() || known == keys.now.public_key) return std::nullopt;
    HALLCAST_ASSERT(::sodium_init() >= 0);
    std::string nonce(nonce_bytes, '\0');
    ::randombytes_buf(nonce.data(), nonce.size());
    nonce.replace(0, nonce_label.size(), nonce_label);
    std::string box(box_bytes, '\0');
    const std::string said = raw_key(keys.now.public_key);
    if (crypto_box_easy(bytes_of(box), bytes_of(said), said.size(), bytes_of(nonce), bytes_of(raw_key(player_key)),
                        bytes_of(raw_key(old->secret_key))) != 0)
        return std::nullopt;  // a key of small order, which CURVE would not have let through
    v1::Successor successor;
    successor.set_nonce(std::move(nonce));
    successor.set_box(std::move(box));
    return successor;
}

std::optional<std::string> open_successor(const v1::Successor& successor, const std::string& known_key,
                                          const KeyPair& player) {
    if (successor.nonce().size() != nonce_bytes || !successor.nonce().starts_with(nonce_label) ||
        successor.box().size() != box_bytes)
        return std::nullopt;
    std::string said(raw_key_bytes, '\0');
    if (crypto_box_open_easy(bytes_of(said), bytes_of(successor.box()), successor.box().size(),
                             bytes_of(successor.nonce()), bytes_of(raw_key(known_key)),
                             bytes_of(raw_key(player.secret_key))) != 0)
        return std::nullopt;
    return text_key(said);
}

}  // namespace hallcast::wire
