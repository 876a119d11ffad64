// The time by which a film's pictures are chosen on a display that shows so many pictures a second and no others.
#pragma once

#include <chrono>
#include <cstdint>

namespace hallcast::media {

// A clock is right in the long run, but two readings of it differ by a fraction of a millisecond more or less than a
// refresh: a picture that is due at about a refresh would be shown for one too few, the next for one too many. This
// clock goes by whole refreshes of the display, so that each picture stays for a whole number of them and the rounding
// error is carried to the next by itself. When it stays more than half a refresh away from the playlist's clock, it is
// set right by one refresh: one picture stays a refresh longer or shorter. As long as the sound can be made to follow
// the playlist's clock, that does not happen.
//
// Pure. Externally synchronized. Time never goes back.
class CadenceClock {
  public:
    using Moment = std::chrono::steady_clock::time_point;
    using Time = std::chrono::nanoseconds;

    // `refresh`: of the display; zero: none is known, the playlist's clock is used as it is.
    explicit CadenceClock(Time refresh) : refresh_(refresh) {}

    // The film's time at `moment`, when a refresh is (or was) shown, and the playlist's clock will say `heard`.
    Time at(Moment moment, Time heard);
    // Tells when the picture after the one that was chosen is due. Pictures that change at almost the moment of a
    // refresh would, by their rounded timestamps, fall on this side and on that one: the clock moves away from there.
    void next_picture_due(Time due);

    std::uint64_t corrections() const { return corrections_; }  // by a refresh, or more after the sound has jumped
    std::uint64_t holds() const { return holds_; }              // of them, those for which a picture stayed longer

  private:
    void correct(Time step);

    Time refresh_;
    bool known_ = false;
    bool stands_ = false;
    Moment moment_{};
    Time time_{0};
    Time heard_{0};
    Time push_{0};   // to add when time goes on
    Time ahead_{0};  // of the playlist's clock, smoothed
    std::uint64_t corrections_ = 0;
    std::uint64_t holds_ = 0;
};

}  // namespace hallcast::media
