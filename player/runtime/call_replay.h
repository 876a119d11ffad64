// Which call of a kept state a screen shows big: as one that has followed the hall all along.
#pragma once

#include "player/runtime/call_schedule.h"

namespace hallcast::runtime {

// Pure. Externally synchronized.
class CallReplay {
  public:
    explicit CallReplay(Dwell dwell) : calls_(dwell) {}

    // With this state at `now`, which does not go back from one call to the next: each call was new when it was called.
    std::optional<screen::ShownCall> shown(const v1::HallState& state, screen::WallTime now);

  private:
    std::optional<screen::ShownCall> step_to(std::int64_t now_ms);

    CallSchedule calls_;
    std::int64_t replayed_ms_ = -1;  // calls up to then are known
};

}  // namespace hallcast::runtime
