#include "player/master/call_guard.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "player/master/call_watch.h"
#include "player/master/receipt_book.h"
#include "player/master/receipt_store.h"
#include "protocol/cmd_id.h"

namespace hallcast::master {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint32_t usual_unseen_after_ms = 800;
constexpr int most_receipts_in_report = 32;
// A command that the core could not take for so long is about a call that has gone on.
constexpr milliseconds command_limit{2000};

std::int64_t wall_clock_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

v1::Command command_of(const CallWatch::Wanted& wanted) {
    v1::Command command;
    command.set_cmd_id(wire::make_cmd_id());
    command.set_actor("call watch");
    command.set_deadline_ms(wall_clock_us() / 1000 + command_limit.count());
    if (wanted.what == CallWatch::Wanted::What::repeat) {
        command.mutable_repeat_unseen()->set_call_id(wanted.call.call_id());
        command.mutable_repeat_unseen()->set_attempt(wanted.call.attempt());
    } else {
        command.mutable_confirm_seen()->set_call_id(wanted.call.call_id());
        command.mutable_confirm_seen()->set_attempt(wanted.call.attempt());
    }
    return command;
}

void tell(const CallWatch::Wanted& wanted) {
    if (wanted.what == CallWatch::Wanted::What::confirm)
        spdlog::info("hall {}: the call of {} to counter {} is seen after all", wanted.hall, wanted.call.ticket(),
                     wanted.call.counter());
    else if (wanted.repeats == 1)
        spdlog::warn(
            "hall {}: no screen reports to show the call of {} to counter {}; the clerk is told, and it is called "
            "again. Is a player on, and does it reach the master?",
            wanted.hall, wanted.call.ticket(), wanted.call.counter());
}

class ThreadedCallGuard final : public CallGuard {
  public:
    explicit ThreadedCallGuard(CallGuardOptions options)
        : options_(std::move(options)), watch_(steady_clock::now(), options_.grace) {
        if (!options_.receipts.empty())
            store_ = open_receipt_store({.file = options_.receipts,
                                         .most_remembered = ReceiptBook::most_attempts,
                                         .remembered = [this](std::vector<v1::CallRecord> records) {
                                             const std::lock_guard lock(mutex_);
                                             book_.remembered(std::move(records));
                                         }});
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    ~ThreadedCallGuard() override {
        thread_.request_stop();
        thread_.join();
        store_.reset();  // its thread may still be about to hand over what it remembers
    }

    void rules(const v1::Rules& rules) override {
        const std::lock_guard lock(mutex_);
        watch_.set_unseen_after(
            milliseconds(rules.has_unseen_after_ms() ? rules.unseen_after_ms() : usual_unseen_after_ms));
    }

    void found(const v1::HallState& state) override {
        const std::lock_guard lock(mutex_);
        watch_.found(state);
    }

    void hall_event(const v1::HallEvent& event) override {
        const std::lock_guard lock(mutex_);
        bool calls = false;
        for (const v1::HallChange& change : event.changes()) {
            if (!change.has_call()) continue;
            calls = true;
            if (book_.call(event.hall(), change.call(), event.at_ms()) && store_)
                store_->call(event.hall(), change.call());
        }
        if (!calls) return;
        watch_.hall_event(event, steady_clock::now());
        wake_.notify_all();
    }

    std::uint64_t receipts(const std::string& player, const v1::ReceiptReport& report) override {
        const std::int64_t received_us = wall_clock_us();
        std::uint64_t up_to = 0;
        bool shown = false;
        const std::lock_guard lock(mutex_);
        for (int i = 0; i < std::min(report.receipts_size(), most_receipts_in_report); ++i) {
            const v1::Receipt& receipt = report.receipts(i);
            up_to = std::max(up_to, receipt.number());
            v1::KeptReceipt kept;
            const auto taken = book_.receipt(report.hall(), player, receipt, received_us, &kept);
            if (taken == ReceiptBook::Taken::kept && store_) store_->receipt(report.hall(), kept);
            // Nobody can read a call where all pixels are of one colour.
            if (!receipt.has_shown() || receipt.shown().blank() || taken == ReceiptBook::Taken::nonsense) continue;
            watch_.shown(report.hall(), receipt.call_id(), receipt.attempt(), steady_clock::now());
            shown = true;
        }
        if (shown) wake_.notify_all();
        return up_to;
    }

    v1::CallList calls(const v1::CallsRequest& request) const override {
        const std::lock_guard lock(mutex_);
        return book_.list(request);
    }

  private:
    void run(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            const auto wanted = watch_.take_due(steady_clock::now());
            if (!wanted.empty()) {
                lock.unlock();
                for (const CallWatch::Wanted& one : wanted) {
                    tell(one);
                    options_.submit(command_of(one));
                }
                lock.lock();
                continue;
            }
            // Something may be due at once; an event or a receipt can only make it earlier, and wakes this thread.
            const auto next = watch_.next_due();
            const auto earlier = [&] { return watch_.next_due() < next; };
            if (next == CallWatch::Moment::max())
                wake_.wait(lock, stop, earlier);
            else
                wake_.wait_until(lock, stop, next, earlier);
        }
    }

    const CallGuardOptions options_;

    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    // Protected by mutex_.
    CallWatch watch_;
    ReceiptBook book_;

    std::unique_ptr<ReceiptStore> store_;  // its queue is its own
    std::jthread thread_;
};

}  // namespace

std::unique_ptr<CallGuard> make_call_guard(CallGuardOptions options) {
    return std::make_unique<ThreadedCallGuard>(std::move(options));
}

}  // namespace hallcast::master
