#include "protocol/pairing.h"

#include <map>
#include <random>
#include <set>

#include "protocol/pairing_desk.h"
#include "protocol/pairing_guest.h"
#include "tests/catch.h"

namespace pairing_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace std::chrono_literals;
using Time = PairingGuest::Time;

struct Book {
    std::map<std::string, std::string> authorized;  // key -> name
    PairingBook functions() {
        return {
            .name_for = [](const std::string& wanted, const std::string& called,
                           const std::string&) -> Expected<std::string> { return wanted.empty() ? called : wanted; },
            .authorize = [this](const std::string& name, const std::string& key) -> Expected<void> {
                authorized[key] = name;
                return {};
            }};
    }
};

// A master's desk and those who wait at it, on a network that the test plays.
struct Hall {
    explicit Hall(PairingRules rules = {}) : desk(master.public_key, book.functions(), rules) {}
    KeyPair master = make_key_pair();
    Book book;
    Time now{};
    PairingDesk desk;
};

struct Player {
    explicit Player(PairingGuest::MakeSecret secret = PairingGuest::random_secret, GuestRules rules = {})
        : guest(keys.public_key, "hall", std::move(secret), rules, Time{}) {}
    PairingDesk::Player seen_by_master() const { return {keys.public_key, "10.0.0.1", keys.public_key}; }
    KeyPair keys = make_key_pair();
    PairingGuest guest;
};

v1::ConfirmPairing typed(const PairingCode& code, const std::string& name = "") {
    v1::ConfirmPairing request;
    request.set_number(code.number);
    request.set_secret(code.secret);
    request.set_name(name);
    return request;
}

v1::PairingMessage hello(const std::string& name) {
    v1::PairingMessage message;
    message.set_version(pairing_version);
    message.mutable_hello()->set_name(name);
    return message;
}

// Everything arrives, at once and in order.
void exchange(Hall& hall, Player& player) {
    player.guest.tick(hall.now);
    hall.desk.tick(hall.now);
    for (;;) {
        bool moved = false;
        while (const auto message = player.guest.take_message(hall.now)) {
            hall.desk.receive(player.seen_by_master(), *message, hall.now);
            moved = true;
        }
        for (const auto& message : hall.desk.take_messages()) {
            player.guest.receive(message.message, hall.now);
            moved = true;
        }
        if (!moved) return;
    }
}

TEST_CASE("a code that is typed as it is shown pairs player and master: each has the other's key") {
    Hall hall;
    Player player;
    exchange(hall, player);
    REQUIRE(player.guest.code());
    CHECK(player.guest.code()->number == 1);
    CHECK(player.guest.code()->text() == "1-" + player.guest.code()->secret);
    hall.desk.confirm("admin", typed(*player.guest.code(), "hall-2"), "t", hall.now);
    exchange(hall, player);
    REQUIRE(player.guest.paired());
    CHECK(player.guest.paired()->master_key == hall.master.public_key);
    CHECK(player.guest.paired()->name == "hall-2");
    CHECK(hall.book.authorized == std::map<std::string, std::string>{{player.keys.public_key, "hall-2"}});
    const auto outcomes = hall.desk.take_outcomes();
    REQUIRE(outcomes.size() == 1);
    REQUIRE(outcomes[0].result);
    CHECK(outcomes[0].ticket == "t");
    CHECK(outcomes[0].result->name() == "hall-2");
    CHECK(outcomes[0].result->public_key() == player.keys.public_key);
    CHECK(hall.desk.waiting() == 0);
}

TEST_CASE("a wrong code authorises nobody; the player shows another one, after a pause that doubles") {
    Hall hall;
    Player player;
    exchange(hall, player);
    auto pause = 5000ms;
    for (int i = 0; i < 6; ++i) {
        REQUIRE(player.guest.code());
        const PairingCode shown = *player.guest.code();
        PairingCode wrong = shown;
        wrong.secret[5] = wrong.secret[5] == '0' ? '1' : '0';
        hall.desk.confirm("admin", typed(wrong, fmt::format("hall-{}", i)), "t", hall.now);
        exchange(hall, player);
        CHECK_FALSE(player.guest.paired());
        CHECK(hall.book.authorized.empty());
        const auto outcomes = hall.desk.take_outcomes();
        REQUIRE(outcomes.size() == 1);
        REQUIRE_FALSE(outcomes[0].result);
        CHECK(outcomes[0].result.error().message.find("wrong") != std::string::npos);
        CHECK_FALSE(player.guest.code());
        CHECK(player.guest.next() == hall.now + pause);
        hall.now += pause - 1ms;
        exchange(hall, player);
        CHECK_FALSE(player.guest.code());
        hall.now += 1ms;
        exchange(hall, player);
        REQUIRE(player.guest.code());
        CHECK(player.guest.code()->secret != shown.secret);  // fails once in a million runs
        pause *= 2;
    }
    hall.desk.confirm("admin", typed(*player.guest.code()), "t", hall.now);
    exchange(hall, player);
    CHECK(player.guest.paired());
}

// Messages on their way, with a network's faults.
struct Network {
    struct Flight {
        Time at;
        int player;  // whose connection
        bool to_master;
        v1::PairingMessage message;
    };
    std::minstd_rand& random;
    double loss = 0;
    std::vector<Flight> flights;

    bool chance(double p) { return std::uniform_real_distribution<>(0, 1)(random) < p; }
    void send(Time now, int player, bool to_master, const v1::PairingMessage& message) {
        for (int copies = chance(loss) ? 2 : 1; copies > 0; --copies) {
            if (chance(loss)) continue;
            flights.push_back(
                {now + std::chrono::milliseconds(std::uniform_int_distribution<>(0, loss > 0 ? 1500 : 5)(random)),
                 player, to_master, message});
        }
    }
};

TEST_CASE("whatever is lost, doubled, late or out of order, nobody is paired with a wrong key; in the end all are") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::minstd_rand random(seed);
    int pairings_under_faults = 0;
    for (int round = 0; round < 60; ++round) {
        Hall hall;
        std::vector<Player> players(3);
        Network network{random, 0.25, {}};
        std::set<std::string> typed_for;  // keys of those whose right code was typed
        const auto step = [&](bool type) {
            hall.now += 100ms;
            for (int i = 0; i < 3; ++i) {
                Player& player = players[std::size_t(i)];
                player.guest.tick(hall.now);
                if (const auto message = player.guest.take_message(hall.now)) network.send(hall.now, i, true, *message);
                if (type && player.guest.code() && network.chance(0.05)) {
                    PairingCode code = *player.guest.code();
                    const bool slip = network.chance(0.3);
                    if (slip) code.secret[0] = char('0' + (code.secret[0] - '0' + 1) % 10);
                    if (!slip) typed_for.insert(player.keys.public_key);
                    hall.desk.confirm("admin", typed(code, fmt::format("hall-{}", i)), "t", hall.now);
                }
            }
            hall.desk.tick(hall.now);
            auto flights = std::exchange(network.flights, {});
            std::ranges::shuffle(flights, random);
            for (const auto& flight : flights) {
                Player& player = players[std::size_t(flight.player)];
                if (flight.at > hall.now)
                    network.flights.push_back(flight);
                else if (flight.to_master)
                    hall.desk.receive({player.keys.public_key, "10.0.0.1", std::to_string(flight.player)},
                                      flight.message, hall.now);
                else
                    player.guest.receive(flight.message, hall.now);
            }
            for (const auto& message : hall.desk.take_messages())
                network.send(hall.now, std::stoi(message.route), false, message.message);
            hall.desk.take_outcomes();
            for (std::size_t i = 0; i < players.size(); ++i) {
                const Player& player = players[i];
                if (const auto name = hall.book.authorized.find(player.keys.public_key);
                    name != hall.book.authorized.end()) {
                    REQUIRE(typed_for.contains(player.keys.public_key));
                    REQUIRE(name->second == fmt::format("hall-{}", i));
                }
                if (!player.guest.paired()) continue;
                REQUIRE(player.guest.paired()->master_key == hall.master.public_key);
                REQUIRE(hall.book.authorized.contains(player.keys.public_key));
            }
            return std::ranges::all_of(players, [](const Player& player) { return player.guest.paired().has_value(); });
        };
        for (int i = 0; i < 300; ++i) step(true);
        pairings_under_faults +=
            int(std::ranges::count_if(players, [](auto& player) { return !!player.guest.paired(); }));
        network.loss = 0;
        bool all = false;
        for (int i = 0; i < 200'000 && !all; ++i) all = step(true);  // the pauses have grown
        REQUIRE(all);
    }
    CHECK(pairings_under_faults > 0);
}

// Somebody between a player and its master. To the player he is the master, with a key pair of his own; to the master
// he is a player. Each of the two numbers and the code's number he passes on.
struct ManInTheMiddle {
    KeyPair master_keys = make_key_pair();  // that he would like the player to have
    KeyPair player_keys = make_key_pair();  // that he would like the master to let in
    std::string guess_at_player;
    std::string guess_at_master;  // if the first was wrong
    std::string learnt;           // the secret, once he knows it

    std::uint32_t number = 0;
    std::optional<cpace::Side> side;

    // Plays one whole typed code. The administrator types what the player shows.
    void attack(Hall& hall, Player& player) {
        const auto from = [&] { return PairingDesk::Player{player_keys.public_key, "10.0.0.1", "mallory"}; };
        learnt.clear();
        while (const auto message = player.guest.take_message(hall.now)) hall.desk.receive(from(), *message, hall.now);
        for (const auto& message : hall.desk.take_messages()) {
            number = message.message.wait().number();
            player.guest.receive(message.message, hall.now);
        }
        REQUIRE(player.guest.code());
        hall.desk.confirm("admin", typed(*player.guest.code(), "hall-1"), "t", hall.now);
        const auto offers = hall.desk.take_messages();
        REQUIRE(offers.size() == 1);
        const v1::PairingOffer& offer = offers[0].message.offer();
        v1::PairingMessage own = offers[0].message;
        side.emplace(pairing_common(guess_at_player, master_keys.public_key, player.keys.public_key, number));
        own.mutable_offer()->set_master_key(raw_key(master_keys.public_key));
        own.mutable_offer()->set_share(side->share());
        player.guest.receive(own, hall.now);
        const auto answer = player.guest.take_message(hall.now);
        REQUIRE(answer);
        const auto key = pairing_key(*side, side->share(), answer->answer().share());
        REQUIRE(key);
        if (answer_tag(*key) == answer->answer().tag()) learnt = guess_at_player;
        v1::PairingMessage done;
        done.set_version(pairing_version);
        done.mutable_done()->set_name("hall-1");
        done.mutable_done()->set_tag(done_tag(*key, "hall-1"));
        player.guest.receive(done, hall.now);

        const cpace::Side at_master(pairing_common(learnt.empty() ? guess_at_master : learnt, hall.master.public_key,
                                                   player_keys.public_key, number));
        const auto master_key = pairing_key(at_master, offer.share(), at_master.share());
        REQUIRE(master_key);
        v1::PairingMessage own_answer;
        own_answer.set_version(pairing_version);
        own_answer.mutable_answer()->set_share(at_master.share());
        own_answer.mutable_answer()->set_tag(answer_tag(*master_key));
        hall.desk.receive(from(), own_answer, hall.now);
        hall.desk.take_messages();
    }
    bool has_player(const Player& player) const {
        return player.guest.paired() && player.guest.paired()->master_key == master_keys.public_key;
    }
    bool is_let_in(const Hall& hall) const { return hall.book.authorized.contains(player_keys.public_key); }
};

std::string other_than(std::string secret) {
    secret[5] = char('0' + (secret[5] - '0' + 1) % 10);
    return secret;
}

TEST_CASE("a man in the middle wins with a right guess and only with one") {
    Hall hall;
    std::string secret;  // the test looks at the screen
    Player player([&] { return secret = PairingGuest::random_secret(); });
    ManInTheMiddle mallory;
    SECTION("right at once: he has both") {
        mallory.guess_at_player = secret;
        mallory.attack(hall, player);
        CHECK(mallory.has_player(player));
        CHECK(mallory.is_let_in(hall));
    }
    SECTION("right at the second: he is let in, the player knows no key") {
        mallory.guess_at_player = other_than(secret);
        mallory.guess_at_master = secret;
        mallory.attack(hall, player);
        CHECK_FALSE(player.guest.paired());
        CHECK(mallory.is_let_in(hall));
    }
    SECTION("wrong: he has nothing, and the administrator is told") {
        mallory.guess_at_player = other_than(secret);
        mallory.guess_at_master = other_than(mallory.guess_at_player);
        mallory.attack(hall, player);
        CHECK_FALSE(player.guest.paired());
        CHECK(hall.book.authorized.empty());
        CHECK_FALSE(hall.desk.take_outcomes().at(0).result);
    }
}

TEST_CASE("guesses succeed as often as chance has it, and what failed helps nothing for the next") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::minstd_rand random(seed);
    // Ten secrets instead of a million, so that there is something to count.
    const auto any = [&] { return fmt::format("00000{}", std::uniform_int_distribution<>(0, 9)(random)); };
    int had_player = 0;
    int let_in = 0;
    int secrets = 0;
    constexpr int tries = 3000;
    Hall hall;
    Player player([&] {
        ++secrets;
        return any();
    });
    int guess = 0;
    for (int i = 0; i < tries; ++i) {
        player.guest.tick(hall.now);
        ManInTheMiddle mallory;
        // He never repeats a guess before he has tried all: of one secret for ever he would have it after ten.
        mallory.guess_at_player = fmt::format("00000{}", guess++ % 10);
        mallory.guess_at_master = other_than(mallory.guess_at_player);
        mallory.attack(hall, player);
        CHECK(mallory.has_player(player) == !mallory.learnt.empty());
        had_player += mallory.has_player(player);
        let_in += mallory.is_let_in(hall);
        hall.desk.take_outcomes();
        const int before = secrets;
        if (player.guest.paired())
            player.guest = PairingGuest(
                player.keys.public_key, "hall",
                [&] {
                    ++secrets;
                    return any();
                },
                {}, hall.now);
        CHECK(secrets == before + (player.guest.code() || player.guest.pausing() ? 0 : 1));
        hall.now = std::max(hall.now + 70s, player.guest.pausing() ? player.guest.next() : Time{});
        hall.desk.tick(hall.now);
    }
    CHECK(secrets >= tries);
    // Of 3000 with one chance in ten, and two in ten: five standard deviations.
    CHECK(std::abs(had_player - tries / 10) < 5 * 16.5);
    CHECK(std::abs(let_in - tries / 5) < 5 * 22);
}

TEST_CASE("with the tags unchecked the man in the middle needs no guess: the tests before this one would notice") {
    GuestRules careless_guest;
    careless_guest.check_tags = false;
    Hall hall({.check_tags = false});
    Player player(PairingGuest::random_secret, careless_guest);
    ManInTheMiddle mallory;
    mallory.guess_at_player = mallory.guess_at_master = "none";
    mallory.attack(hall, player);
    CHECK(mallory.has_player(player));
    CHECK(mallory.is_let_in(hall));
}

TEST_CASE("a man in the middle who only passes messages on gets nothing: the keys are bound into the secret") {
    Hall hall;
    Player player;
    const KeyPair his = make_key_pair();
    const auto pass_on = [&] {
        for (int i = 0; i < 5; ++i) {
            while (const auto message = player.guest.take_message(hall.now))
                hall.desk.receive({his.public_key, "10.0.0.1", "mallory"}, *message, hall.now);
            for (const auto& message : hall.desk.take_messages()) player.guest.receive(message.message, hall.now);
        }
    };
    pass_on();
    REQUIRE(player.guest.code());
    hall.desk.confirm("admin", typed(*player.guest.code()), "t", hall.now);
    pass_on();
    CHECK_FALSE(player.guest.paired());
    CHECK(hall.book.authorized.empty());
    CHECK_FALSE(hall.desk.take_outcomes().at(0).result);
}

TEST_CASE("who answers in the master's place all day guesses a few dozen times") {
    Player player;
    const KeyPair his = make_key_pair();
    int guesses = 0;
    for (Time now{}; now < Time{24h}; now = std::max(now + 100ms, player.guest.pausing() ? player.guest.next() : now)) {
        player.guest.tick(now);
        player.guest.take_message(now);
        v1::PairingMessage message;
        message.set_version(pairing_version);
        message.mutable_wait()->set_number(1);
        player.guest.receive(message, now);
        if (!player.guest.code()) continue;
        const cpace::Side side(pairing_common("123456", his.public_key, player.keys.public_key, 1));
        message.mutable_offer()->set_master_key(raw_key(his.public_key));
        message.mutable_offer()->set_share(side.share());
        player.guest.receive(message, now);
        if (player.guest.take_message(now)) ++guesses;
        message.mutable_done()->set_tag(std::string(32, 'x'));
        player.guest.receive(message, now);
    }
    CHECK(guesses >= 10);
    CHECK(guesses <= 40);
}

TEST_CASE("a flood of strangers stays within bounds, and passes") {
    Hall hall;
    for (int i = 0; i < 2000; ++i) {
        const KeyPair keys = make_key_pair();
        hall.desk.receive({keys.public_key, fmt::format("10.0.{}.{}", i % 7, i % 3), "route"}, hello("stranger"),
                          hall.now);
        CHECK(hall.desk.take_messages().size() == 1);
        CHECK(hall.desk.waiting() <= 32);
    }
    std::map<std::string, int> by_address;
    const v1::PairingList list = hall.desk.list(hall.now, 0);
    for (const auto& waiting : list.waiting()) {
        CHECK(++by_address[waiting.address()] <= 4);
        CHECK(waiting.number() <= 99);
    }
    CHECK(hall.desk.waiting() == 32);
    hall.now += 5s;
    CHECK(hall.desk.next() <= hall.now);
    hall.desk.tick(hall.now);
    CHECK(hall.desk.waiting() == 0);
    Player player;
    exchange(hall, player);
    CHECK(player.guest.code());
}

TEST_CASE("one address cannot keep others from being paired") {
    Hall hall;
    for (int i = 0; i < 100; ++i)
        hall.desk.receive({make_key_pair().public_key, "10.0.0.66", "route"}, hello("stranger"), hall.now);
    CHECK(hall.desk.waiting() == 4);
    Player player;
    exchange(hall, player);
    CHECK(player.guest.code());
}

TEST_CASE("a hello with a name that a terminal might obey, none or too long a one is refused") {
    Hall hall;
    for (const std::string& name : {std::string(65, 'a'), std::string(), std::string("a b"), std::string("\x1b[2J"),
                                    std::string("h\xc2\x9b"
                                                "1"),
                                    std::string(1000, 'a')}) {
        hall.desk.receive({make_key_pair().public_key, "10.0.0.1", "route"}, hello(name), hall.now);
        const auto messages = hall.desk.take_messages();
        REQUIRE(messages.size() == 1);
        CHECK(messages[0].message.has_refused());
    }
    CHECK(hall.desk.waiting() == 0);
    hall.desk.receive({make_key_pair().public_key, "10.0.0.1", "route"}, hello(std::string(64, 'a')), hall.now);
    CHECK(hall.desk.waiting() == 1);
}

TEST_CASE("another version of the protocol is told so, by both sides") {
    Hall hall;
    v1::PairingMessage message = hello("hall");
    message.set_version(2);
    hall.desk.receive({make_key_pair().public_key, "10.0.0.1", "route"}, message, hall.now);
    auto messages = hall.desk.take_messages();
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].message.refused().message().find("version") != std::string::npos);
    Player player;
    messages[0].message.set_version(2);
    player.guest.receive(messages[0].message, hall.now);
    CHECK(player.guest.refusal().find("version") != std::string::npos);
}

TEST_CASE("the administrator's question that comes again gets the same outcome, also when it has ended") {
    Hall hall;
    Player player;
    exchange(hall, player);
    const auto request = typed(*player.guest.code(), "hall-2");
    hall.desk.confirm("admin", request, "first", hall.now);
    hall.desk.confirm("admin", request, "second", hall.now);
    hall.desk.confirm("another", request, "other", hall.now);
    exchange(hall, player);
    auto outcomes = hall.desk.take_outcomes();
    REQUIRE(outcomes.size() == 2);
    CHECK(outcomes[0].ticket == "other");
    CHECK_FALSE(outcomes[0].result);
    CHECK(outcomes[1].ticket == "second");
    CHECK(outcomes[1].result);
    hall.desk.confirm("admin", request, "third", hall.now);
    outcomes = hall.desk.take_outcomes();
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].ticket == "third");
    CHECK(outcomes[0].result);
}

TEST_CASE("a player that does not answer its offer ends it: the administrator is told, the code counts no more") {
    Hall hall;
    Player player;
    exchange(hall, player);
    const PairingCode code = *player.guest.code();
    hall.desk.confirm("admin", typed(code), "t", hall.now);
    const auto late = hall.desk.take_messages();
    hall.now += 5s;
    CHECK(hall.desk.next() == hall.now);
    hall.desk.tick(hall.now);
    CHECK(hall.desk.take_outcomes().at(0).result.error().message.find("does not answer") != std::string::npos);
    hall.desk.take_messages();
    player.guest.receive(late.at(0).message, hall.now);
    exchange(hall, player);
    CHECK_FALSE(player.guest.paired());
    CHECK(hall.book.authorized.empty());
}

TEST_CASE("a name that cannot be had and a slip of the finger cost no code") {
    Hall hall;
    PairingBook book = hall.book.functions();
    book.name_for = [](const std::string& wanted, const std::string&, const std::string&) -> Expected<std::string> {
        if (wanted == "taken") return fail("the name is taken");
        return wanted;
    };
    hall.desk = PairingDesk(hall.master.public_key, book);
    Player player;
    exchange(hall, player);
    const PairingCode code = *player.guest.code();
    hall.desk.confirm("admin", typed(code, "taken"), "t", hall.now);
    hall.desk.confirm("admin", typed({code.number, "12345"}, "free"), "t", hall.now);
    hall.desk.confirm("admin", typed({code.number + 1, code.secret}, "free"), "t", hall.now);
    exchange(hall, player);
    CHECK(hall.desk.take_outcomes().size() == 3);
    REQUIRE(player.guest.code());
    CHECK(player.guest.code()->secret == code.secret);
    hall.desk.confirm("admin", typed(code, "free"), "t", hall.now);
    exchange(hall, player);
    CHECK(player.guest.paired());
}

TEST_CASE("a key that cannot be written down pairs nobody") {
    Hall hall;
    PairingBook book = hall.book.functions();
    book.authorize = [](const std::string&, const std::string&) -> Expected<void> {
        return fail("no room on the disk");
    };
    hall.desk = PairingDesk(hall.master.public_key, book);
    Player player;
    exchange(hall, player);
    hall.desk.confirm("admin", typed(*player.guest.code()), "t", hall.now);
    exchange(hall, player);
    CHECK_FALSE(player.guest.paired());
    CHECK(hall.desk.take_outcomes().at(0).result.error().message == "no room on the disk");
}

TEST_CASE("a code is not shown any longer than the master knows its number") {
    Hall hall;
    Player player;
    exchange(hall, player);
    REQUIRE(player.guest.code());
    hall.now += 5s;
    player.guest.tick(hall.now);
    CHECK_FALSE(player.guest.code());
}

TEST_CASE("a code may be typed with a hyphen, a blank or neither") {
    for (const char* text : {"17-483920", "17 483920", "17483920", " 17 - 483920"}) {
        const auto code = parse_pairing_code(text);
        REQUIRE(code);
        CHECK(code->number == 17);
        CHECK(code->secret == "483920");
    }
    CHECK(parse_pairing_code("1-000000").value().number == 1);
    for (const char* text : {"", "17", "483920", "0-483920", "100-483920", "17-48392x", "017-483920"}) {
        INFO(text);
        CHECK_FALSE(parse_pairing_code(text));
    }
}

TEST_CASE("secrets have six digits and are not all the same") {
    std::set<std::string> secrets;
    for (int i = 0; i < 100; ++i) {
        const std::string secret = PairingGuest::random_secret();
        CHECK(is_pairing_secret(secret));
        secrets.insert(secret);
    }
    CHECK(secrets.size() > 90);
}

TEST_CASE("the pairing socket's keys are the same for ever: the version before this one must find them") {
    CHECK(pairing_keys().public_key == "=u^Q/16-7TT9CBYzY7iM!C.ot]#lQ=<k/K1>>-j0");
}

}  // namespace pairing_test
