#include "protocol/pairing.h"

#include <sodium.h>
#include <zmq.h>

#include <algorithm>
#include <charconv>

namespace hallcast::wire {
namespace {

constexpr std::string_view context_label = "hallcast pairing 1";
constexpr std::string_view initiator_data = "master";
constexpr std::string_view responder_data = "player";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// From a sentence, so that everybody sees that there is nothing behind it.
KeyPair derived_keys() {
    constexpr std::string_view sentence = "hallcast: the pairing socket's key, which is no secret";
    std::string secret(raw_key_bytes, '\0');
    static_assert(raw_key_bytes == crypto_hash_sha256_BYTES);
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(secret.data()),
                       reinterpret_cast<const unsigned char*>(sentence.data()), sentence.size());
    KeyPair keys{"", text_key(secret)};
    char public_key[41];
    HALLCAST_ASSERT(::zmq_curve_public(public_key, keys.secret_key.c_str()) == 0);
    keys.public_key = public_key;
    return keys;
}

}  // namespace

const KeyPair& pairing_keys() {
    static const KeyPair keys = derived_keys();
    return keys;
}

bool is_pairing_secret(std::string_view text) {
    return text.size() == pairing_secret_digits && std::ranges::all_of(text, is_digit);
}

std::string PairingCode::text() const { return fmt::format("{}-{}", number, secret); }

Expected<PairingCode> parse_pairing_code(const std::string& text) {
    const auto wrong = [&] {
        return fail("'{}' is no code; one is on the new player's screen, for example 17-483920", text);
    };
    std::string digits;
    for (const char c : text) {
        if (is_digit(c))
            digits += c;
        else if (c != '-' && c != ' ')
            return wrong();
    }
    if (digits.size() <= pairing_secret_digits || digits.size() > pairing_secret_digits + 2) return wrong();
    PairingCode code;
    const std::size_t split = digits.size() - pairing_secret_digits;
    std::from_chars(digits.data(), digits.data() + split, code.number);
    code.secret = digits.substr(split);
    if (code.number < 1 || code.number > last_pairing_number) return wrong();
    return code;
}

cpace::Common pairing_common(const std::string& secret, const std::string& master_key, const std::string& player_key,
                             std::uint32_t number) {
    return {
        secret, cpace::lv_cat({context_label, raw_key(master_key), raw_key(player_key), std::to_string(number)}), {}};
}

std::optional<std::string> pairing_key(const cpace::Side& own, const std::string& master_share,
                                       const std::string& player_share) {
    const auto point = own.shared_point(own.share() == master_share ? player_share : master_share);
    if (!point) return std::nullopt;
    return cpace::key("", *point,
                      {master_share, std::string(initiator_data), player_share, std::string(responder_data)});
}

std::string answer_tag(std::string_view key) { return cpace::tag(key, "hallcast answer", ""); }
std::string done_tag(std::string_view key, std::string_view name) { return cpace::tag(key, "hallcast done", name); }

bool is_guest_name(std::string_view name) {
    return !name.empty() && name.size() <= max_guest_name && std::ranges::all_of(name, [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    });
}

}  // namespace hallcast::wire
