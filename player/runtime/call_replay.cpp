#include "player/runtime/call_replay.h"

#include <set>

namespace hallcast::runtime {
namespace {

using std::chrono::milliseconds;

}  // namespace

// Through all changes on the way: each begins when the one before it ended, not when somebody asks.
std::optional<screen::ShownCall> CallReplay::step_to(std::int64_t now_ms) {
    const CallSchedule::Moment now{milliseconds(now_ms)};
    for (auto next = calls_.next_change(); next < now; next = calls_.next_change())
        calls_.shown(next, std::chrono::duration_cast<milliseconds>(next.time_since_epoch()).count());
    return calls_.shown(now, now_ms);
}

std::optional<screen::ShownCall> CallReplay::shown(const v1::HallState& state, screen::WallTime now) {
    const std::int64_t now_ms = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
    std::set<std::int64_t> called;
    for (const v1::Call& call : state.calls())
        if (call.called_at_ms() > replayed_ms_ && call.called_at_ms() <= now_ms) called.insert(call.called_at_ms());
    for (const std::int64_t at_ms : called) {
        step_to(at_ms);
        v1::HallState then;
        for (const v1::Call& call : state.calls())
            if (call.called_at_ms() <= at_ms) {
                *then.add_calls() = call;
                // Whose visitor came meanwhile was called then, and stays big for its time.
                then.mutable_calls(then.calls_size() - 1)->set_phase(v1::CALL_PHASE_CALLED);
            }
        calls_.update(then, at_ms);
        step_to(at_ms);
    }
    replayed_ms_ = now_ms;
    return step_to(now_ms);
}

}  // namespace hallcast::runtime
