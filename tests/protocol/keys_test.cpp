#include "protocol/keys.h"

#include <poll.h>

#include <fstream>
#include <thread>

#include "protocol/authorized_clients.h"
#include "protocol/base/file.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace keys_test {

using namespace hallcast;
using namespace hallcast::wire;
using wire::testing::TempFolder;

unsigned mode(const std::filesystem::path& file) { return unsigned(std::filesystem::status(file).permissions()); }

std::string message_of(const auto& expected) { return expected ? "no error" : expected.error().message; }

TEST_CASE("keys are made once, private to their owner, with the public half beside them") {
    const TempFolder folder;
    const auto made = load_or_make_key_pair(folder / "keys/master");
    INFO(message_of(made));
    REQUIRE(made);
    CHECK(mode(folder / "keys/master") == 0600);
    CHECK(mode(folder / "keys") == 0700);
    CHECK(read_file(folder / "keys/master.pub").value() == made->public_key + "\n");
    const auto again = load_or_make_key_pair(folder / "keys/master");
    REQUIRE(again);
    CHECK(again->public_key == made->public_key);
    CHECK(again->secret_key == made->secret_key);
}

TEST_CASE("programs that start for the first time at once end with the same keys") {
    const TempFolder folder;
    std::vector<std::string> keys(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& key : keys)
            threads.emplace_back([&] { key = load_or_make_key_pair(folder / "keys/master").value().secret_key; });
    }
    for (const std::string& key : keys) CHECK(key == keys[0]);
}

TEST_CASE("a key file that others may read, that is damaged or whose halves differ is refused") {
    const TempFolder folder;
    REQUIRE(load_or_make_key_pair(folder / "master"));
    SECTION("readable by others") {
        std::filesystem::permissions(folder / "master", std::filesystem::perms(0640));
        CHECK(message_of(load_or_make_key_pair(folder / "master")).find("chmod 600") != std::string::npos);
    }
    SECTION("damaged") {
        REQUIRE(replace_file(folder / "master", "public: short\n", 0600));
        CHECK(message_of(load_or_make_key_pair(folder / "master")).find("'public' must be a key") != std::string::npos);
    }
    SECTION("not YAML") {
        REQUIRE(replace_file(folder / "master", "{{{", 0600));
        CHECK_FALSE(load_or_make_key_pair(folder / "master"));
    }
    SECTION("of two pairs") {
        const std::string text =
            "public: \"" + make_key_pair().public_key + "\"\nsecret: \"" + make_key_pair().secret_key + "\"\n";
        REQUIRE(replace_file(folder / "master", text, 0600));
        CHECK(message_of(load_or_make_key_pair(folder / "master")).find("does not belong") != std::string::npos);
    }
}

TEST_CASE("credentials come back as they were saved, whatever characters their keys have") {
    const TempFolder folder;
    for (int i = 0; i < 20; ++i) {
        const Credentials credentials{make_key_pair().public_key, make_key_pair()};
        REQUIRE(save_credentials(folder / "credentials", credentials));
        CHECK(mode(folder / "credentials") == 0600);
        const auto loaded = load_credentials(folder / "credentials");
        INFO(message_of(loaded));
        REQUIRE(loaded);
        CHECK(loaded->master_key == credentials.master_key);
        CHECK(loaded->client.public_key == credentials.client.public_key);
        CHECK(loaded->client.secret_key == credentials.client.secret_key);
    }
    CHECK_FALSE(load_credentials(folder / "nowhere"));
}

TEST_CASE("authorising adds a client, or replaces the one of the same name, and keeps comments") {
    const TempFolder folder;
    const auto file = folder / "authorized";
    CHECK(load_authorized(file).value().empty());
    const std::string key = make_key_pair().public_key;
    REQUIRE(replace_file(file, "# the hall's players\n\n"));
    REQUIRE(authorize(file, {Role::player, "hall-1", make_key_pair().public_key}));
    REQUIRE(authorize(file, {Role::clerk, "desk", key}));
    const std::string newer = make_key_pair().public_key;
    REQUIRE(authorize(file, {Role::admin, "hall-1", newer}));
    const auto keys = load_authorized(file).value();
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].name == "hall-1");
    CHECK(keys[0].role == Role::admin);
    CHECK(keys[0].public_key == newer);
    CHECK(keys[1].public_key == key);
    CHECK(read_file(file).value().starts_with("# the hall's players\n\n"));
    CHECK_FALSE(authorize(file, {Role::player, "another", key}));
    CHECK_FALSE(authorize(file, {Role::player, "two words", make_key_pair().public_key}));
    CHECK_FALSE(authorize(file, {Role::player, "short", "abc"}));
}

TEST_CASE("revoking takes one line out and leaves the others and the comments") {
    const TempFolder folder;
    const auto file = folder / "authorized";
    REQUIRE(replace_file(file, "# the hall's players\n"));
    const std::string stays = make_key_pair().public_key;
    const std::string goes = make_key_pair().public_key;
    REQUIRE(authorize(file, {Role::player, "hall-1", goes}));
    REQUIRE(authorize(file, {Role::player, "hall-2", stays}));
    AuthorizedClients clients(file);
    REQUIRE(clients.with_key(goes) != nullptr);
    REQUIRE(revoke(file, "hall-1"));
    CHECK(clients.with_key(goes) == nullptr);
    CHECK(clients.with_key(stays) != nullptr);
    CHECK(read_file(file).value() == "# the hall's players\nplayer hall-2 " + stays + "\n");
    CHECK(mode(file) == 0600);
    CHECK(message_of(revoke(file, "hall-1")).find("nobody is called 'hall-1'") != std::string::npos);
    CHECK_FALSE(revoke(file, ""));
}

TEST_CASE("many keys are authorised together or not at all, and replace none") {
    const TempFolder folder;
    const auto file = folder / "authorized";
    const std::string there = make_key_pair().public_key;
    REQUIRE(authorize(file, {Role::player, "hall-1", there}));
    const std::string before = read_file(file).value();
    const AuthorizedKey fresh{Role::player, "hall-2", make_key_pair().public_key};
    CHECK_FALSE(authorize_new(file, {fresh, {Role::player, "hall-1", make_key_pair().public_key}}));
    CHECK_FALSE(authorize_new(file, {fresh, {Role::player, "hall-3", there}}));
    CHECK_FALSE(authorize_new(file, {fresh, fresh}));
    CHECK_FALSE(authorize_new(file, {fresh, {Role::player, "two words", make_key_pair().public_key}}));
    CHECK(read_file(file).value() == before);
    REQUIRE(authorize_new(file, {fresh, {Role::kiosk, "kiosk-1", make_key_pair().public_key}}));
    CHECK(load_authorized(file).value().size() == 3);
}

TEST_CASE("a message's User-Id is somebody's only with the key that the name has now; a guest's is nobody's") {
    const TempFolder folder;
    const auto file = folder / "authorized";
    const std::string key = make_key_pair().public_key;
    REQUIRE(authorize(file, {Role::player, "hall-1", key}));
    AuthorizedClients clients(file);
    REQUIRE(clients.with_user_id("player hall-1 " + key) != nullptr);
    CHECK(clients.with_user_id("player hall-1 " + key)->name == "hall-1");
    for (const std::string& id :
         {"pairing " + key, "player hall-2 " + key, "player hall-1 " + make_key_pair().public_key, key, std::string(),
          std::string("player hall-1"), "player hall-1" + key}) {
        INFO(id);
        CHECK(clients.with_user_id(id) == nullptr);
    }
    REQUIRE(authorize(file, {Role::player, "hall-1", make_key_pair().public_key}));
    CHECK(clients.with_user_id("player hall-1 " + key) == nullptr);
}

TEST_CASE("a change of the list is told to who waits for it") {
    const TempFolder folder;
    const auto file = folder / "authorized";
    AuthorizedClients clients(file);
    REQUIRE(clients.descriptor() >= 0);
    const auto told = [&] {
        pollfd descriptor{.fd = clients.descriptor(), .events = POLLIN, .revents = 0};
        return ::poll(&descriptor, 1, int(std::chrono::milliseconds(testing::generous).count())) == 1;
    };
    CHECK(clients.take_changed());  // it was never read before
    CHECK_FALSE(clients.take_changed());
    REQUIRE(authorize(file, {Role::player, "hall-1", make_key_pair().public_key}));
    CHECK(told());
    CHECK(clients.take_changed());
    REQUIRE(replace_file(folder / "something-else", "x"));
    CHECK(told());
    CHECK_FALSE(clients.take_changed());
    REQUIRE(revoke(file, "hall-1"));
    CHECK(told());
    CHECK(clients.take_changed());
}

TEST_CASE("a key may contain the comment's character") {
    const TempFolder folder;
    const std::string key = "0#" + std::string(38, '0');
    REQUIRE(replace_file(folder / "authorized", "player hall " + key + " # by the entrance\n"));
    const auto keys = load_authorized(folder / "authorized");
    INFO(message_of(keys));
    REQUIRE(keys);
    CHECK(keys->at(0).public_key == key);
}

TEST_CASE("an ambiguous or mistyped list is an error with its line, and authorises nobody") {
    const TempFolder folder;
    const auto file = folder / "authorized";
    const std::string one = make_key_pair().public_key;
    const std::string two = make_key_pair().public_key;
    REQUIRE(replace_file(file, "player hall " + one + "\n"));
    AuthorizedClients clients(file);
    REQUIRE(clients.with_key(one) != nullptr);
    CHECK(clients.with_key(two) == nullptr);
    const std::string good = "player hall " + one + "\n";
    for (const std::string& bad : {"admin hall " + two, "admin other " + one, "boss other " + two,
                                   std::string("player other"), "player other " + two + " more"}) {
        INFO(bad);
        REQUIRE(replace_file(file, good + bad + "\n"));
        CHECK(message_of(load_authorized(file)).find("authorized:2:") != std::string::npos);
        CHECK(clients.with_key(one) == nullptr);
        REQUIRE(replace_file(file, good));
        CHECK(clients.with_key(one) != nullptr);
    }
    std::filesystem::remove(file);
    CHECK(clients.with_name("hall") == nullptr);
}

}  // namespace keys_test
