// How a master's key gives way to a new one: the old key itself tells each player which one follows, whenever it asks.
//
// The answer is a crypto_box from the old key to the player's. Only who has one of the two secret keys can make it, so
// a player that trusted the old key may trust the new one; and it learns the latest, however often the key was changed
// while it was switched off. The old keys must be kept for that (DIR/keys/master.previous); who steals one of them can
// tell players of a wrong successor, therefore `hallcast keys forget-previous`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hallcast/v1/pairing.pb.h"
#include "protocol/keys.h"

namespace hallcast::wire {

// A master's key pairs: the one it has, and those that it had.
struct MasterKeys {
    KeyPair now;
    std::vector<KeyPair> previous;
};
// Of a master's folder of keys: master.key, which must be there, and master.previous/*.key. Makes nothing: a master
// that is asked for a successor must not get a new key by that.
Expected<MasterKeys> load_master_keys(const std::filesystem::path& folder);

// Makes a new master.key and keeps the old one in master.previous. Whatever crashes between: a key that was in use is
// in one of the two. The new public key.
Expected<std::string> rotate_master_key(const std::filesystem::path& folder);
// Removes what is in master.previous, and returns how many keys that were.
Expected<std::size_t> forget_previous_keys(const std::filesystem::path& folder);

// For the player with this key (Z85), as CURVE proved it. Nothing when the key it knows was never this master's, is
// kept no more, or is the one that the master has.
std::optional<v1::Successor> make_successor(const v1::SuccessorRequest& request, const std::string& player_key,
                                            const MasterKeys& keys);
// The new key (Z85) when `successor` was made by who has the secret half of `known_key`.
std::optional<std::string> open_successor(const v1::Successor& successor, const std::string& known_key,
                                          const KeyPair& player);

}  // namespace hallcast::wire
