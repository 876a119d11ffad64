// The core with its writer thread: groups, repeated commands, failing stores, and what the halls see.
#include <condition_variable>
#include <future>
#include <mutex>
#include <random>
#include <thread>

#include "player/queue/core.h"
#include "tests/queue/sample.h"
#include "tests/queue/stores.h"

namespace hallcast::queue::core_test {

using namespace sample;

// What was published, and halls followed from it as a player does it.
class Audience {
  public:
    void hear(const v1::HallEvent& event) {
        const std::scoped_lock lock(mutex_);
        heard_.push_back(event);
    }
    std::vector<v1::HallEvent> heard() const {
        const std::scoped_lock lock(mutex_);
        return heard_;
    }
    // Applies what follows `from` (a snapshot that was taken earlier, or in the highest epoch).
    v1::HallState follow(v1::HallState from) const {
        for (const v1::HallEvent& event : heard()) {
            if (event.hall() != from.hall() || event.epoch() != from.epoch() || event.seq() <= from.seq()) continue;
            REQUIRE(event.seq() == from.seq() + 1);
            wire::apply(from, event);
        }
        return from;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<v1::HallEvent> heard_;
};

struct Room {
    std::shared_ptr<Memory> memory = std::make_shared<Memory>();
    std::shared_ptr<Faults> faults = std::make_shared<Faults>();
    Audience audience;
    std::atomic<std::int64_t> now_ms{1'700'000'000'000};
    std::unique_ptr<Core> core;

    CoreOptions options() {
        return {.now_ms = [this] { return ++now_ms; },
                .publish = [this](const v1::HallEvent& event) { audience.hear(event); }};
    }
    void start() {
        auto opened =
            open_core(std::make_unique<FailingStore>(std::make_unique<MemoryStore>(memory), faults), options());
        if (!opened) FAIL(opened.error().message);
        core = *std::move(opened);
    }
    v1::CommandReply operator()(v1::Command command) { return core->submit_and_wait(std::move(command)); }
    void open_office() {
        start();
        REQUIRE((*this)(apply_office(office())).has_office());
        for (std::uint32_t counter = 1; counter <= 4; ++counter) REQUIRE((*this)(open(counter)).has_counter());
    }
};

TEST_CASE("a core without an office has no hall, and shows all of them once it has") {
    Room room;
    room.start();
    CHECK(room.core->halls().empty());
    CHECK(room.core->hall_state("") == nullptr);
    CHECK(room.core->office()->halls().empty());
    REQUIRE(room(apply_office(office())).has_office());
    CHECK(room.core->halls() == std::vector<std::string>{"main", "upstairs"});
    CHECK(room.core->hall_state("")->hall() == "main");
    CHECK(room.core->hall_state("cellar") == nullptr);
    CHECK(room.core->office()->DebugString() == office().DebugString());
    const auto state = room.core->hall_state("upstairs");
    CHECK(state->profile().counters_size() == 1);
    CHECK(state->profile().services_size() == 3);
    CHECK(state->counters(0).number() == 4);
    CHECK(state->services_size() == 3);
}

TEST_CASE("an epoch begins at every start and with every office, each hall's events at 1") {
    Room room;
    room.start();
    REQUIRE(room(apply_office(office())).has_office());
    CHECK(room.core->hall_state("main")->epoch() == 2);
    CHECK(room.core->hall_state("main")->seq() == 1);
    REQUIRE(room.audience.heard().size() == 2);
    CHECK(room.audience.heard()[0].epoch() == 2);
    CHECK(room.audience.heard()[0].seq() == 1);
    room(issue("A"));
    CHECK(room.core->hall_state("upstairs")->seq() == 2);
    room.core.reset();
    room.start();
    CHECK(room.core->hall_state("main")->epoch() == 3);
    CHECK(room.core->hall_state("main")->seq() == 0);
    CHECK(room.core->hall_state("main")->services(0).waiting() == 1);
    CHECK(room(issue("A")).ticket().number() == "A002");
}

TEST_CASE("by the time of the reply the hall shows the step and it was published") {
    Room room;
    room.open_office();
    room(issue("A", "uk"));
    const v1::Call call = room(call_next(2)).call();
    const auto state = room.core->hall_state("main");
    REQUIRE(state->calls_size() == 1);
    CHECK(state->calls(0).SerializeAsString() == call.SerializeAsString());
    CHECK(state->counters(1).activity() == v1::COUNTER_ACTIVITY_CALLING);
    CHECK(state->counters(1).ticket() == "A001");
    CHECK(state->services(0).waiting() == 0);
    const v1::HallEvent last = room.audience.heard().back();
    CHECK(last.hall() == "upstairs");  // it shows how many wait, too
    CHECK(room.audience.follow(*state).DebugString() == state->DebugString());
    room(recall(2));
    CHECK(state->calls(0).attempt() == 1);  // a snapshot stays as it was
    CHECK(room.core->hall_state("main")->calls(0).attempt() == 2);
}

TEST_CASE("a command that is sent again has one effect and the same reply") {
    Room room;
    room.open_office();
    const v1::Command command = issue("A");
    const v1::CommandReply reply = room(command);
    const std::size_t published = room.audience.heard().size();
    CHECK(room(command).SerializeAsString() == reply.SerializeAsString());
    room.core.reset();
    room.start();  // memory lost, the store asked
    CHECK(room(command).SerializeAsString() == reply.SerializeAsString());
    CHECK(room.audience.heard().size() == published);
    const v1::Command refused = call_next(3);
    CHECK(room(refused).rejection().code() == v1::Rejection::NOBODY_WAITING);
    room(issue("B"));
    CHECK(room(refused).rejection().code() == v1::Rejection::NOBODY_WAITING);  // the same command, the same answer
    CHECK(!fault_of_log(room.memory->log));
}

TEST_CASE("without the memory of replies the second effect is found out") {
    Room room;
    CoreOptions options = room.options();
    options.remembered_replies = 0;
    auto core = open_core(std::make_unique<ForgetfulStore>(std::make_unique<MemoryStore>(room.memory)), options);
    REQUIRE(core.has_value());
    (*core)->submit_and_wait(apply_office(office()));
    const v1::Command command = issue("A");
    (*core)->submit_and_wait(command);
    CHECK(!fault_of_log(room.memory->log));
    (*core)->submit_and_wait(command);
    const auto fault = fault_of_log(room.memory->log);
    REQUIRE(fault.has_value());
    CHECK(contains(*fault, "another effect"));
}

TEST_CASE("commands that arrive during a commit share the next one, a repeated one among them once") {
    Room room;
    const auto gate = std::make_shared<GatedStore::Gate>();
    auto opened =
        open_core(std::make_unique<GatedStore>(std::make_unique<MemoryStore>(room.memory), gate), room.options());
    REQUIRE(opened.has_value());
    Core& core = **opened;
    REQUIRE(core.submit_and_wait(apply_office(office())).has_office());
    {
        const std::scoped_lock lock(gate->mutex);
        gate->closed = true;
    }
    std::promise<v1::CommandReply> first;
    core.submit(issue("A"), [&](const v1::CommandReply& reply) { first.set_value(reply); });
    {
        std::unique_lock lock(gate->mutex);
        REQUIRE(gate->changed.wait_for(lock, std::chrono::seconds(60), [&] { return gate->waiting; }));
    }
    CHECK(core.hall_state("main")->services(0).waiting() == 0);  // not durable, so not shown
    std::vector<std::promise<v1::CommandReply>> replies(21);
    const v1::Command repeated = issue("B");
    for (std::size_t i = 0; i < replies.size(); ++i)
        core.submit(i % 10 == 0 ? repeated : issue("A"),
                    [&replies, i](const v1::CommandReply& reply) { replies[i].set_value(reply); });
    auto first_reply = first.get_future();
    CHECK(first_reply.wait_for(std::chrono::seconds(0)) ==
          std::future_status::timeout);  // not durable, so not answered
    {
        const std::scoped_lock lock(gate->mutex);
        gate->closed = false;
        gate->changed.notify_all();
    }
    CHECK(first_reply.get().ticket().number() == "A001");
    std::vector<v1::CommandReply> answered;
    for (auto& reply : replies) answered.push_back(reply.get_future().get());
    CHECK(answered[1].ticket().number() == "A002");
    CHECK(answered[19].ticket().number() == "A019");
    CHECK(answered[0].ticket().number() == "B001");
    CHECK(answered[10].SerializeAsString() == answered[0].SerializeAsString());
    CHECK(answered[20].SerializeAsString() == answered[0].SerializeAsString());
    CHECK(room.memory->groups == std::vector<std::size_t>{1, 1, 19});
    CHECK(!fault_of_log(room.memory->log));
}

TEST_CASE("more commands than may wait are turned away at once") {
    Room room;
    const auto gate = std::make_shared<GatedStore::Gate>();
    auto opened =
        open_core(std::make_unique<GatedStore>(std::make_unique<MemoryStore>(room.memory), gate), room.options());
    REQUIRE(opened.has_value());
    REQUIRE((*opened)->submit_and_wait(apply_office(office())).has_office());
    {
        const std::scoped_lock lock(gate->mutex);
        gate->closed = true;
    }
    std::atomic<int> done{0}, unavailable{0};
    const auto count = [&](const v1::CommandReply& reply) {
        ++done;
        if (reply.rejection().code() == v1::Rejection::UNAVAILABLE) ++unavailable;
    };
    (*opened)->submit(issue("A"), count);
    {
        std::unique_lock lock(gate->mutex);
        REQUIRE(gate->changed.wait_for(lock, std::chrono::seconds(60), [&] { return gate->waiting; }));
    }
    for (int i = 0; i < 4096 + 7; ++i) (*opened)->submit(issue("A"), count);
    CHECK(unavailable == 7);
    {
        const std::scoped_lock lock(gate->mutex);
        gate->closed = false;
        gate->changed.notify_all();
    }
    opened->reset();  // answers what was accepted
    CHECK(done == 4096 + 8);
    CHECK(unavailable == 7);
    CHECK(room.memory->log.size() == 4096 + 2);
}

TEST_CASE("when the store cannot commit nothing happened: UNAVAILABLE, nothing shown, and later commands are right") {
    Room room;
    room.open_office();
    room(issue("A"));
    const std::size_t published = room.audience.heard().size();
    const std::string before = room.core->hall_state("main")->DebugString();
    const v1::Command command = issue("A");
    room.faults->commit = true;
    for (const v1::Command& failing : {command, call_next(1), open(1), apply_office(office())}) {
        const v1::CommandReply reply = room(failing);
        if (failing.has_open_counter() || failing.has_apply_office()) {
            CHECK(!reply.has_rejection());  // it is like that already: nothing to commit
            continue;
        }
        CHECK(reply.rejection().code() == v1::Rejection::UNAVAILABLE);
        CHECK(contains(reply.rejection().message(), "Nothing was changed"));
        CHECK(contains(reply.rejection().message(), "Free some disk space"));
        CHECK(reply.cmd_id() == failing.cmd_id());
    }
    CHECK(room.audience.heard().size() == published);
    CHECK(room.core->hall_state("main")->DebugString() == before);
    room.faults->commit = false;
    CHECK(room(command).ticket().number() == "A002");  // the very same command, now with its effect
    CHECK(room(call_next(1)).call().call_id() == "main-1");
    const auto state = room.core->hall_state("main");
    CHECK(state->services(0).waiting() == 1);
    CHECK(!fault_of_log(room.memory->log));
}

TEST_CASE("a group of which a part depends on what failed is refused as a whole") {
    Room room;
    room.open_office();
    room.faults->commit = true;
    // Submitted together: the call would be decided on a ticket that never became durable.
    std::promise<v1::CommandReply> issued, called;
    room.core->submit(issue("B"), [&](const v1::CommandReply& reply) { issued.set_value(reply); });
    room.core->submit(call_next(3), [&](const v1::CommandReply& reply) { called.set_value(reply); });
    CHECK(issued.get_future().get().rejection().code() == v1::Rejection::UNAVAILABLE);
    // In one group UNAVAILABLE; in a group of its own, after the failed one, nobody waits.
    CHECK(called.get_future().get().has_rejection());
    room.faults->commit = false;
    CHECK(room(call_next(3)).rejection().code() == v1::Rejection::NOBODY_WAITING);
}

TEST_CASE("a store that cannot even be read is asked again before the next command") {
    Room room;
    room.open_office();
    room(issue("A"));
    room.faults->commit = true;
    room.faults->replay = true;
    CHECK(room(issue("A")).rejection().code() == v1::Rejection::UNAVAILABLE);
    room.faults->commit = false;
    CHECK(room(issue("A")).rejection().code() == v1::Rejection::UNAVAILABLE);
    CHECK(room.core->hall_state("main")->services(0).waiting() == 1);
    room.faults->replay = false;
    CHECK(room(issue("A")).ticket().number() == "A002");
    room.faults->reply_to = true;
    CHECK(room(issue("A")).rejection().code() == v1::Rejection::UNAVAILABLE);
    room.faults->reply_to = false;
    room.faults->next_epoch = true;
    v1::Office changed = office();
    changed.set_time_zone("UTC");
    CHECK(room(apply_office(changed)).rejection().code() == v1::Rejection::UNAVAILABLE);
    CHECK(room.core->office()->time_zone() == "Europe/Warsaw");
    room.faults->next_epoch = false;
    CHECK(room(issue("A")).ticket().number() == "A003");
    CHECK(!fault_of_log(room.memory->log));
}

TEST_CASE("what became durable although the store reported an error is shown, in a new epoch") {
    Room room;
    room.open_office();
    const std::uint64_t epoch = room.core->hall_state("main")->epoch();
    const v1::Command command = issue("A");
    room.faults->late_commit = true;
    CHECK(room(command).rejection().code() == v1::Rejection::UNAVAILABLE);
    room.faults->late_commit = false;
    const auto state = room.core->hall_state("main");
    CHECK(state->epoch() == epoch + 1);
    CHECK(state->services(0).waiting() == 1);
    CHECK(room.audience.heard().back().epoch() == epoch + 1);
    CHECK(room(command).ticket().number() == "A001");  // the clerk's second try finds what it did
    CHECK(room(issue("A")).ticket().number() == "A002");
    CHECK(!fault_of_log(room.memory->log));
}

TEST_CASE("a core does not open on a store that cannot be read") {
    Room room;
    for (std::atomic<bool>* fault : {&room.faults->replay, &room.faults->next_epoch}) {
        *fault = true;
        auto opened =
            open_core(std::make_unique<FailingStore>(std::make_unique<MemoryStore>(room.memory), room.faults), {});
        CHECK(!opened);
        *fault = false;
    }
}

TEST_CASE("many clients at once, some repeating themselves: one effect each, and all players agree") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    const TemporaryFolder folder;
    Room room;
    auto opened = open_core(open_store(folder.file()), room.options());
    REQUIRE(opened.has_value());
    Core& core = **opened;
    REQUIRE(core.submit_and_wait(apply_office(office())).has_office());
    const v1::HallState main_before = *core.hall_state("main");
    const v1::HallState upstairs_before = *core.hall_state("upstairs");
    std::atomic<int> differing{0};
    {
        std::vector<std::jthread> clients;
        for (std::uint32_t client = 1; client <= 4; ++client) {
            clients.emplace_back([&, client] {
                std::mt19937_64 random(seed + client);
                for (int i = 0; i < 300; ++i) {
                    const v1::Command makers[] = {issue("A"),     issue("C"),    open(client),   call_next(client),
                                                  recall(client), start(client), finish(client), no_show(client)};
                    const v1::Command& command = makers[random() % std::size(makers)];
                    const v1::CommandReply reply = core.submit_and_wait(command);
                    if (random() % 4 == 0 &&
                        core.submit_and_wait(command).SerializeAsString() != reply.SerializeAsString())
                        ++differing;
                    if (random() % 8 == 0 && core.hall_state("main")->hall() != "main") ++differing;
                }
            });
        }
    }
    CHECK(differing == 0);
    const auto main = core.hall_state("main");
    CHECK(room.audience.follow(main_before).DebugString() == main->DebugString());
    CHECK(room.audience.follow(upstairs_before).DebugString() == core.hall_state("upstairs")->DebugString());
    opened->reset();
    const auto log = log_of(*open_store(folder.file()));
    const auto fault = fault_of_log(log);
    INFO(fault.value_or(""));
    CHECK(!fault);
    // The state after replay is the one that was live.
    v1::HallState replayed = project(replay_of(log), office().halls(0));
    replayed.set_epoch(main->epoch());
    replayed.set_seq(main->seq());
    CHECK(replayed.DebugString() == main->DebugString());
}

}  // namespace hallcast::queue::core_test
