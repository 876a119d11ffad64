// The two ends without sockets: what a player tells its master, and what the master makes of it.
#include "protocol/hall_state.h"
#include "protocol/master_end.h"
#include "protocol/parse.h"
#include "protocol/player_end.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace ends_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace std::chrono_literals;
using wire::testing::call_event;
using wire::testing::same;

Moment at(std::chrono::milliseconds time) {
    return {std::chrono::steady_clock::time_point(1h + time), std::chrono::system_clock::time_point(100h + time)};
}

const AuthorizedKey player_key{Role::player, "hall-1", "key"};
const AuthorizedKey clerk_key{Role::clerk, "counter-1", "key"};
const AuthorizedKey admin_key{Role::admin, "admin", "key"};

// A master of one hall, and what it was asked to keep.
struct Office {
    std::shared_ptr<const v1::HallState> state;
    std::vector<v1::Receipt> receipts;
    std::vector<std::string> from;
    bool keeps_receipts = true;
    MasterEnd end;

    Office() : state(first()), end(handlers()) {}
    static std::shared_ptr<const v1::HallState> first() {
        auto state = std::make_shared<v1::HallState>();
        state->set_hall("main");
        state->set_epoch(1);
        return state;
    }
    ServerHandlers handlers() {
        ServerHandlers handlers;
        handlers.snapshot = [this](const std::string& hall) {
            return hall.empty() || hall == "main" ? state : nullptr;
        };
        handlers.receipts = [this](const std::string& player, const v1::ReceiptReport& report) {
            std::uint64_t last = 0;
            for (const v1::Receipt& receipt : report.receipts()) {
                if (!keeps_receipts) break;
                receipts.push_back(receipt);
                from.push_back(player);
                last = receipt.number();
            }
            return last;
        };
        return handlers;
    }
    void call() {
        auto next = std::make_shared<v1::HallState>(*state);
        const auto event = call_event("main", 1, state->seq() + 1);
        apply(*next, event);
        state = next;
        end.publish(event);
    }
    v1::SyncReply ask(v1::SyncRequest request, const AuthorizedKey* who = &player_key, Moment now = at(0ms)) {
        request.set_version(1);
        request.set_request_id(7);
        return parsed(end.sync({"address", who}, request.SerializeAsString(), now));
    }
    static v1::SyncReply parsed(const std::optional<std::string>& bytes) {
        v1::SyncReply reply;
        REQUIRE(bytes);
        REQUIRE(reply.ParseFromString(*bytes));
        return reply;
    }
};

PlayerEnd player_at(Moment now) { return PlayerEnd({.hall = "main", .rules = {}, .program = "test", .seed = 1}, now); }

// Everything that the player asks is answered at once.
void talk(PlayerEnd& player, Office& office, Moment now) {
    while (const auto request = player.take_request(now))
        if (const auto reply = office.end.sync({"address", &player_key}, *request, now)) player.reply(*reply, now);
}

v1::Receipt receipt_of(const std::string& call) {
    v1::Receipt receipt;
    receipt.set_call_id(call);
    receipt.set_attempt(1);
    receipt.mutable_shown()->set_at_us(5);
    return receipt;
}

TEST_CASE("a snapshot is serialised once for a sequence number, however many ask for it") {
    Office office;
    v1::SyncRequest request;
    request.mutable_snapshot();
    for (int i = 0; i < 3; ++i) {
        office.call();
        for (int asked = 0; asked < 10; ++asked) CHECK(same(office.ask(request).snapshot(), *office.state));
    }
    v1::SyncRequest metrics;
    metrics.mutable_metrics();
    const auto counted = office.ask(metrics, &admin_key).metrics();
    CHECK(counted.snapshots_serialised() == 3);
    CHECK(counted.snapshots_sent() == 30);
}

TEST_CASE("a player says that it is there, and whether its state is the master's") {
    Office office;
    auto player = player_at(at(0ms));
    for (int i = 0; i < 5; ++i) office.call();
    player.connected(at(0ms));
    talk(player, office, at(0ms));
    v1::PlayerStatistics statistics;
    statistics.set_width(1920);
    player.report(statistics);
    talk(player, office, at(1000ms));
    v1::SyncRequest request;
    request.mutable_players();
    const auto list = office.ask(request, &clerk_key, at(1000ms)).players();
    REQUIRE(list.players_size() == 1);
    CHECK(list.players(0).player() == "hall-1");
    CHECK(list.players(0).live());
    CHECK(list.players(0).in_step());
    CHECK(list.players(0).report().applied_seq() == 5);
    CHECK(list.players(0).report().statistics().width() == 1920);
    CHECK_FALSE(office.ask(request, &clerk_key, at(60s)).players().players(0).live());

    // Something else on its screen than what the master knows.
    v1::SyncRequest lie;
    *lie.mutable_presence() = list.players(0).report();
    lie.mutable_presence()->set_state_hash("another");
    office.ask(lie, &player_key, at(61s));
    CHECK_FALSE(office.ask(request, &clerk_key, at(61s)).players().players(0).in_step());
}

TEST_CASE("presence compares the clocks") {
    Office office;
    auto player = player_at(at(0ms));
    player.connected(at(0ms));
    CHECK_FALSE(player.clock().measured);
    talk(player, office, at(0ms));
    CHECK(player.clock().measured);
    const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(at(0ms).wall.time_since_epoch()).count();
    CHECK(player.clock().master_ms_at(at(250ms).steady) == wall + 250);
}

TEST_CASE("what is wrong with a player's layout is reported at once, and so is that it is right again") {
    Office office;
    auto player = player_at(at(0ms));
    player.connected(at(0ms));
    for (auto now = 0ms; now <= 5000ms; now += 100ms) talk(player, office, at(now));  // the quick reports are over
    v1::PlayerStatistics statistics;
    statistics.set_width(1920);
    player.report(statistics);
    CHECK_FALSE(player.wants_request(at(5000ms)));  // as anything else: when its time comes
    const auto told = [&] {
        talk(player, office, at(5000ms));
        return office.end.players(at(5000ms)).players(0).report().statistics().layout_error();
    };
    statistics.set_layout_error("hall.yaml:3:1: unknown key 'colur'");
    player.report(statistics);
    CHECK(told() == "hall.yaml:3:1: unknown key 'colur'");
    statistics.set_width(1280);
    player.report(statistics);
    CHECK_FALSE(player.wants_request(at(5000ms)));
    statistics.clear_layout_error();
    player.report(statistics);
    CHECK(told().empty());
}

TEST_CASE("the more players, the more seldom each reports") {
    Presence presence;
    CHECK(presence.interval() == 1s);
    for (int i = 0; i < 2000; ++i) presence.reported(fmt::format("player-{}", i), {}, at(0ms));
    CHECK(presence.interval() == 4s);
    for (int i = 0; i < 30'000; ++i) presence.reported(fmt::format("player-{}", i), {}, at(0ms));
    CHECK(presence.interval() == 10s);
    CHECK(presence.list(at(0ms)).players_size() == int(Presence::max_players));
}

TEST_CASE("receipts reach the master in order, also those it did not take at once") {
    Office office;
    auto player = player_at(at(0ms));
    player.connected(at(0ms));
    for (int i = 0; i < 70; ++i) player.add_receipt(receipt_of(fmt::format("call-{}", i)));
    office.keeps_receipts = false;
    talk(player, office, at(0ms));
    CHECK(office.receipts.empty());
    office.keeps_receipts = true;
    for (auto time = 0ms; time < 20s; time += 100ms) talk(player, office, at(time));
    REQUIRE(office.receipts.size() == 70);
    for (std::size_t i = 0; i < 70; ++i) {
        CHECK(office.receipts[i].number() == i + 1);
        CHECK(office.receipts[i].call_id() == fmt::format("call-{}", i));
        CHECK(office.from[i] == "hall-1");
    }
}

TEST_CASE("a receipt whose answer is lost is sent again; one is sent at once") {
    Office office;
    auto player = player_at(at(0ms));
    player.connected(at(0ms));
    talk(player, office, at(0ms));
    talk(player, office, at(1500ms));
    player.add_receipt(receipt_of("call"));
    CHECK(player.next(at(1600ms), true) <= at(1600ms).steady);
    const auto lost = player.take_request(at(1600ms));
    REQUIRE(lost);
    CHECK_FALSE(player.wants_request(at(1700ms)));
    for (auto time = 1700ms; time < 5s; time += 100ms) talk(player, office, at(time));
    CHECK(office.receipts.size() == 1);
}

TEST_CASE("receipts that nobody takes are bounded, and the loss is counted") {
    auto player = player_at(at(0ms));
    for (std::size_t i = 0; i < PlayerEnd::max_receipts + 10; ++i) player.add_receipt(receipt_of("call"));
    CHECK(player.statistics().receipts_dropped() == 10);
}

TEST_CASE("each role may ask what it needs, and is told why where it may not") {
    Office office;
    v1::SyncRequest request;
    request.mutable_receipts();
    CHECK(office.ask(request, &clerk_key).error().code() == v1::SyncError::NOT_ALLOWED);
    CHECK(office.ask(request, &player_key).has_receipts());
    request.mutable_metrics();
    CHECK(office.ask(request, &player_key).error().code() == v1::SyncError::NOT_ALLOWED);
    CHECK(office.ask(request, &clerk_key).error().message().find("counter-1") != std::string::npos);
    CHECK(office.ask(request, &admin_key).has_metrics());
    request.mutable_snapshot();
    CHECK(office.ask(request, nullptr).error().code() == v1::SyncError::NOT_ALLOWED);
}

TEST_CASE("another major version is refused with a hint, on both sockets; a later minor one is welcome") {
    Office office;
    v1::SyncRequest request;
    request.set_version(2);
    request.mutable_snapshot();
    const auto reply = Office::parsed(office.end.sync({"address", &player_key}, request.SerializeAsString(), at(0ms)));
    CHECK(reply.error().code() == v1::SyncError::VERSION);
    CHECK(reply.error().message().find("install") != std::string::npos);
    v1::Command command;
    command.set_version(2);
    command.set_cmd_id("0123456789abcdef");
    command.mutable_ping();
    v1::CommandReply answer;
    REQUIRE(answer.ParseFromString(
        office.end.command({"address", &clerk_key}, command.SerializeAsString(), at(0ms)).reply.value()));
    CHECK(answer.rejection().code() == v1::Rejection::VERSION);
    CHECK(answer.cmd_id() == command.cmd_id());
    command.set_version(1);
    REQUIRE(answer.ParseFromString(
        office.end.command({"address", &player_key}, command.SerializeAsString(), at(0ms)).reply.value()));
    CHECK(answer.server_time_ms() ==
          std::chrono::duration_cast<std::chrono::milliseconds>(at(0ms).wall.time_since_epoch()).count());
}

TEST_CASE("what is no message at all harms neither end") {
    Office office;
    auto player = player_at(at(0ms));
    player.stream("\xff\xff\xff", at(0ms));
    player.reply("\xff\xff\xff", at(0ms));
    CHECK(player.statistics().malformed() == 2);
    CHECK(Office::parsed(office.end.sync({"address", &player_key}, "\xff\xff", at(0ms))).error().code() ==
          v1::SyncError::INVALID);
    CHECK(office.end.command({"address", &clerk_key}, "\xff\xff", at(0ms)).reply);
}

TEST_CASE("a message with a time of another age, wherever in it, is no message") {
    Office office;
    auto player = player_at(at(0ms));
    v1::StreamMessage heartbeat;
    heartbeat.mutable_heartbeat()->set_server_time_ms(29'418'679'420'579'375);  // found by the fuzzer: * 1000 overflows
    player.stream(heartbeat.SerializeAsString(), at(0ms));
    CHECK(player.statistics().malformed() == 1);
    v1::SyncReply reply;
    reply.mutable_range()->add_events()->add_changes()->mutable_call()->set_expires_at_ms(-largest_time_ms - 1);
    player.reply(reply.SerializeAsString(), at(0ms));
    CHECK(player.statistics().malformed() == 2);
    reply.mutable_range()->mutable_events(0)->mutable_changes(0)->mutable_call()->set_expires_at_ms(-largest_time_ms);
    player.reply(reply.SerializeAsString(), at(0ms));
    CHECK(player.statistics().malformed() == 2);

    v1::SyncRequest receipts;
    receipts.mutable_receipts()->add_receipts()->mutable_shown()->set_at_us(largest_time_ms * 1000 + 1);
    CHECK(office.ask(receipts, &player_key).error().code() == v1::SyncError::INVALID);
}

}  // namespace ends_test
