// Sees to it that each call is seen: takes the hall's events and the screens' receipts, and tells the queue core what
// follows from them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/office.pb.h"
#include "hallcast/v1/player.pb.h"
#include "hallcast/v1/queue.pb.h"

namespace hallcast::master {

struct CallGuardOptions {
    std::filesystem::path receipts;  // the file; empty: none is kept
    // To the queue core; from the guard's own thread.
    std::function<void(v1::Command)> submit;
    std::chrono::milliseconds grace{3000};  // see CallWatch
};

// Internally synchronized; no call waits for a disk or for the core. One thread of its own.
class CallGuard {
  public:
    virtual ~CallGuard() = default;

    virtual void rules(const v1::Rules& rules) = 0;
    virtual void found(const v1::HallState& state) = 0;  // at the start, before the first event
    virtual void hall_event(const v1::HallEvent& event) = 0;
    // Takes what a player reports; the number up to which it need not say so again. All is taken: what has no place
    // here now will have none later.
    virtual std::uint64_t receipts(const std::string& player, const v1::ReceiptReport& report) = 0;
    virtual v1::CallList calls(const v1::CallsRequest& request) const = 0;
};
std::unique_ptr<CallGuard> make_call_guard(CallGuardOptions options);

}  // namespace hallcast::master
