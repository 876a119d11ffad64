// The calls that wait for the voice: which is next, in what wording, and what became of each.
#pragma once

#include <deque>
#include <functional>
#include <set>
#include <utility>

#include "player/sound/announcer.h"
#include "player/sound/wording.h"

namespace hallcast::sound {

// Externally synchronized; lives on the announcer's thread. Time is an argument, so that a test is its own clock.
class AnnouncementQueue {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    using SpokenCallback = std::function<void(const Announcement&, time_point)>;

    AnnouncementQueue(Mixer& mixer, SpokenCallback spoken) : mixer_(mixer), spoken_(std::move(spoken)) {}

    void add(Announcement announcement, time_point now);

    // Hears from the mixer what was spoken, then renders and schedules the next call if it is time to. `voice` is null
    // where none could be opened. Returns when to come again; time_point::max(): not before the next add().
    time_point step(time_point now, Voice* voice);

    const Announcer::Report& report() const { return report_; }

  private:
    using Key = std::pair<std::string, std::uint32_t>;  // call_id, attempt
    struct Waiting {
        Announcement announcement;
        time_point called_at;
    };
    struct Scheduled {
        std::uint64_t id;
        Announcement announcement;
        std::chrono::nanoseconds length;
        bool started;
    };

    void hear();
    void drop_expired(time_point start);
    void schedule_next(time_point start, Voice* voice);

    Mixer& mixer_;
    SpokenCallback spoken_;
    std::deque<Waiting> waiting_;
    bool overflowing_ = false;         // and the log says so already
    std::deque<Scheduled> scheduled_;  // at most two: the one that sounds and the one after it
    time_point busy_until_;            // when the last of `scheduled_` ends, as far as known
    std::uint64_t next_id_ = 1;
    std::set<Key> known_;
    std::deque<Key> known_order_;  // the oldest is forgotten first
    WordingLengths lengths_{{std::chrono::seconds(8), std::chrono::seconds(4), std::chrono::milliseconds(900)}};
    Announcer::Report report_;
};

}  // namespace hallcast::sound
