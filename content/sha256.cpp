#include "content/sha256.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "protocol/base/descriptor.h"

namespace hallcast::content {

Sha256::Sha256() {
    HALLCAST_ASSERT(sodium_init() >= 0);  // once a process; later calls do nothing
    crypto_hash_sha256_init(&state_);
}

void Sha256::update(std::string_view bytes) {
    crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::string Sha256::hex() {
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&state_, digest);
    char text[2 * sizeof digest + 1];
    return sodium_bin2hex(text, sizeof text, digest, sizeof digest);
}

Expected<std::string> sha256_of_file(const std::filesystem::path& path, std::stop_token stop) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail("{}: cannot be opened: {}", path.string(), std::strerror(errno));
    Sha256 hash;
    std::vector<char> block(1 << 18);
    for (;;) {
        if (stop.stop_requested()) return fail("{}: stopped", path.string());
        const ssize_t got = ::read(file.get(), block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail("{}: cannot be read: {}", path.string(), std::strerror(errno));
        if (got == 0) return hash.hex();
        hash.update({block.data(), std::size_t(got)});
    }
}

bool is_sha256(std::string_view text) { return is_hex(text, 64); }

bool is_hex(std::string_view text, std::size_t digits) {
    return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string random_hex(std::size_t digits) {
    HALLCAST_ASSERT(sodium_init() >= 0);
    std::vector<unsigned char> bytes(digits / 2);
    randombytes_buf(bytes.data(), bytes.size());
    std::string text(2 * bytes.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

}  // namespace hallcast::content
