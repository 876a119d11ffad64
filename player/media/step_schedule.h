// Where in a list everybody is who plays it in step: a function of a common time and of the lengths of its entries.
#pragma once

#include <chrono>
#include <vector>

#include "player/media/playback.h"

namespace hallcast::media {

// The list is played around and around since the common time's zero, so that nobody has to tell anybody where it is.
// Pure; immutable.
class StepSchedule {
  public:
    // So shortly before an entry's end the next one is meant.
    static constexpr std::chrono::milliseconds nearly{250};

    explicit StepSchedule(const std::vector<PlaylistEntry>& entries);

    // Every entry says how long it takes.
    bool known() const { return length_ > std::chrono::nanoseconds(0); }
    struct Place {
        std::size_t entry = 0;
        std::chrono::nanoseconds end;  // of that entry, in common time
    };
    // Of the entry to begin with at that time; must be known().
    Place at(std::chrono::nanoseconds common) const;

  private:
    std::vector<std::chrono::nanoseconds> ends_;  // within the list
    std::chrono::nanoseconds length_{0};
};

}  // namespace hallcast::media
