#include "protocol/cpace.h"

#include <sodium.h>

#include <algorithm>

#include "protocol/base/error.h"

namespace hallcast::wire::cpace {
namespace {

constexpr std::string_view dsi = "CPaceRistretto255";
constexpr std::string_view dsi_key = "CPaceRistretto255_ISK";
constexpr std::string_view dsi_tag = "CPaceMac";
constexpr std::size_t block_bytes = 128;  // of SHA-512's input

static_assert(share_bytes == crypto_core_ristretto255_BYTES && scalar_bytes == crypto_core_ristretto255_SCALARBYTES);
static_assert(key_bytes == crypto_hash_sha512_BYTES && key_bytes == crypto_core_ristretto255_HASHBYTES);
static_assert(tag_bytes == crypto_auth_hmacsha512256_BYTES && tag_bytes == crypto_auth_hmacsha512256_KEYBYTES);

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string sha512(std::string_view text) {
    std::string hash(crypto_hash_sha512_BYTES, '\0');
    crypto_hash_sha512(bytes_of(hash), bytes_of(text), text.size());
    return hash;
}

void append(std::string& to, std::string_view part) {
    for (std::size_t rest = part.size();; rest >>= 7) {
        const bool last = rest < 128;
        to += char((rest & 127) | (last ? 0 : 128));
        if (last) break;
    }
    to += part;
}

std::string random_scalar() {
    HALLCAST_ASSERT(::sodium_init() >= 0);
    std::string scalar(scalar_bytes, '\0');
    crypto_core_ristretto255_scalar_random(bytes_of(scalar));
    return scalar;
}

}  // namespace

std::string lv_cat(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) append(text, part);
    return text;
}

std::string generator_string(const Common& common) {
    const std::size_t used = lv_cat({dsi, common.secret}).size();
    const std::string padding(block_bytes - std::min(block_bytes - 1, used) - 1, '\0');
    return lv_cat({dsi, common.secret, padding, common.context, common.session});
}

Side::Side(const Common& common) : Side(common, random_scalar()) {}

Side::Side(const Common& common, std::string_view scalar) : scalar_(scalar), share_(share_bytes, '\0') {
    HALLCAST_ASSERT(::sodium_init() >= 0 && scalar.size() == scalar_bytes);
    std::string hash = sha512(generator_string(common));
    std::string generator(share_bytes, '\0');
    crypto_core_ristretto255_from_hash(bytes_of(generator), bytes_of(hash));
    // The secret can be found by trying all, from the generator: it must not stay in memory.
    HALLCAST_ASSERT(crypto_scalarmult_ristretto255(bytes_of(share_), bytes_of(scalar_), bytes_of(generator)) == 0);
    ::sodium_memzero(hash.data(), hash.size());
    ::sodium_memzero(generator.data(), generator.size());
}

Side::~Side() { ::sodium_memzero(scalar_.data(), scalar_.size()); }

std::optional<std::string> Side::shared_point(std::string_view other) const {
    std::string point(share_bytes, '\0');
    if (other.size() != share_bytes ||
        crypto_scalarmult_ristretto255(bytes_of(point), bytes_of(std::string_view(scalar_)), bytes_of(other)) != 0)
        return std::nullopt;
    return point;
}

std::string key(const std::string& session, std::string_view shared_point, const Transcript& transcript) {
    return sha512(lv_cat({dsi_key, session, shared_point}) +
                  lv_cat({transcript.initiator_share, transcript.initiator_data, transcript.responder_share,
                          transcript.responder_data}));
}

std::string tag(std::string_view key, std::string_view what, std::string_view said) {
    const std::string mac_key = sha512(lv_cat({dsi_tag, key})).substr(0, crypto_auth_hmacsha512256_KEYBYTES);
    const std::string text = lv_cat({what, said});
    std::string result(tag_bytes, '\0');
    crypto_auth_hmacsha512256(bytes_of(result), bytes_of(text), text.size(), bytes_of(mac_key));
    return result;
}

bool same_tag(std::string_view one, std::string_view other) {
    return one.size() == tag_bytes && other.size() == tag_bytes &&
           ::sodium_memcmp(one.data(), other.data(), tag_bytes) == 0;
}

}  // namespace hallcast::wire::cpace
