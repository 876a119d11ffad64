// What the two sides of a pairing have in common: the code on the screen, and what CPace binds into the key.
//
// A player and a master that know nothing of each other hold a six-digit secret in common, because a person reads it on
// the one's screen and types it at the other's machine. With CPace it becomes a key that only the two have, and with
// tags under that key each proves to the other that it is the one whom that person sees, and that both mean the same
// two CURVE keys. Nothing that was sent lets anybody try secrets afterwards: each guess costs an exchange with a live
// side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/cpace.h"
#include "protocol/keys.h"

namespace hallcast::wire {

constexpr std::uint32_t pairing_version = 1;
constexpr std::uint32_t last_pairing_number = 99;
constexpr std::size_t pairing_secret_digits = 6;
constexpr std::size_t max_guest_name = 64;  // bytes

// The pairing socket's CURVE keys, the same for every master in the world: who connects there knows no master's key
// yet. The secret half is no secret. It keeps listeners who only listen out of the conversation, and it makes the
// client prove that it has the secret key to the public key it shows; that the other end is the master, the code
// proves.
const KeyPair& pairing_keys();

struct PairingCode {
    std::uint32_t number = 0;  // which of the waiting players; not secret, given by the master
    std::string secret;        // six digits, made by the player, never sent
    std::string text() const;  // "17-483920"
};
bool is_pairing_secret(std::string_view text);
// As a person types it: a blank or nothing may stand for the hyphen.
Expected<PairingCode> parse_pairing_code(const std::string& text);

// Public keys in Z85. The master is CPace's initiator.
cpace::Common pairing_common(const std::string& secret, const std::string& master_key, const std::string& player_key,
                             std::uint32_t number);
// The key of a run; nothing when the other side's share is none.
std::optional<std::string> pairing_key(const cpace::Side& own, const std::string& master_share,
                                       const std::string& player_share);
std::string answer_tag(std::string_view key);
std::string done_tag(std::string_view key, std::string_view name);

// Whether a player may call itself so: 1 to 64 letters, digits, '.', '_' and '-', as host names are. Administrators see
// it in their terminal, from somebody whom nobody has let in yet.
bool is_guest_name(std::string_view name);

}  // namespace hallcast::wire
