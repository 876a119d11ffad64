// Which calls no screen has reported to show: what becomes an alert and is called again, and what is seen after all.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hallcast/v1/hall.pb.h"

namespace hallcast::master {

// Pure: time is an argument. Externally synchronized. Remembers the latest `most_calls` calls.
class CallWatch {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    // What the queue core is to be told now, of `call` as it was last seen.
    struct Wanted {
        enum class What { repeat, confirm } what = What::repeat;
        std::string hall;
        v1::Call call;
        int repeats = 0;  // of that call, this one too
    };

    // A master that starts has players that come back: no call is missed before `grace` is over.
    explicit CallWatch(Moment started, std::chrono::milliseconds grace = std::chrono::seconds(3))
        : missed_from_(started + grace) {}

    // A call is missed when no screen reports it so long; zero: never.
    void set_unseen_after(std::chrono::milliseconds unseen_after) { unseen_after_ = unseen_after; }

    // What stood on the board before this master: never called again by the watch, but its alerts can end.
    void found(const v1::HallState& state);
    void hall_event(const v1::HallEvent& event, Moment now);
    // A screen of the hall has shown that attempt, so that it could be read.
    void shown(const std::string& hall, const std::string& call_id, std::uint32_t attempt, Moment now);

    // What is to be done by now; each is wanted again a second later when nothing has come of it.
    std::vector<Wanted> take_due(Moment now);
    // When take_due() has something next; Moment::max(): not before another event or receipt.
    Moment next_due() const;

    static constexpr int most_repeats = 3;
    static constexpr std::size_t most_calls = 1024;

  private:
    using Key = std::pair<std::string, std::string>;  // hall, call_id
    struct Watched {
        v1::Call call;
        std::uint32_t since = 0;  // the attempt that a clerk made; those of the watch come after it
        Moment expires_at;
        bool seen = false;             // any attempt from `since` on
        int repeats = 0;               // wanted for it
        Moment due = Moment::max();    // missed, or to be confirmed
        std::uint64_t last_event = 0;  // order of their last events
    };
    static bool awaited(const Watched& watched) { return watched.call.phase() == v1::CALL_PHASE_CALLED; }
    void plan(Watched& watched, Moment now) const;
    void forget_oldest();

    Moment missed_from_;
    std::chrono::milliseconds unseen_after_{800};
    std::map<Key, Watched> calls_;
    std::uint64_t events_ = 0;
};

}  // namespace hallcast::master
