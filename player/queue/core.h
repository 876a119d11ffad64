// The queue core as the master runs it: one writer thread that decides, makes durable, applies, and only then answers.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/queue.pb.h"
#include "player/queue/privacy.h"
#include "player/queue/store.h"
#include "protocol/base/error.h"

namespace hallcast::queue {

struct CoreOptions {
    // Milliseconds since 1970; injected by tests.
    std::function<std::int64_t()> now_ms;
    // The office's day at that moment, as 20261124; without it there are no days.
    std::function<std::uint32_t(const v1::Office&, std::int64_t now_ms)> day;
    // What screens may know of each step, in order, after it is durable. Called on the core's thread.
    std::function<void(const v1::HallEvent&)> publish;
    // What becomes of personal data in commands; without it, whatever needs a case number is refused.
    std::shared_ptr<Privacy> privacy;
    std::chrono::milliseconds call_expiry{60'000};
    // Replies kept in memory, rejections too; older ones are looked up in the store.
    std::size_t remembered_replies = 4096;
    // A snapshot is kept after so many events, at a day's end and at the stop, so that no start replays more. The
    // writer makes it between two groups: with 4096 visits answers wait some 20 ms (bench_queue), once in so many
    // events.
    std::uint64_t snapshot_every = 20'000;
};

// Internally synchronized.
class Core {
  public:
    virtual ~Core() = default;  // answers what was accepted, then stops

    // `done` is called on the core's thread, once, when the command is durable or rejected. Commands that arrive while
    // a commit is under way share the next one (group commit). At most 4096 wait; beyond that, UNAVAILABLE at once, on
    // the caller's thread. By the time of `done`, hall_state() shows the step and it has been published.
    virtual void submit(v1::Command command, std::function<void(const v1::CommandReply&)> done) = 0;
    v1::CommandReply submit_and_wait(v1::Command command);  // never from `done` or `publish`: it would wait for itself

    // Immutable snapshots, as of the last durable step. Null for an unknown hall; "" is the first hall.
    virtual std::shared_ptr<const v1::HallState> hall_state(std::string_view hall) const = 0;
    virtual std::vector<std::string> halls() const = 0;
    virtual std::shared_ptr<const v1::Office> office() const = 0;  // never null; empty before one was applied
};

// Loads the store's snapshot and what came after. Raises the store's epoch by one; so does every new office, because it
// replaces the halls' states whole (players see the higher epoch and take a snapshot).
Expected<std::unique_ptr<Core>> open_core(std::unique_ptr<Store> store, CoreOptions options);

}  // namespace hallcast::queue
