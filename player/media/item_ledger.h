// What became of each item of the playlist, summed over its playings. Pure; externally synchronized.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "player/media/clip.h"
#include "player/media/playback.h"

namespace hallcast::media {

// One playing of one clip, so far.
struct ClipFigures {
    std::uint64_t decoded = 0;
    std::uint64_t presented = 0;
    std::uint64_t late = 0;
    std::uint64_t dropped = 0;
    std::uint64_t repeated = 0;
    std::chrono::nanoseconds stalled{0};
    ClipFacts facts;
};

class ItemLedger {
  public:
    using Clock = std::chrono::steady_clock;
    // A list may be longer: what was played last is kept.
    static constexpr std::size_t most_items = 64;

    enum class End { whole, faulty, cut };  // cut: by another list
    void add(const std::string& id, const ClipFigures& figures, End end);
    void failed_to_open(const std::string& id) { ++item(id).faults; }
    void reconnected(const std::string& id) { ++item(id).reconnects; }

    // For the log, when something went wrong in this playing; then not again for this item within a minute, so that a
    // short clip in a loop does not fill the log.
    std::optional<std::string> complaint(const std::string& id, const ClipFigures& figures, End end,
                                         Clock::time_point now);

    // The one that was played last comes last.
    std::vector<ItemStatistics> items() const;
    // Of all items, also those that are not kept any more. Sets what is counted of pictures.
    void sum(PlaybackStatistics& statistics) const;

  private:
    struct Entry {
        ItemStatistics statistics;
        std::optional<Clock::time_point> complained;
    };
    ItemStatistics& item(const std::string& id) { return entry(id).statistics; }
    Entry& entry(const std::string& id);

    std::deque<Entry> entries_;  // by when they were played last
    PlaybackStatistics all_;
};

// "4 of 250 pictures late, ..."
std::string text_of(const ClipFigures& figures);

}  // namespace hallcast::media
