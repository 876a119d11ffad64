// The guard's thread with a queue core behind it: from a call that nobody shows to the alert and its end.
#include "player/master/call_guard.h"

#include <condition_variable>
#include <mutex>

#include "player/queue/core.h"
#include "player/queue/store.h"
#include "protocol/cmd_id.h"
#include "tests/content/temp_folder.h"
#include "tests/master/calls_sample.h"

namespace hallcast::master::call_guard_test {

using namespace calls_sample;
using namespace std::chrono_literals;
using content::tests::TempFolder;

// Core and guard joined as the master joins them, with one counter and one visitor.
class Office {
  public:
    explicit Office(std::chrono::milliseconds unseen_after) {
        auto store = queue::open_sqlite_store(folder_.path() / "queue.db");
        REQUIRE(store);
        auto core =
            queue::open_core(*std::move(store), {.publish = [this](const v1::HallEvent& event) { publish(event); }});
        REQUIRE(core);
        core_ = *std::move(core);
        v1::Command apply;
        v1::Office& office = *apply.mutable_apply_office()->mutable_office();
        office.set_id("test");
        office.set_time_zone("Europe/Warsaw");
        office.add_languages("pl");
        office.add_services()->set_id("A");
        (*office.mutable_services(0)->mutable_name())["pl"] = "A";
        office.add_counters()->set_number(1);
        office.add_halls()->set_id("main");
        office.mutable_rules()->set_unseen_after_ms(std::uint32_t(unseen_after.count()));
        carry_out(apply);
        guard_ = make_call_guard(
            {.receipts = folder_.path() / "receipts.db",
             .submit =
                 [this](v1::Command command) { core_->submit(std::move(command), [](const v1::CommandReply&) {}); },
             .grace = 0ms});
        guard_->rules(office.rules());
        v1::Command command;
        command.mutable_issue_ticket()->set_service("A");
        carry_out(command);
        command.mutable_open_counter()->set_counter(1);
        carry_out(command);
    }
    ~Office() {
        std::unique_ptr<CallGuard> last;
        {
            const std::lock_guard lock(mutex_);
            last = std::move(guard_);
        }
        last.reset();
        core_.reset();
    }

    v1::CommandReply carry_out(v1::Command command) {
        command.set_cmd_id(wire::make_cmd_id());
        command.set_actor("test");
        const v1::CommandReply reply = core_->submit_and_wait(std::move(command));
        INFO(reply.ShortDebugString());
        REQUIRE_FALSE(reply.has_rejection());
        return reply;
    }
    v1::Call call() {
        v1::Command command;
        command.mutable_call_next()->set_counter(1);
        return carry_out(command).call();
    }
    v1::Call shown_call() const { return core_->hall_state("main")->calls(0); }
    template <typename Condition>
    bool reaches(std::chrono::seconds limit, Condition condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [&] { return condition(shown_call()); });
    }
    CallGuard& guard() { return *guard_; }

  private:
    void publish(const v1::HallEvent& event) {
        const std::lock_guard lock(mutex_);
        if (guard_) guard_->hall_event(event);
        changed_.notify_all();
    }

    TempFolder folder_;
    std::unique_ptr<queue::Core> core_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::unique_ptr<CallGuard> guard_;
};

v1::ReceiptReport report_of(const v1::Receipt& receipt) {
    v1::ReceiptReport report;
    report.set_hall("main");
    *report.add_receipts() = receipt;
    return report;
}

TEST_CASE("a call that nobody shows becomes an alert and a new attempt; shown, it is none any more") {
    Office office(50ms);
    REQUIRE(office.call().attempt() == 1);
    REQUIRE(office.reaches(60s, [](const v1::Call& call) { return call.unseen() && call.attempt() >= 2; }));
    // A screen on which nothing can be read is no screen: the call is repeated once more, 2 s later.
    v1::Receipt blank = shown(office.shown_call(), 7);
    blank.mutable_shown()->set_blank(true);
    CHECK(office.guard().receipts("hall-1", report_of(blank)) == 7);
    REQUIRE(office.reaches(10s, [](const v1::Call& call) { return call.unseen() && call.attempt() >= 3; }));
    const v1::Call alert = office.shown_call();
    CHECK(office.guard().receipts("hall-2", report_of(shown(alert, 8))) == 8);
    REQUIRE(office.reaches(60s, [](const v1::Call& call) { return !call.unseen(); }));
    const v1::CallList list = office.guard().calls({});
    REQUIRE(list.calls_size() >= 2);
    CHECK(list.calls(list.calls_size() - 1).call().attempt() == 1);
}

TEST_CASE("a call that is shown at once stays one attempt without an alert") {
    Office office(1h);
    const v1::Call call = office.call();
    CHECK(office.guard().receipts("hall-1", report_of(shown(call, 3))) == 3);
    CHECK(office.guard().receipts("hall-1", report_of(shown(call, 3))) == 3);
    const v1::CallList list = office.guard().calls({});
    REQUIRE(list.calls_size() == 1);
    CHECK(list.calls(0).receipts_size() == 1);
    CHECK_FALSE(office.shown_call().unseen());
}

TEST_CASE("a report of more than the protocol allows is taken in part, and nonsense is taken off the sender's list") {
    Office office(1h);
    const v1::Call call = office.call();
    v1::ReceiptReport report = report_of(shown(call_of(99), 1));
    for (std::uint64_t i = 2; i <= 50; ++i) *report.add_receipts() = shown(call, i);
    CHECK(office.guard().receipts("hall-1", report) == 32);
    CHECK(office.guard().calls({}).calls(0).receipts_size() == 1);
}

}  // namespace hallcast::master::call_guard_test
