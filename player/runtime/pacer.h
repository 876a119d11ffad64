// When pictures are shown: at the refreshes of the display, each drawn as much earlier as drawing takes.
#pragma once

#include <chrono>
#include <cstdint>

namespace hallcast::runtime {

struct PacingStatistics {
    std::uint64_t presented = 0;  // pictures
    std::uint64_t late = 0;       // of them, more than half a refresh after theirs
    std::uint64_t missed = 0;     // refreshes that should have had a picture and went by
    std::chrono::nanoseconds worst_lateness{0};
};

// A grid of moments, one a refresh, counted from the start. What shows nothing by itself (an X server, a framebuffer
// file) gets its pictures at these moments by the clock, not one interval after the last, so that nothing adds up; a
// display that tells when it refreshed pulls the grid to it. Pure: time is an argument. Externally synchronized.
class Pacer {
  public:
    using Moment = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::nanoseconds;

    Pacer(Moment start, Duration refresh);

    struct Refresh {
        std::int64_t number = 0;  // since the start
        Moment at;                // when it is to be shown
        Moment draw_at;           // when to begin
    };
    // The first refresh not before `due` that was not shown yet and can still be drawn for, as of `now`: in time where
    // the display waits for its refreshes, at most half a refresh late where it shows at once what it is given.
    Refresh next(Moment now, Moment due) const;

    // What drawing a picture took.
    void drawn(Duration cost);
    // A picture of that refresh was presented, at `moment`. `steady`: one was wanted at every refresh since the last.
    void shown(const Refresh& refresh, Moment moment, bool steady);
    // At that refresh nothing had changed.
    void unchanged(const Refresh& refresh) { last_ = refresh.number; }
    // The display itself refreshed at about `moment`: presenting has waited for it.
    void refreshed(Moment moment);

    // The refresh that is on the screen.
    Refresh last() const { return refresh(last_); }
    // From the start to that refresh.
    Duration since_start(const Refresh& refresh) const { return refresh.number * refresh_; }
    const PacingStatistics& statistics() const { return statistics_; }

  private:
    Refresh refresh(std::int64_t number) const;

    Duration refresh_;
    Moment origin_;
    std::int64_t last_ = 0;  // shown, or passed by with nothing to show
    Duration lead_;          // what drawing takes, and a little more
    bool display_waits_ = false;
    PacingStatistics statistics_;
};

}  // namespace hallcast::runtime
