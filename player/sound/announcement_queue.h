// The calls that wait for the voice: which is next, in what wording, and what became of each.
#pragma once

#include <deque>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "player/sound/announcer.h"
#include "player/sound/render.h"
#include "player/sound/wording.h"

namespace hallcast::sound {

// Externally synchronized; lives on the announcer's thread. Time is an argument, so that a test is its own clock.
class AnnouncementQueue {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    using SpokenCallback = std::function<void(const Announcement&, time_point)>;

    using FinishedCallback = std::function<void(const Announcement&, const Heard&)>;

    AnnouncementQueue(Mixer& mixer, SpokenCallback spoken, FinishedCallback finished = {});

    void add(Announcement announcement, time_point now);
    void set_duty(Duty duty, time_point now);
    void withdraw(const std::string& notice);

    // Hears from the mixer what was spoken, then renders and schedules the next call if it is time to. `voice` is null
    // where none could be opened. Returns when to come again; time_point::max(): not before the next add().
    time_point step(time_point now, Voice* voice);

    const Announcer::Report& report() const { return report_; }

  private:
    using Key = std::pair<std::string, std::uint32_t>;  // call_id, attempt
    struct Waiting {
        Announcement announcement;  // of a notice, its `part` is the next one to be spoken
        time_point called_at;
        std::int64_t number;  // by which it waits; all parts of a notice have the same
        bool begun = false;   // it was heard before, and interrupted
    };
    struct Scheduled {
        std::uint64_t id;
        Waiting what;
        std::chrono::nanoseconds length;
        std::vector<std::string> languages;
        bool brief;
        bool silent;  // another player speaks it; the mixer does not know of it
        bool started;
        time_point from;    // until it has started: as far as known
        bool cut = false;   // it is to end as soon as nothing sounds before it
        bool over = false;  // withdrawn: where it is cut, it does not wait again
        time_point until() const { return from + length; }
    };
    struct StoodBy {
        Waiting what;
        time_point ended;
    };
    using Speak = std::function<Expected<Speech>(const Announcement&)>;

    void hear(time_point now);
    void hear_silence(time_point now);
    void ended(Scheduled& one, const Spoken& spoken);
    void take_over(time_point now);
    void interrupt();
    void cut_front();
    void leave_unspoken(time_point now);
    void wait(Waiting waiting);
    void wait_again(Waiting cut);
    void wait_in_front(std::vector<Waiting> cut);
    void take_rest(Waiting& cut);
    bool is_under_way(const Announcement& notice) const;
    void count_expired(const Waiting& one);
    void drop_expired(time_point start);
    void schedule_next(time_point start, Voice* voice);
    void schedule_call(time_point start, Voice* voice);
    void schedule_notice(time_point start, Voice* voice);
    // `speak` is called when the signal may be sounding already.
    bool schedule(Waiting what, const PcmPtr& signal, time_point start, const Speak& speak);

    Mixer& mixer_;
    SpokenCallback spoken_;
    FinishedCallback finished_;
    const PcmPtr chime_, urgent_signal_;
    std::deque<Waiting> waiting_;      // urgent ones first; else by number
    bool overflowing_ = false;         // and the log says so already
    std::deque<Scheduled> scheduled_;  // at most two: the one that sounds and the one after it
    std::deque<StoodBy> stood_by_;     // what ended silently in the last two seconds
    Duty duty_;
    std::uint64_t next_id_ = 1;
    std::int64_t next_number_ = 1, first_number_ = 0;  // the next that comes, and the next that goes in front
    std::set<Key> known_;
    std::deque<Key> known_order_;  // the oldest is forgotten first
    WordingLengths lengths_{{std::chrono::seconds(8), std::chrono::seconds(4), std::chrono::milliseconds(900)}};
    Announcer::Report report_;
};

}  // namespace hallcast::sound
