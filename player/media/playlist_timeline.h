// Which playing of which entry covers which part of the playlist's time. Pure: no clock, no files; externally
// synchronized.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "player/media/playback.h"
#include "player/media/samples.h"

namespace hallcast::media {

// One playing of one entry. A loop is many of them.
struct Occurrence {
    std::uint64_t number = 0;  // never used twice
    PlaylistEntry entry;
    Samples begin = 0;           // on the playlist's time
    std::optional<Samples> end;  // nullopt: the clip's length is not known yet
};

// A part of a clip, on the clip's own time.
struct WantedInterval {
    std::uint64_t occurrence = 0;
    Samples from = 0;
    Samples to = 0;
    bool operator==(const WantedInterval&) const = default;
};

// What follows the last occurrence is first a candidate: it is admitted when its first picture is decoded, so that
// nothing joins the timeline that cannot be shown.
class PlaylistTimeline {
  public:
    // `committed`: up to where sound was handed out already, which cannot be taken back. The occurrence that is there
    // plays on if its entry is in the new list; else it ends when the first entry of the new list is admitted.
    void replace(std::vector<PlaylistEntry> entries, Samples committed);

    // The occurrence to decode next, if one is wanted before `horizon`. `may_play` leaves out entries that failed.
    const Occurrence* candidate(Samples horizon, const std::function<bool(const PlaylistEntry&)>& may_play);
    const Occurrence* candidate() const { return candidate_ ? &*candidate_ : nullptr; }
    // The entry that is to be the next candidate.
    void turn_to(std::size_t entry) { next_index_ = entry; }
    // Its decoder is ready: it joins where the one before ends, or at `committed` when that has to give way. True: it
    // cut the one before short.
    bool admit(Samples committed);
    void reject();  // its decoder failed: the next entry gets its turn

    void set_length(std::uint64_t number, Samples length);
    // It ends earlier than was known, at `end` of the playlist's time, which must be committed or later: what follows
    // moves up. Nothing happens when it ends before anyway.
    void cut(std::uint64_t number, Samples end);

    // The last occurrence ends there, after its beginning, whatever was known.
    void end_last_at(Samples end);

    // The parts of clips that make up [from, to); the last one is as long as asked while its length is unknown.
    std::vector<WantedInterval> covering(Samples from, Samples to) const;

    // Lets go of what is over at `time` and has a successor, and returns it.
    std::vector<Occurrence> retire(Samples time);

    const std::deque<Occurrence>& occurrences() const { return occurrences_; }  // the first is the one that is shown
    bool empty() const { return entries_.empty(); }

  private:
    std::optional<std::size_t> find(const PlaylistEntry& entry) const;

    std::vector<PlaylistEntry> entries_;
    std::deque<Occurrence> occurrences_;
    std::optional<Occurrence> candidate_;
    std::size_t candidate_index_ = 0;
    std::size_t next_index_ = 0;
    std::uint64_t next_number_ = 1;
    bool give_way_ = false;  // the last occurrence is not in the list any more
};

}  // namespace hallcast::media
