// One version back: what the program of version 1.0 sent and heard, byte for byte, meets the program of today; and what
// programs of tomorrow will say.
#include <algorithm>

#include "player/queue/apply.h"
#include "player/queue/decide.h"
#include "player/queue/office_day.h"
#include "player/queue/projection.h"
#include "protocol/base/file.h"
#include "protocol/follow.h"
#include "protocol/hall_state.h"
#include "protocol/master_end.h"
#include "protocol/version.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace recorded_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace std::chrono_literals;
using wire::testing::same;

Moment at(std::chrono::milliseconds time) {
    return {std::chrono::steady_clock::time_point(1h + time), std::chrono::system_clock::time_point(100h + time)};
}

std::string recorded(const std::string& name) {
    const char* source = std::getenv("HALLCAST_SOURCE");
    REQUIRE(source != nullptr);
    auto bytes = read_file(std::filesystem::path(source) / "tests/protocol/recorded/1.0" / (name + ".bin"));
    INFO((bytes ? "" : bytes.error().message));
    REQUIRE(bytes);
    return *std::move(bytes);
}

template <typename Message>
Message parsed(const std::string& bytes) {
    Message message;
    REQUIRE(message.ParseFromString(bytes));
    return message;
}
v1::StreamMessage stream(const std::string& name) { return parsed<v1::StreamMessage>(recorded(name)); }
v1::SyncReply reply(const std::string& name) { return parsed<v1::SyncReply>(recorded(name)); }
std::string event_name(int seq) { return fmt::format("event-{:03}", seq); }

// What a newer minor version may add to any message.
std::string with_more(std::string bytes) {
    v1::SyncError unknown;  // any message: fields 15000 and 15001 are known to none
    unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(15000, 7);
    unknown.GetReflection()->MutableUnknownFields(&unknown)->AddLengthDelimited(15001, "of tomorrow");
    return bytes + unknown.SerializeAsString();
}
template <typename Message>
void add_more(Message& message) {
    message.GetReflection()->MutableUnknownFields(&message)->AddVarint(15000, 7);
}

// A player that has taken 1.0's first snapshot.
struct Player {
    HallFollow follow{"", {}, at(0ms)};

    Player() {
        REQUIRE(follow.take_request(at(0ms))->has_snapshot());
        follow.reply(reply("reply-snapshot"), at(1ms));
        REQUIRE(follow.state() != nullptr);
    }
    void check_is(const std::string& later) {
        CHECK(same(*follow.state(), reply(later).snapshot()));
        CHECK(follow.statistics().hash_mismatches == 0);
        CHECK(follow.take_changed()->trouble.empty());
    }
};

TEST_CASE("a player of today follows a master of 1.0 to exactly the state that it said later") {
    Player player;
    player.follow.stream(stream("heartbeat-1"), at(2ms));
    for (int seq = 2; seq <= 9; ++seq) player.follow.stream(stream(event_name(seq)), at(10ms * seq));
    for (const char* beat : {"heartbeat-2", "heartbeat-3", "heartbeat-4"}) player.follow.stream(stream(beat), at(1s));
    player.check_is("reply-snapshot-after");
    player.follow.tick(at(3s));
    CHECK(player.follow.statistics().events_applied == 8);
}

TEST_CASE("a player of today fills a gap with the range of a master of 1.0") {
    Player player;
    for (const int seq : {2, 3, 9}) player.follow.stream(stream(event_name(seq)), at(10ms * seq));
    CHECK(player.follow.state()->seq() == 3);
    // The first request after a snapshot of the first hall makes sure that nothing was missed before its topic was
    // known.
    auto request = player.follow.take_request(at(1s));
    REQUIRE(request);
    REQUIRE(request->has_range());
    CHECK(request->range().from_seq() == parsed<v1::SyncRequest>(recorded("request-range")).range().from_seq());
    v1::SyncReply range = reply("reply-range");
    range.set_request_id(request->request_id());
    player.follow.reply(range, at(1001ms));
    player.check_is("reply-snapshot-after");
}

// A master of today whose hall stands where the recorded one stood.
struct Master {
    std::shared_ptr<const v1::HallState> state;
    AuthorizedKey client{Role::admin, "recorder", std::string(40, 'k')};
    MasterEnd end;

    explicit Master(const std::string& snapshot = "reply-snapshot-after")
        : state(std::make_shared<const v1::HallState>(reply(snapshot).snapshot())), end(handlers()) {
        for (int seq = 2; seq <= 9; ++seq) end.publish(stream(event_name(seq)).event());
    }
    ServerHandlers handlers() {
        ServerHandlers handlers;
        handlers.snapshot = [this](const std::string& hall) {
            return hall.empty() || hall == state->hall() ? state : nullptr;
        };
        handlers.manifest = [] { return v1::ContentManifest(); };
        handlers.office = [] { return reply("reply-office").office(); };
        return handlers;
    }
    v1::SyncReply sync(const std::string& bytes) {
        const auto answer = end.sync({"address", &client}, bytes, at(0ms));
        REQUIRE(answer);
        return parsed<v1::SyncReply>(*answer);
    }
    CommandStep command(const std::string& bytes) { return end.command({"address", &client}, bytes, at(0ms)); }
};

TEST_CASE("a master of today answers each question of 1.0 as its master did") {
    const auto [question, snapshot] =
        GENERATE(table<std::string, std::string>({{"snapshot", "reply-snapshot"},
                                                  {"snapshot-after", "reply-snapshot-after"},
                                                  {"range", "reply-snapshot-after"},
                                                  {"manifest", "reply-snapshot-after"},
                                                  {"office", "reply-snapshot-after"},
                                                  {"error", "reply-snapshot-after"}}));
    INFO(question);
    Master master(snapshot);
    v1::SyncReply answer = master.sync(recorded("request-" + question));
    CHECK(answer.minor() == protocol_minor);
    answer.clear_minor();
    if (answer.has_error()) answer.mutable_error()->clear_code();
    CHECK(same(answer, reply("reply-" + question)));
}

TEST_CASE("the events that a master of today sends on are those that 1.0 heard") {
    Master master;
    std::vector<std::string> events;
    for (const StreamOut& out : master.end.take_stream(at(0ms))) {
        CHECK(out.topic == "hall/main/");
        if (parsed<v1::StreamMessage>(out.bytes).has_event()) events.push_back(out.bytes);
    }
    REQUIRE(events.size() == 8);
    for (int seq = 2; seq <= 9; ++seq) CHECK(events[std::size_t(seq - 2)] == recorded(event_name(seq)));
}

const std::vector<std::string> commands{"issue", "issue-0", "issue-1", "issue-2", "open",
                                        "call",  "recall",  "start",   "rejected"};

TEST_CASE("a master of today hands on the commands of 1.0, whose ids it knows again") {
    Master master;
    for (const std::string& name : commands) {
        INFO(name);
        const std::string bytes = recorded("command-" + name);
        const CommandStep step = master.command(bytes);
        REQUIRE(step.admitted);
        CHECK(step.admitted->SerializeAsString() == bytes);
        CHECK_FALSE(master.command(bytes).admitted);  // sent again
        const std::string answer = recorded("command-reply-" + name);
        CHECK(master.end.replied(step.key, true, answer).size() >= 1);
        CHECK(master.command(bytes).reply == answer);
    }
}

TEST_CASE("the queue core of today decides the commands of 1.0 as it was decided then, and the halls see the same") {
    queue::State state;
    queue::OfficeDay day;
    v1::Command office;
    office.set_cmd_id(std::string(16, 'o'));
    *office.mutable_apply_office()->mutable_office() = reply("reply-office").office();
    std::int64_t now_ms = stream("event-002").event().at_ms() - 1000;
    std::uint64_t seq = 1;
    const auto decide = [&](const v1::Command& command) {
        queue::Decision decision =
            queue::decide(state, command, {now_ms, 60'000, day(office.apply_office().office(), now_ms)});
        queue::Touched touched;
        for (const v1::Event& event : decision.events) queue::merge(touched, queue::apply(state, event));
        return std::pair(decision.reply, touched);
    };
    REQUIRE(decide(office).first.has_office());
    v1::HallState hall_now = reply("reply-snapshot").snapshot(), hall_then = hall_now;
    for (const std::string& name : commands) {
        INFO(name);
        v1::CommandReply then = parsed<v1::CommandReply>(recorded("command-reply-" + name));
        if (name != "rejected") now_ms = stream(event_name(int(++seq))).event().at_ms();
        auto [now, touched] = decide(parsed<v1::Command>(recorded("command-" + name)));
        if (now.has_counter()) now.mutable_counter()->clear_version();  // what 1.0 did not know yet
        INFO(now.ShortDebugString() << "\nthen " << then.ShortDebugString());
        CHECK(same(now, then));
        if (name == "rejected") continue;
        const std::vector<v1::HallEvent> events = queue::project(state, touched, now_ms);
        REQUIRE(events.size() == 1);
        v1::HallEvent event = events[0];
        event.set_epoch(2);
        event.set_seq(seq);
        CHECK(event.at_ms() == stream(event_name(int(seq))).event().at_ms());
        for (v1::HallChange& change : *event.mutable_changes())
            if (change.has_counter()) change.mutable_counter()->clear_version();
        // Today an event also brings a counter of which nothing but its version is new.
        apply(hall_now, event);
        apply(hall_then, stream(event_name(int(seq))).event());
        CHECK(same(hall_now, hall_then));
    }
    CHECK(same(hall_now, reply("reply-snapshot-after").snapshot()));
}

TEST_CASE("what a newer minor version adds to a state and to events is kept, and counts in the hash") {
    Player player;
    v1::SyncReply snapshot = parsed<v1::SyncReply>(with_more(recorded("reply-snapshot")));
    add_more(*snapshot.mutable_snapshot());
    add_more(*snapshot.mutable_snapshot()->mutable_services(1));
    add_more(*snapshot.mutable_snapshot()->mutable_profile());
    player.follow.connected();
    snapshot.set_request_id(player.follow.take_request(at(1s))->request_id());
    player.follow.reply(snapshot, at(1001ms));
    v1::HallState of_newer = snapshot.snapshot();
    for (int seq = 2; seq <= 9; ++seq) {
        v1::StreamMessage message = parsed<v1::StreamMessage>(with_more(recorded(event_name(seq))));
        v1::HallEvent& event = *message.mutable_event();
        add_more(event);
        add_more(*event.add_changes());  // a kind of change that this program does not know
        for (v1::HallChange& change : *event.mutable_changes())
            if (change.has_call()) add_more(*change.mutable_call());
        apply(of_newer, event);
        player.follow.stream(message, at(1100ms));
    }
    CHECK(of_newer.calls(0).GetReflection()->GetUnknownFields(of_newer.calls(0)).field_count() == 1);
    v1::StreamMessage beat = parsed<v1::StreamMessage>(with_more(recorded("heartbeat-2")));
    beat.mutable_heartbeat()->set_version(protocol_version);
    beat.mutable_heartbeat()->set_minor(protocol_minor + 1);
    beat.mutable_heartbeat()->set_hash_seq(9);
    beat.mutable_heartbeat()->set_state_hash(state_hash(of_newer));
    player.follow.stream(beat, at(1200ms));
    CHECK(same(*player.follow.state(), of_newer));
    CHECK(player.follow.statistics().hash_mismatches == 0);
    CHECK(state_hash(of_newer) != state_hash(reply("reply-snapshot-after").snapshot()));
}

TEST_CASE("a master passes on what a newer client adds, and says which question it does not know") {
    Master master;
    const std::string command = with_more(recorded("command-issue"));
    const CommandStep step = master.command(command);
    REQUIRE(step.admitted);
    CHECK(step.admitted->SerializeAsString() == command);

    v1::SyncReply answer = master.sync(with_more(recorded("request-snapshot-after")));
    CHECK(same(answer.snapshot(), reply("reply-snapshot-after").snapshot()));

    v1::SyncRequest unknown;
    unknown.set_version(protocol_version);
    unknown.set_minor(protocol_minor + 1);
    unknown.set_request_id(77);
    answer = master.sync(with_more(unknown.SerializeAsString()));
    CHECK(answer.request_id() == 77);
    CHECK(answer.has_error());
    CHECK(answer.error().code() != v1::SyncError::VERSION);
}

TEST_CASE("another major version is refused in words that say what to do, both ways") {
    Master master;
    v1::SyncRequest request = parsed<v1::SyncRequest>(recorded("request-snapshot"));
    request.set_version(protocol_version + 1);
    const v1::SyncReply answer = master.sync(request.SerializeAsString());
    CHECK(answer.request_id() == request.request_id());
    CHECK(answer.error().code() == v1::SyncError::VERSION);
    CHECK(answer.error().message().find("install") != std::string::npos);

    v1::Command command = parsed<v1::Command>(recorded("command-issue"));
    command.set_version(protocol_version + 1);
    const CommandStep step = master.command(command.SerializeAsString());
    CHECK_FALSE(step.admitted);
    const auto rejected = parsed<v1::CommandReply>(step.reply.value_or(""));
    CHECK(rejected.cmd_id() == command.cmd_id());
    CHECK(rejected.rejection().code() == v1::Rejection::VERSION);
    CHECK(rejected.rejection().message().find("install") != std::string::npos);

    Player player;
    v1::StreamMessage beat = stream("heartbeat-2");
    beat.mutable_heartbeat()->set_version(protocol_version + 1);
    beat.mutable_heartbeat()->set_epoch(99);
    player.follow.take_changed();
    player.follow.stream(beat, at(10ms));
    const auto followed = player.follow.take_changed();
    REQUIRE(followed);
    CHECK(followed->trouble.find("install") != std::string::npos);
    CHECK(same(*followed->state, reply("reply-snapshot").snapshot()));
    // And a player that hears such an answer says so too.
    v1::SyncReply refusal = answer;
    player.follow.reply(refusal, at(20ms));
    CHECK(player.follow.take_changed()->trouble == answer.error().message());
}

}  // namespace recorded_test
