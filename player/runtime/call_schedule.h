// Which calls of a hall state are new, and which of them is shown big at this moment: several at once take turns.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "layouts/layout.h"
#include "player/screen/screen.h"

namespace hallcast::runtime {

// How long a call stays big: `usual` when no other waits; the more wait, the shorter, down to `least`.
struct Dwell {
    std::chrono::milliseconds usual{10'000};
    std::chrono::milliseconds least{1500};
};
// The layout's to say; one without big calls still queues them for the voice.
Dwell dwell_of(const layouts::Layout& layout);

// Pure: time is an argument. Externally synchronized.
class CallSchedule {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    explicit CallSchedule(Dwell dwell) : dwell_(dwell) {}
    void set_dwell(Dwell dwell) { dwell_ = dwell; }

    // The calls that are new since the last update, oldest first; each is queued to be shown. Dedupe is on call and
    // attempt. A call whose visitor is there already, or that expired, is not new any more; nor is, at the first update
    // and after a silence of the master, one older than `fresh_for`: an old call must never look like a new one.
    std::vector<v1::Call> update(const v1::HallState& state, std::int64_t master_now_ms);

    // The call to show big now. Moves on to the next in the queue when its time is over.
    std::optional<screen::ShownCall> shown(Moment now, std::int64_t master_now_ms);
    // When shown() will change by itself; Moment::max() for never.
    Moment next_change() const;

    static constexpr std::int64_t fresh_for_ms = 20'000;

  private:
    struct Waiting {
        screen::ShownCall call;
        std::int64_t expires_at_ms;
    };
    std::chrono::milliseconds dwell_now() const;

    Dwell dwell_;
    std::map<std::string, std::uint32_t> seen_;  // call_id -> highest attempt; only calls of the current state
    std::deque<Waiting> waiting_;                // at most the 40 calls of a state, times their recalls
    std::optional<screen::ShownCall> shown_;
    Moment shown_since_{};
};

}  // namespace hallcast::runtime
