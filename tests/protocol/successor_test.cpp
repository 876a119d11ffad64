#include "protocol/successor.h"

#include <set>

#include "protocol/base/file.h"
#include "protocol/successor_search.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace successor_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace hallcast::wire::testing;

v1::SuccessorRequest request(const std::string& known) {
    v1::SuccessorRequest message;
    message.set_master_key(raw_key(known));
    return message;
}

TEST_CASE("a rotated key is kept, and the new one is in the key file; both halves fit") {
    const TempFolder folder;
    const auto keys = folder / "keys";
    REQUIRE_FALSE(rotate_master_key(keys));  // not of a folder where no master was
    REQUIRE_FALSE(load_master_keys(keys));
    REQUIRE_FALSE(std::filesystem::exists(keys / "master.key"));  // asking made none
    const std::string first = load_or_make_key_pair(keys / "master.key").value().public_key;
    const std::string second = rotate_master_key(keys).value();
    const std::string third = rotate_master_key(keys).value();
    const MasterKeys now = load_master_keys(keys).value();
    CHECK(now.now.public_key == third);
    CHECK(read_file(keys / "master.key.pub").value() == third + "\n");
    REQUIRE(now.previous.size() == 2);
    std::set<std::string> kept;
    for (const KeyPair& pair : now.previous) kept.insert(pair.public_key);
    CHECK(kept == std::set<std::string>{first, second});
    for (const auto& entry : std::filesystem::directory_iterator(keys / "master.previous"))
        if (entry.path().extension() == ".key") CHECK(unsigned(entry.status().permissions()) == 0600);
    CHECK(unsigned(std::filesystem::status(keys / "master.previous").permissions()) == 0700);
    CHECK(forget_previous_keys(keys).value() == 2);
    CHECK(load_master_keys(keys).value().previous.empty());
    CHECK(forget_previous_keys(keys).value() == 0);
}

TEST_CASE("a player learns the latest key from whichever old one it knows") {
    const KeyPair player = make_key_pair();
    const MasterKeys keys{make_key_pair(), {make_key_pair(), make_key_pair(), make_key_pair()}};
    for (const KeyPair& old : keys.previous) {
        const auto successor = make_successor(request(old.public_key), player.public_key, keys);
        REQUIRE(successor);
        CHECK(open_successor(*successor, old.public_key, player) == keys.now.public_key);
    }
}

TEST_CASE("only the old key's owner can name a successor, and only to the player that asked") {
    const KeyPair player = make_key_pair();
    const KeyPair old = make_key_pair();
    const MasterKeys keys{make_key_pair(), {old}};
    const auto successor = make_successor(request(old.public_key), player.public_key, keys).value();
    REQUIRE(open_successor(successor, old.public_key, player));
    SECTION("another sender") {
        KeyPair impostor = make_key_pair();
        impostor.public_key = old.public_key;  // he claims to be the old one; his secret is another
        const auto forged =
            make_successor(request(old.public_key), player.public_key, {make_key_pair(), {impostor}}).value();
        CHECK_FALSE(open_successor(forged, old.public_key, player));
    }
    SECTION("another receiver") { CHECK_FALSE(open_successor(successor, old.public_key, make_key_pair())); }
    SECTION("another key known") { CHECK_FALSE(open_successor(successor, make_key_pair().public_key, player)); }
    SECTION("a byte changed anywhere") {
        for (std::size_t i = 0; i < successor.box().size(); ++i) {
            v1::Successor changed = successor;
            (*changed.mutable_box())[i] = char((*changed.mutable_box())[i] ^ 1);
            CHECK_FALSE(open_successor(changed, old.public_key, player));
        }
        for (std::size_t i = 0; i < successor.nonce().size(); ++i) {
            v1::Successor changed = successor;
            (*changed.mutable_nonce())[i] = char((*changed.mutable_nonce())[i] ^ 1);
            CHECK_FALSE(open_successor(changed, old.public_key, player));
        }
    }
    SECTION("cut short, or longer") {
        v1::Successor changed = successor;
        changed.mutable_box()->pop_back();
        CHECK_FALSE(open_successor(changed, old.public_key, player));
        changed.mutable_box()->append("xy");
        CHECK_FALSE(open_successor(changed, old.public_key, player));
        CHECK_FALSE(open_successor({}, old.public_key, player));
    }
}

TEST_CASE("there is no successor to a key that was never this master's, was forgotten, or is the one it has") {
    const KeyPair player = make_key_pair();
    const KeyPair now = make_key_pair();
    const KeyPair old = make_key_pair();
    CHECK_FALSE(make_successor(request(make_key_pair().public_key), player.public_key, {now, {old}}));
    CHECK_FALSE(make_successor(request(old.public_key), player.public_key, {now, {}}));
    CHECK_FALSE(make_successor(request(now.public_key), player.public_key, {now, {old}}));
    CHECK_FALSE(make_successor({}, player.public_key, {now, {old}}));
}

}  // namespace successor_test
