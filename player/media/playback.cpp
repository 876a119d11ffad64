#include "player/media/playback.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>

#include "player/media/playlist_playback.h"

namespace hallcast::media {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

// The sound's clock counts whole samples, or the device's estimate of them: a picture may be that much early.
constexpr nanoseconds clock_grain = std::chrono::microseconds(50);
constexpr nanoseconds shortest_wait = std::chrono::milliseconds(1);

}  // namespace

PlaylistPlayback::PlaylistPlayback(SoundSink& sound, OpenClip open, PlaybackOptions options)
    : sink_(sound),
      open_(std::move(open)),
      options_(std::move(options)),
      failures_(options_.retry, stamp_of,
                [dice = std::minstd_rand(std::random_device{}())]() mutable {
                    return std::uniform_real_distribution<>(0, 1)(dice);
                }),
      sound_(sound, options_.sound_delay),
      lead_(sound_lead + std::max<Samples>(0, samples_at(options_.sound_delay))),
      early_(options_.refresh / 2),
      cadence_(options_.refresh),
      origin_(sound.played(Clock::now())),
      thread_([this](const std::stop_token& stop) { schedule(stop); }) {}

PlaylistPlayback::~PlaylistPlayback() {
    thread_.request_stop();
    thread_.join();
    decoders_.clear();
    leaving_.clear();
}

void PlaylistPlayback::set_playlist(std::vector<PlaylistEntry> entries) {
    const std::scoped_lock lock(mutex_);
    new_list_ = std::move(entries);
    poke();
}

picture::VideoFramePtr PlaylistPlayback::picture_at(Clock::time_point now) {
    const Timeline played = sink_.played(now) - origin_;
    const std::scoped_lock lock(mutex_);
    const std::uint64_t holds = cadence_.holds();
    const nanoseconds time = cadence_.at(now, time_at(now, played)) + early_;
    repeated_ += cadence_.holds() - holds;
    if (const auto next = look(time)) cadence_.next_picture_due(*next - early_);
    return shown_;
}

Clock::time_point PlaylistPlayback::next_change(Clock::time_point now) {
    const Timeline played = sink_.played(now) - origin_;
    const std::scoped_lock lock(mutex_);
    const nanoseconds time = cadence_.at(now, time_at(now, played)) + early_;
    const auto next = look(time);
    awaited_ = !next;
    if (!next) return Clock::time_point::max();
    return now + std::max(*next - time, shortest_wait);
}

PlaybackStatistics PlaylistPlayback::statistics() const {
    const std::scoped_lock lock(mutex_);
    ItemLedger ledger = ledger_;
    for (const Occurrence& occurrence : timeline_.occurrences())
        ledger.add(occurrence.entry.id, figures(occurrence), ItemLedger::End::cut);
    PlaybackStatistics statistics;
    ledger.sum(statistics);
    statistics.items = ledger.items();
    statistics.corrections = cadence_.corrections();
    statistics.failed_items = failed_items_;
    statistics.sound_speed_ppm = sound_.speed() * 1e6;
    statistics.sound_behind = behind_;
    statistics.sound_lost = clock_.gave_way();
    const auto& occurrences = timeline_.occurrences();
    if (!occurrences.empty() && !(timeline_.empty() && over())) statistics.playing = occurrences.front().entry.id;
    return statistics;
}

void PlaylistPlayback::on_progress(bool picture) {
    {
        const std::scoped_lock lock(mutex_);
        poke();
    }
    if (picture && options_.wake) options_.wake();
}

ClipDecoder& PlaylistPlayback::decoder(std::uint64_t occurrence) {
    const auto found = decoders_.find(occurrence);
    HALLCAST_ASSERT(found != decoders_.end());
    return *found->second;
}

nanoseconds PlaylistPlayback::time_at(Clock::time_point now, Timeline played) {
    const nanoseconds heard = sound_.heard(played);
    return options_.refresh > nanoseconds(0) ? clock_.at(now, heard) : heard;
}

void PlaylistPlayback::advance(nanoseconds played) {
    played_ = std::max(played_, played);
    for (const Occurrence& over : timeline_.retire(samples_at(played_ + clock_grain))) {
        auto node = decoders_.extract(over.number);
        HALLCAST_ASSERT(!node.empty());
        node.mapped()->give_up(over.end.value_or(0) - over.begin);
        ClipFigures figures = node.mapped()->figures();
        figures.repeated = std::exchange(repeated_, 0);
        const bool faulty = faulty_.erase(over.number) > 0;
        if (!faulty) failures_.played(over.entry);
        enter(over, figures, faulty ? ItemLedger::End::faulty : ItemLedger::End::whole);
        leave(std::move(node.mapped()));
        turned_ = true;
    }
}

ClipFigures PlaylistPlayback::figures(const Occurrence& occurrence) const {
    ClipFigures figures = decoders_.at(occurrence.number)->figures();
    if (occurrence.number == timeline_.occurrences().front().number) figures.repeated = repeated_;
    return figures;
}

void PlaylistPlayback::enter(const Occurrence& over, const ClipFigures& figures, ItemLedger::End end) {
    ledger_.add(over.entry.id, figures, end);
    spdlog::debug("{}: {}", over.entry.id, text_of(figures));
    if (auto complaint = ledger_.complaint(over.entry.id, figures, end, Clock::now()))
        complaints_.push_back(std::move(*complaint));
}

void PlaylistPlayback::leave(std::unique_ptr<ClipDecoder> decoder) {
    decoder->request_stop();
    leaving_.push_back(std::move(decoder));
}

nanoseconds PlaylistPlayback::clip_time(const Occurrence& shown) const {
    const Samples end = shown.end ? *shown.end : written_;
    const nanoseconds last = std::max(time_of(end - shown.begin) - nanoseconds(1), nanoseconds(0));
    return std::clamp(played_ + clock_grain - time_of(shown.begin), nanoseconds(0), last);
}

std::optional<nanoseconds> PlaylistPlayback::look(nanoseconds played) {
    advance(played);
    const auto& occurrences = timeline_.occurrences();
    if (turned_ || (!occurrences.empty() && written_ - samples_at(played_) < low_sound())) poke();
    if (occurrences.empty()) {
        awaited_ = true;
        return std::nullopt;
    }
    const Occurrence& shown = occurrences.front();
    const auto view = decoder(shown.number).picture_at(clip_time(shown));
    if (view.frame) shown_ = view.frame;
    std::optional<nanoseconds> next;
    if (view.next) next = time_of(shown.begin) + *view.next;
    if (shown.end) {
        const nanoseconds end = time_of(*shown.end);
        // Nothing follows yet: the last picture stays. A picture that is only late may come before the end.
        const bool is_end = view.last || (next && *next >= end);
        if (is_end) next = occurrences.size() > 1 ? std::optional(end) : std::nullopt;
    }
    return next;
}

bool PlaylistPlayback::over() const {
    const auto& occurrences = timeline_.occurrences();
    return !occurrences.empty() && occurrences.back().end && samples_at(played_) >= *occurrences.back().end;
}

std::unique_ptr<Playback> make_playback(SoundSink& sound, OpenClip open, PlaybackOptions options) {
    return std::make_unique<PlaylistPlayback>(sound, std::move(open), std::move(options));
}

}  // namespace hallcast::media
