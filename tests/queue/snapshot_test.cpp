// Snapshots: a state that was packed is the same afterwards in all that it says and does, and a bad one is never
// trusted.
#include <random>

#include "player/queue/core.h"
#include "player/queue/snapshot.h"
#include "player/queue/sqlite.h"
#include "tests/queue/random_commands.h"
#include "tests/queue/sample.h"
#include "tests/queue/stores.h"
#include "tests/sanitized.h"

namespace hallcast::queue::snapshot_test {

using namespace sample;

State again(const State& state) {
    auto unpacked = unpack(pack(state));
    if (!unpacked) FAIL(unpacked.error().message);
    return *std::move(unpacked);
}

TEST_CASE("a packed state is the same, and the log going on from it gives the same") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    RandomCommands commands(seed);
    Desk desk = open_desk();
    State restored;
    constexpr int steps = tests::sanitized ? 1500 : 6000;
    for (int i = 0; i < steps; ++i) {
        INFO("command " << i);
        if (i % 97 == 0) {
            restored = again(desk.state);
            REQUIRE(describe(restored) == describe(desk.state));
            REQUIRE(pack(restored) == pack(desk.state));
        }
        const std::size_t before = desk.log.size();
        if (i % (steps / 4) == steps / 4 - 1) ++desk.day;
        const v1::Command command = i % 61 == 0 ? lease("B", 3) : commands.next();
        // It decides the same, too: what it says is the same event for event.
        const Decision decision = decide(restored, command, {desk.now_ms + 1, 60'000, desk.day});
        REQUIRE(decision.reply.SerializeAsString() == desk(command).SerializeAsString());
        for (std::size_t event = before; event < desk.log.size(); ++event) apply(restored, desk.log[event]);
        if (i % 97 == 96) {
            REQUIRE(describe(restored) == describe(desk.state));
            REQUIRE(pack(restored) == pack(desk.state));
        }
    }
    CHECK(desk.state.log_seq > steps / 3);
    CHECK(describe(again(State{})) == describe(State{}));
}

TEST_CASE("a snapshot says all that a state has: each thing changed alone makes another") {
    Desk desk = open_desk();
    for (int i = 0; i < 5; ++i) desk(issue("A"));
    desk(lease("B", 4));
    desk(call_next(1));
    desk(sign_in(2, "ann"));
    desk(transfer(1, "", 0, "ann"));
    desk(call_next(3));
    desk(call_next(2));
    const std::string packed = pack(desk.state);
    const auto differs = [&](auto change) {
        State other = desk.state;
        change(other);
        const State back = again(other);
        return pack(other) != packed && pack(back) == pack(other) && describe(back) == describe(other);
    };
    CHECK(differs([](State& state) { ++state.last_lease; }));
    CHECK(differs([](State& state) { state.services.at("A").tickets_by_hour[7] = 1; }));
    CHECK(differs([](State& state) { state.services.at("A").arrivals.insert(5); }));
    CHECK(differs([](State& state) { state.services.at("A").booked.insert({5, 6}); }));
    CHECK(differs([](State& state) { state.counters.at(2).undo->last_group = 9; }));
    CHECK(differs([](State& state) { state.counters.at(2).undo.reset(); }));
    CHECK(differs([](State& state) { state.counters.at(2).undo->visits.at(0).before.call.set_attempt(7); }));
    CHECK(differs([](State& state) { state.series.at("B").leases.begin()->second.next++; }));
    CHECK(differs([](State& state) { state.boards.at("main").calls.pop_back(); }));
    CHECK(differs([](State& state) { state.ended.push_back(3); }));
    CHECK(differs([](State& state) { state.sent.insert(77); }));
    CHECK(differs([](State& state) { state.visit_of_ticket["Q"] = 2; }));
    CHECK(differs([](State& state) {
        v1::Office office = *state.office;
        office.set_id("another");
        state.office = std::make_shared<v1::Office>(office);
    }));
}

TEST_CASE("a damaged snapshot, or another version's, is refused") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    Desk desk = open_desk();
    for (int i = 0; i < 50; ++i) desk(issue("A"));
    const std::string packed = pack(desk.state);
    REQUIRE(unpack(packed).has_value());
    for (int i = 0; i < 300; ++i) {
        std::string damaged = packed;
        damaged[random() % damaged.size()] ^= char(1u << (random() % 8));
        CHECK(!unpack(damaged));
        CHECK(!unpack(packed.substr(0, random() % packed.size())));
    }
    CHECK(!unpack(packed + "x"));
    std::string other = packed;
    other[0] ^= 1;
    CHECK(contains(unpack(other).error().message, "another version"));
}

// A core that has worked on this store, and what its halls showed at the end.
std::string worked(std::unique_ptr<Store> store, int tickets, CoreOptions options = {}) {
    auto core = open_core(std::move(store), std::move(options));
    if (!core) FAIL(core.error().message);
    if ((*core)->halls().empty()) REQUIRE((*core)->submit_and_wait(apply_office(office())).has_office());
    REQUIRE(!(*core)->submit_and_wait(open(1)).has_rejection());
    for (int i = 0; i < tickets; ++i) {
        REQUIRE((*core)->submit_and_wait(issue("A")).has_ticket());
        if (i % 3 == 0) REQUIRE((*core)->submit_and_wait(call_next(1)).has_call());
    }
    v1::HallState shown = *(*core)->hall_state("main");
    shown.clear_epoch();
    shown.clear_seq();
    return shown.DebugString();
}

TEST_CASE("a core keeps a snapshot every so many events, at a day's end and at its stop, and begins from it") {
    const auto memory = std::make_shared<Memory>();
    CoreOptions options;
    options.snapshot_every = 40;
    worked(std::make_unique<MemoryStore>(memory), 100, options);
    REQUIRE(memory->snapshot);
    CHECK(memory->snapshot->log_seq == memory->log.size());  // at the stop
    const State state = replay_of(memory->log);
    CHECK(memory->snapshot->bytes == pack(state));

    {
        memory->snapshot.reset();
        auto core = open_core(std::make_unique<MemoryStore>(memory), options).value();
        CHECK(core->submit_and_wait(issue("B")).has_ticket());
        core->submit_and_wait(call_next(2));  // a command later, so that the snapshot has been made
        REQUIRE(memory->snapshot);            // more than 40 events had none
        const std::uint64_t kept_at = memory->snapshot->log_seq;
        CHECK(kept_at <= memory->log.size());
        for (int i = 0; i < 41; ++i) REQUIRE(core->submit_and_wait(issue("B")).has_ticket());
        core->submit_and_wait(call_next(2));
        CHECK(memory->snapshot->log_seq > kept_at + 39);
        const std::uint64_t before = memory->snapshot->log_seq;
        REQUIRE(core->submit_and_wait(end_day()).has_day());
        core->submit_and_wait(call_next(2));
        CHECK(memory->snapshot->log_seq > before);
    }
    // Begins from it: entries before are not read again. (Their damage is what `office verify` is for.)
    REQUIRE(memory->snapshot->log_seq == memory->log.size());
    std::uint64_t read = 0;
    MemoryStore store(memory);
    REQUIRE(store.replay(memory->snapshot->log_seq, [&](const v1::Event&) { ++read; }));
    CHECK(read == 0);
    const auto loaded = load_state(store);
    REQUIRE(loaded);
    CHECK(loaded->from_log_seq == memory->log.size());
    CHECK(describe(loaded->state) == describe(replay_of(memory->log)));
}

TEST_CASE("a snapshot that cannot be used costs time, and nothing else") {
    const TemporaryFolder folder;
    worked(open_store(folder.file()), 30);
    const auto state_of_file = [&] { return load_state(*open_store(folder.file())); };
    const auto good = state_of_file();
    REQUIRE(good);
    REQUIRE(good->from_log_seq == good->state.log_seq);
    const char* damage = GENERATE("UPDATE snapshot SET state = x'00'", "UPDATE snapshot SET log_seq = 3",
                                  "UPDATE snapshot SET log_seq = 999", "DELETE FROM snapshot",
                                  "UPDATE snapshot SET state = substr(state, 1, length(state) - 1)");
    INFO(damage);
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(folder.file().c_str(), &handle) == SQLITE_OK);
    {
        const Database database(handle);
        REQUIRE(execute(handle, damage));
    }
    const auto loaded = state_of_file();
    REQUIRE(loaded);
    CHECK(loaded->from_log_seq == 0);
    CHECK(describe(loaded->state) == describe(good->state));
}

TEST_CASE("a snapshot that the disk refuses is no reason to refuse a command") {
    const auto memory = std::make_shared<Memory>();
    const auto faults = std::make_shared<Faults>();
    faults->snapshot = true;
    CoreOptions options;
    options.snapshot_every = 10;
    const auto store = [&] { return std::make_unique<FailingStore>(std::make_unique<MemoryStore>(memory), faults); };
    worked(store(), 30, options);
    CHECK(!memory->snapshot);
    worked(store(), 30, options);
    CHECK(!fault_of_log(memory->log));
}

}  // namespace hallcast::queue::snapshot_test
