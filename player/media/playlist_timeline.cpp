#include "player/media/playlist_timeline.h"

#include <algorithm>

#include "protocol/base/error.h"

namespace hallcast::media {
namespace {

// Decoders open at once. Clips shorter than a picture or two would otherwise fill the time ahead with dozens of them.
constexpr std::size_t most_occurrences = 5;

}  // namespace

std::optional<std::size_t> PlaylistTimeline::find(const PlaylistEntry& entry) const {
    const auto found = std::ranges::find(entries_, entry);
    if (found == entries_.end()) return std::nullopt;
    return std::size_t(found - entries_.begin());
}

void PlaylistTimeline::replace(std::vector<PlaylistEntry> entries, Samples committed) {
    entries_ = std::move(entries);
    candidate_.reset();
    next_index_ = 0;
    give_way_ = false;
    while (occurrences_.size() > 1 && occurrences_.back().begin >= committed) occurrences_.pop_back();
    if (occurrences_.empty()) return;
    Occurrence& last = occurrences_.back();
    if (entries_.empty()) {
        last.end = std::min(last.end.value_or(committed), std::max(last.begin, committed));
        return;
    }
    if (const auto index = find(last.entry)) {
        next_index_ = (*index + 1) % entries_.size();
        return;
    }
    give_way_ = true;
    if (const auto shown = find(occurrences_.front().entry)) next_index_ = (*shown + 1) % entries_.size();
}

const Occurrence* PlaylistTimeline::candidate(Samples horizon,
                                              const std::function<bool(const PlaylistEntry&)>& may_play) {
    if (candidate_) return &*candidate_;
    if (entries_.empty() || occurrences_.size() >= most_occurrences) return nullptr;
    if (!occurrences_.empty() && !give_way_) {
        const Occurrence& last = occurrences_.back();
        if (!last.end || *last.end >= horizon) return nullptr;
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const std::size_t index = (next_index_ + i) % entries_.size();
        if (!may_play(entries_[index])) continue;
        candidate_ = Occurrence{next_number_++, entries_[index], 0, std::nullopt};
        candidate_index_ = index;
        return &*candidate_;
    }
    return nullptr;
}

bool PlaylistTimeline::admit(Samples committed) {
    HALLCAST_ASSERT(candidate_.has_value());
    bool cut = false;
    candidate_->begin = committed;
    if (!occurrences_.empty()) {
        Occurrence& last = occurrences_.back();
        if (give_way_ && (!last.end || *last.end > committed)) {
            last.end = std::max(last.begin, committed);
            cut = true;
        }
        HALLCAST_ASSERT(last.end.has_value());
        candidate_->begin = *last.end;
    }
    occurrences_.push_back(std::move(*candidate_));
    candidate_.reset();
    next_index_ = (candidate_index_ + 1) % entries_.size();
    give_way_ = false;
    return cut;
}

void PlaylistTimeline::reject() {
    HALLCAST_ASSERT(candidate_.has_value());
    candidate_.reset();
    next_index_ = (candidate_index_ + 1) % entries_.size();
}

void PlaylistTimeline::set_length(std::uint64_t number, Samples length) {
    HALLCAST_ASSERT(length > 0);
    for (Occurrence& occurrence : occurrences_) {
        if (occurrence.number == number && !occurrence.end) occurrence.end = occurrence.begin + length;
    }
}

void PlaylistTimeline::cut(std::uint64_t number, Samples end) {
    const auto occurrence = std::ranges::find(occurrences_, number, &Occurrence::number);
    if (occurrence == occurrences_.end() || (occurrence->end && *occurrence->end <= end)) return;
    HALLCAST_ASSERT(end > occurrence->begin);
    const Samples shift = occurrence->end.value_or(end) - end;
    occurrence->end = end;
    for (auto after = occurrence + 1; after != occurrences_.end(); ++after) {
        after->begin -= shift;
        if (after->end) *after->end -= shift;
    }
}

void PlaylistTimeline::end_last_at(Samples end) {
    HALLCAST_ASSERT(!occurrences_.empty() && end > occurrences_.back().begin);
    occurrences_.back().end = end;
}

std::vector<WantedInterval> PlaylistTimeline::covering(Samples from, Samples to) const {
    std::vector<WantedInterval> wanted;
    for (const Occurrence& occurrence : occurrences_) {
        const Samples begin = std::max(from, occurrence.begin);
        const Samples end = std::min(to, occurrence.end.value_or(to));
        if (begin < end) wanted.push_back({occurrence.number, begin - occurrence.begin, end - occurrence.begin});
    }
    return wanted;
}

std::vector<Occurrence> PlaylistTimeline::retire(Samples time) {
    std::vector<Occurrence> over;
    while (occurrences_.size() > 1 && occurrences_[1].begin <= time) {
        over.push_back(std::move(occurrences_.front()));
        occurrences_.pop_front();
    }
    return over;
}

}  // namespace hallcast::media
