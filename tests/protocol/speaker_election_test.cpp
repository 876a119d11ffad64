// One voice in each acoustic zone: the master's election, the players' part of it, and both together while players die.
#include "protocol/speaker_election.h"

#include <optional>
#include <random>

#include "protocol/master_end.h"
#include "protocol/parse.h"
#include "protocol/player_end.h"
#include "protocol/speaker_role.h"
#include "tests/catch.h"
#include "tests/sanitized.h"

namespace speaker_election_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Time = SpeakerElection::Time;

Time at(milliseconds time) { return Time(1h + time); }

v1::PresenceReport report_from(const std::string& zone, bool can = true, const std::string& hall = "main") {
    v1::PresenceReport report;
    report.set_hall(hall);
    report.set_zone(zone);
    report.set_can_speak(can);
    return report;
}

struct Elected {
    SpeakerElection election;
    void report(const std::string& key, milliseconds when, const std::string& zone = "", bool can = true,
                const std::string& hall = "main") {
        election.reported(key, report_from(zone, can, hall), 1s, at(when));
    }
    std::string speaker(const std::string& zone = "", const std::string& hall = "main") const {
        for (const v1::Speaker& one : election.speakers_of(hall))
            if (one.zone() == zone) return one.key();
        return "";
    }
};

TEST_CASE("the present speaker stays; after it the lowest key speaks") {
    Elected hall;
    hall.report("m", 0ms);
    CHECK(hall.speaker() == "m");
    for (const char* key : {"c", "b", "z"}) hall.report(key, 100ms);
    CHECK(hall.speaker() == "m");
    hall.election.gone("m", at(200ms));
    CHECK(hall.speaker() == "b");
    hall.report("a", 300ms);
    hall.report("m", 300ms);
    CHECK(hall.speaker() == "b");
    hall.report("b", 400ms, "", false);  // its device is gone
    CHECK(hall.speaker() == "a");
    hall.election.gone("nobody", at(500ms));
    CHECK(hall.speaker() == "a");
}

TEST_CASE("only who can speak is elected, each zone and hall for itself") {
    Elected office;
    office.report("a", 0ms, "left", false);
    CHECK(office.election.speakers_of("main").empty());
    office.report("b", 0ms, "left");
    office.report("c", 0ms, "right");
    office.report("d", 0ms, "left", true, "upstairs");
    office.report("e", 0ms, "left", true, "");  // it does not know its hall yet
    CHECK(office.speaker("left") == "b");
    CHECK(office.speaker("right") == "c");
    CHECK(office.speaker("left", "upstairs") == "d");
    CHECK(office.election.speakers_of("").empty());
    office.report("b", 100ms, "right");  // it was carried to the other side
    CHECK(office.speaker("left").empty());
    CHECK(office.speaker("right") == "c");
    CHECK(office.election.is_speaker("c"));
    CHECK_FALSE(office.election.is_speaker("b"));
}

TEST_CASE("a speaker that falls silent is replaced after a second and a half, by one that was heard lately") {
    Elected hall;
    hall.report("c", 0ms);
    hall.report("a", 0ms);
    for (auto time = 500ms; time <= 6s; time += 500ms) {
        hall.election.tick(at(time));
        if (time % 1s == 0ms) hall.report("b", time);
        hall.report("c", time);
    }
    CHECK(hall.speaker() == "c");
    CHECK(hall.election.next() <= at(7500ms));
    hall.election.tick(at(7499ms));
    CHECK(hall.speaker() == "c");
    hall.election.tick(at(7500ms));
    CHECK(hall.speaker() == "b");  // `a` was heard six seconds ago
    // The new one is not judged by the reports that it did not owe.
    hall.election.tick(at(8900ms));
    CHECK(hall.speaker() == "b");
    hall.election.tick(at(9s));
    CHECK(hall.speaker().empty());
    CHECK(hall.election.next() == Time::max());
    hall.report("a", 10s);
    CHECK(hall.speaker() == "a");
}

TEST_CASE("a hall is told of each change once") {
    Elected office;
    office.report("b", 0ms);
    office.report("b", 500ms);
    CHECK(office.election.take_changed() == std::set<std::string>{"main"});
    office.report("a", 500ms);
    CHECK(office.election.take_changed().empty());
    office.election.gone("b", at(600ms));
    CHECK(office.election.take_changed() == std::set<std::string>{"main"});
    office.election.gone("a", at(700ms));
    CHECK(office.election.take_changed() == std::set<std::string>{"main"});
    CHECK(office.election.take_changed().empty());
}

TEST_CASE("zones are bounded, and speakers report more seldom where there are thousands") {
    Elected office;
    CHECK(office.election.speakers_report() == 500ms);
    for (int i = 0; i < 100; ++i) office.report(fmt::format("key-{}", i), 0ms, fmt::format("zone-{}", i));
    CHECK(office.election.speakers_of("main").size() == SpeakerElection::max_zones_of_hall);
    office.report("long", 0ms, std::string(65, 'x'), true, "upstairs");
    CHECK(office.election.speakers_of("upstairs").empty());
    for (int i = 0; i < 5000; ++i) office.report(fmt::format("player-{}", i), 0ms, "", true, fmt::format("hall-{}", i));
    CHECK(office.election.speakers_report() == 10s);
    for (int i = 0; i < 4900; ++i) office.election.gone(fmt::format("player-{}", i), at(1s));
    CHECK(office.election.speakers_report() == 500ms);
}

// Players that speak are those of the present: any order of reports, ends and silences.
TEST_CASE("at any time a zone's speaker can speak and is there, and a zone with somebody who can has one") {
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto some = [&](int below) { return int(random() % unsigned(below)); };
    Elected office;
    struct Player {
        std::string zone;
        bool can = false;
        std::optional<milliseconds> heard;
    };
    std::map<std::string, Player> players;
    for (auto now = 0ms; now < 600s; now += milliseconds(some(400))) {
        office.election.tick(at(now));
        const std::string key(1, char('a' + some(8)));
        Player& player = players[key];
        if (some(40) == 0) {
            office.election.gone(key, at(now));
            player = {};
        } else {
            player = {fmt::format("zone-{}", some(20) == 0 ? 1 : 0), some(10) != 0, now};
            office.report(key, now, player.zone, player.can);
        }
        std::map<std::string, std::string> speakers;
        for (const v1::Speaker& one : office.election.speakers_of("main")) speakers[one.zone()] = one.key();
        for (const auto& [zone, speaker] : speakers) {
            CHECK(players[speaker].can);
            CHECK(players[speaker].zone == zone);
            CHECK(players[speaker].heard);
        }
        if (player.can) CHECK(speakers.contains(player.zone));
    }
}

v1::Heartbeat heartbeat_of(std::initializer_list<std::pair<const char*, const char*>> speakers) {
    v1::Heartbeat heartbeat;
    for (const auto& [zone, key] : speakers) {
        heartbeat.add_speakers()->set_zone(zone);
        heartbeat.mutable_speakers()->rbegin()->set_key(key);
    }
    return heartbeat;
}

TEST_CASE("a player speaks when the heartbeat has its key for its zone, and stands by when it has another's") {
    SpeakerRole role("mine", "left");
    CHECK_FALSE(role.speaks());
    CHECK_FALSE(role.heard(heartbeat_of({{"left", "other"}, {"right", "mine"}}), at(0ms)));
    CHECK_FALSE(role.speaks());
    CHECK(role.heard(heartbeat_of({{"left", "mine"}}), at(100ms)));
    CHECK(role.speaks());
    CHECK_FALSE(role.heard(heartbeat_of({{"left", "mine"}}), at(200ms)));
    CHECK(role.heard(heartbeat_of({{"left", "other"}}), at(300ms)));
    CHECK_FALSE(role.speaks());
    CHECK(SpeakerRole().speaks());
}

TEST_CASE("without an entry a player speaks, after a moment in which the master may come to elect one") {
    SpeakerRole role("mine", "");
    CHECK(role.next() == Time::max());
    CHECK_FALSE(role.heard(heartbeat_of({}), at(0ms)));
    CHECK_FALSE(role.heard(heartbeat_of({{"left", "other"}}), at(1s)));
    CHECK(role.next() == at(1500ms));
    CHECK_FALSE(role.tick(at(1499ms)));
    CHECK(role.tick(at(1500ms)));
    CHECK(role.speaks());
    CHECK(role.next() == Time::max());
    CHECK(role.heard(heartbeat_of({{"", "other"}}), at(2s)));
    // The master began anew, and knows nobody yet: who stood by does so for a moment.
    CHECK_FALSE(role.heard(heartbeat_of({}), at(3s)));
    CHECK_FALSE(role.heard(heartbeat_of({{"", "other"}}), at(4s)));
    CHECK_FALSE(role.heard(heartbeat_of({}), at(5s)));
    CHECK_FALSE(role.tick(at(6s)));
    CHECK_FALSE(role.speaks());
}

// A master and players whose words take 5 ms, on a clock of our own.
struct Wire {
    struct Player {
        std::string key;
        AuthorizedKey who;
        std::optional<PlayerEnd> end;
        bool hangs = false;
    };
    std::shared_ptr<v1::HallState> state = std::make_shared<v1::HallState>();
    std::optional<MasterEnd> master;
    std::vector<Player> players;
    milliseconds time{0};

    explicit Wire(int count) {
        state->set_hall("main");
        state->set_epoch(1);
        for (int i = 0; i < count; ++i) {
            const std::string key = fmt::format("key-{}", i);
            players.push_back({key, {Role::player, fmt::format("screen-{}", i), key}, {}});
        }
        start_master();
    }
    Moment now() const { return {at(time), std::chrono::system_clock::time_point(100h + time)}; }
    void start_master() {
        ServerHandlers handlers;
        handlers.snapshot = [this](const std::string& hall) {
            return hall.empty() || hall == "main" ? std::shared_ptr<const v1::HallState>(state) : nullptr;
        };
        master.emplace(std::move(handlers));
        for (Player& player : players)
            if (player.end) player.end->connected(now());
    }
    void start(std::size_t i) {
        players[i].end.emplace(
            PlayerEndOptions{.hall = "main", .key = players[i].key, .rules = {}, .program = "test", .seed = 1}, now());
        players[i].end->can_speak(true);
        players[i].end->connected(now());
        master->subscribed("hall/main/", now());
    }
    void kill(std::size_t i) {
        players[i].end.reset();
        master->client_gone(players[i].key, now());
    }
    void run(milliseconds how_long) {
        for (const auto until = time + how_long; time < until; time += 5ms) step();
    }
    void step() {
        for (Player& player : players) {
            if (!player.end || player.hangs) continue;
            player.end->tick(now());
            while (const auto request = player.end->take_request(now()))
                if (const auto reply = master->sync({player.key, &player.who}, *request, now()))
                    player.end->reply(*reply, now());
        }
        for (const StreamOut& out : master->take_stream(now()))
            for (Player& player : players)
                if (player.end && !player.hangs) player.end->stream(out.bytes, now());
    }
    // Of those that are there and do not hang.
    std::vector<std::size_t> speakers() {
        std::vector<std::size_t> speaking;
        for (std::size_t i = 0; i < players.size(); ++i)
            if (players[i].end && !players[i].hangs && players[i].end->speaks()) speaking.push_back(i);
        return speaking;
    }
};

TEST_CASE("of three players that start together one speaks; the killed one is replaced at once") {
    Wire wire(3);
    for (std::size_t i = 0; i < 3; ++i) wire.start(i);
    for (int i = 0; i < 1000; ++i) {
        wire.run(5ms);
        REQUIRE(wire.speakers().size() <= 1);
    }
    REQUIRE(wire.speakers().size() == 1);
    const std::size_t first = wire.speakers()[0];
    wire.kill(first);
    wire.run(20ms);
    REQUIRE(wire.speakers().size() == 1);
    CHECK(wire.speakers()[0] != first);
    wire.start(first);
    wire.run(3s);
    REQUIRE(wire.speakers().size() == 1);
    CHECK(wire.speakers()[0] != first);  // who speaks goes on
}

TEST_CASE("who is no player does not speak, whatever it reports") {
    Wire wire(2);
    wire.players[0].who.role = Role::kiosk;
    wire.start(0);
    wire.run(5s);
    wire.start(1);
    wire.run(5s);
    CHECK(wire.players[1].end->speaks());
    CHECK_FALSE(wire.players[0].end->speaks());
}

TEST_CASE("a speaker that hangs is replaced within two seconds, and stands by when it goes on") {
    Wire wire(3);
    for (std::size_t i = 0; i < 3; ++i) wire.start(i);
    wire.run(10s);
    for (int round = 0; round < 20; ++round) {
        wire.run(milliseconds(137 * round));
        REQUIRE(wire.speakers().size() == 1);
        const std::size_t hangs = wire.speakers()[0];
        wire.players[hangs].hangs = true;
        wire.run(1995ms);
        REQUIRE(wire.speakers().size() == 1);
        CHECK(wire.speakers()[0] != hangs);
        wire.players[hangs].hangs = false;
        wire.run(3s);
        REQUIRE(wire.speakers().size() == 1);
        CHECK(wire.speakers()[0] != hangs);
    }
}

TEST_CASE("a speaker whose device is torn away gives the word to another at once") {
    Wire wire(2);
    wire.start(0);
    wire.run(1s);
    wire.start(1);
    wire.run(5100ms);  // between two of its reports
    REQUIRE(wire.speakers() == std::vector<std::size_t>{0});
    wire.players[0].end->can_speak(false);
    wire.run(15ms);
    CHECK(wire.speakers() == std::vector<std::size_t>{1});
    wire.players[0].end->can_speak(true);
    wire.run(5s);
    CHECK(wire.speakers() == std::vector<std::size_t>{1});
}

TEST_CASE("a master that starts anew finds one speaker, and never are there two") {
    Wire wire(3);
    for (std::size_t i = 0; i < 3; ++i) wire.start(i);
    wire.run(5s);
    for (std::uint64_t life = 2; life < 6; ++life) {
        auto next = std::make_shared<v1::HallState>(*wire.state);
        next->set_epoch(life);
        wire.state = next;
        wire.start_master();
        for (int i = 0; i < 600; ++i) {
            wire.run(5ms);
            REQUIRE(wire.speakers().size() <= 1);
        }
        CHECK(wire.speakers().size() == 1);
    }
}

TEST_CASE("a thousand players that stand by report as seldom as ever, and the speaker twice a second") {
    Wire wire(1000);
    for (std::size_t i = 0; i < 1000; ++i) wire.start(i);
    wire.run(8s);
    REQUIRE(wire.speakers().size() == 1);
    for (int phase = hallcast::tests::sanitized ? 6 : 0; phase < 8; ++phase) {
        wire.run(milliseconds(270 * phase));
        wire.kill(wire.speakers()[0]);
        wire.run(20ms);
        const auto next = wire.speakers();
        REQUIRE(next.size() == 1);
        for (int i = 0; i < 20; ++i) {  // it does not wait for its turn among the thousand
            wire.run(100ms);
            REQUIRE(wire.speakers() == next);
        }
    }
    v1::SyncRequest request;
    request.set_version(1);
    *request.mutable_presence() = report_from("");
    const auto next_report = [&](std::size_t i) {
        v1::SyncReply reply;
        REQUIRE(reply.ParseFromString(
            *wire.master->sync({"", &wire.players[i].who}, request.SerializeAsString(), wire.now())));
        return reply.presence().next_report_ms();
    };
    const std::size_t speaker = wire.speakers()[0];
    CHECK(next_report(speaker) == 500);
    CHECK(next_report(speaker == 500 ? 501 : 500) >= 1900);
}

}  // namespace speaker_election_test
