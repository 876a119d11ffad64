#include "player/media/playback.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "player/media/cadence_clock.h"
#include "player/media/clip_decoder.h"
#include "player/media/failure_memory.h"
#include "player/media/playlist_timeline.h"

namespace hallcast::media {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

// Sound handed out ahead of the loudspeaker. It cannot be taken back, so it is also how long a changed playlist waits.
constexpr Samples sound_lead = samples_per_second / 2;
constexpr Samples low_sound = sound_lead / 2;
constexpr Samples open_ahead = samples_per_second;  // of the sound handed out: a decoder has 1 to 1.5 s to get ready
constexpr std::size_t sound_chunk = 1024;
// Decoded pictures in all, those of the next clip included: 7 of 1080p are 22 MB.
constexpr std::size_t pictures_shown = 5;
constexpr std::size_t pictures_next = 2;
// The sound's clock counts whole samples, or the device's estimate of them: a picture may be that much early.
constexpr nanoseconds clock_grain = std::chrono::microseconds(50);
constexpr nanoseconds shortest_wait = std::chrono::milliseconds(1);

class PlaylistPlayback final : public Playback {
  public:
    PlaylistPlayback(SoundSink& sound, PlaybackOptions options)
        : sound_(sound),
          options_(std::move(options)),
          failures_(options_.retry),
          cadence_(options_.refresh),
          origin_(sound.played(Clock::now())),
          thread_([this](const std::stop_token& stop) { schedule(stop); }) {}

    // The decoders go while everything that they report to is still there.
    ~PlaylistPlayback() override {
        thread_.request_stop();
        thread_.join();
        decoders_.clear();
        retired_.clear();
    }

    void set_playlist(std::vector<PlaylistEntry> entries) override {
        const std::scoped_lock lock(mutex_);
        new_list_ = std::move(entries);
        poke();
    }

    picture::VideoFramePtr picture_at(Clock::time_point now) override {
        const nanoseconds heard = sound_.played(now) - origin_;
        const std::scoped_lock lock(mutex_);
        if (const auto next = look(cadence_.at(now, heard))) cadence_.next_picture_due(*next);
        return shown_;
    }

    Clock::time_point next_change(Clock::time_point now) override {
        const nanoseconds heard = sound_.played(now) - origin_;
        const std::scoped_lock lock(mutex_);
        const nanoseconds played = cadence_.at(now, heard);
        const auto next = look(played);
        awaited_ = !next;
        if (!next) return Clock::time_point::max();
        return now + std::max(*next - played, shortest_wait);
    }

    PlaybackStatistics statistics() const override {
        const std::scoped_lock lock(mutex_);
        PlaybackStatistics statistics;
        statistics.decoded = counters_.decoded;
        statistics.late = counters_.late;
        statistics.skipped = counters_.skipped;
        statistics.corrections = cadence_.corrections();
        statistics.failed_items = failed_items_;
        const auto& occurrences = timeline_.occurrences();
        if (!occurrences.empty() && !(timeline_.empty() && over())) statistics.playing = occurrences.front().entry.id;
        return statistics;
    }

  private:
    // What is to be done without the lock: it may take long, or call back.
    struct Errands {
        std::vector<std::unique_ptr<ClipDecoder>> over;  // their threads have to end
        std::vector<std::pair<std::string, Error>> failed;
        bool wake = false;
    };

    void poke() {
        poked_ = true;
        changed_.notify_one();
    }

    void on_progress(bool picture) {
        {
            const std::scoped_lock lock(mutex_);
            poke();
        }
        if (picture && options_.wake) options_.wake();
    }

    ClipDecoder& decoder(std::uint64_t occurrence) {
        const auto found = decoders_.find(occurrence);
        HALLCAST_ASSERT(found != decoders_.end());
        return *found->second;
    }

    // Lets go of what is over. The decoders themselves end later, on our thread.
    void advance(nanoseconds played) {
        played_ = std::max(played_, played);
        for (const Occurrence& over : timeline_.retire(samples_at(played_ + clock_grain))) {
            auto node = decoders_.extract(over.number);
            HALLCAST_ASSERT(!node.empty());
            node.mapped()->give_up(over.end.value_or(0) - over.begin);
            retired_.push_back(std::move(node.mapped()));
        }
        turned_ = turned_ || !retired_.empty();
    }

    // Time within the first occurrence.
    nanoseconds clip_time(const Occurrence& shown) const {
        const Samples end = shown.end ? *shown.end : written_;
        const nanoseconds last = std::max(time_of(end - shown.begin) - nanoseconds(1), nanoseconds(0));
        return std::clamp(played_ + clock_grain - time_of(shown.begin), nanoseconds(0), last);
    }

    // Finds the picture of the moment, and returns when the next one is due, if that is known.
    std::optional<nanoseconds> look(nanoseconds played) {
        advance(played);
        const auto& occurrences = timeline_.occurrences();
        if (!retired_.empty() || (!occurrences.empty() && written_ - samples_at(played_) < low_sound)) poke();
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

    void schedule(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            // The pictures' clock may be a refresh behind the sound's, and is set right one refresh late.
            const nanoseconds played = sound_.played(Clock::now()) - origin_ - 2 * options_.refresh;
            Errands errands;
            std::unique_lock lock(mutex_);
            poked_ = false;
            advance(played);
            follow_shown();
            take_new_list(errands);
            review_candidate(errands);
            move_sound();
            // A clip whose last pictures came too late for anybody to say when it would end.
            if (std::exchange(turned_, false) && awaited_) errands.wake = true;
            share_out_pictures();
            errands.over.insert(errands.over.end(), std::make_move_iterator(retired_.begin()),
                                std::make_move_iterator(retired_.end()));
            retired_.clear();
            const auto deadline = next_look(Clock::now());
            if (!errands.over.empty() || !errands.failed.empty() || errands.wake) {
                lock.unlock();
                run(errands);
                lock.lock();
            }
            const auto is_poked = [this] { return poked_; };
            if (deadline == Clock::time_point::max()) {
                changed_.wait(lock, stop, is_poked);
            } else {
                changed_.wait_until(lock, stop, deadline, is_poked);
            }
        }
    }

    void run(Errands& errands) const {
        errands.over.clear();
        for (const auto& [entry, error] : errands.failed) {
            spdlog::warn("{} is skipped: {}", entry, error.message);
            if (options_.failed) options_.failed(entry, error);
        }
        if (errands.wake && options_.wake) options_.wake();
    }

    // The last occurrence was played to its end, and nothing followed.
    bool over() const {
        const auto& occurrences = timeline_.occurrences();
        return !occurrences.empty() && occurrences.back().end && samples_at(played_) >= *occurrences.back().end;
    }

    // Pictures pass by also while nobody looks.
    void follow_shown() {
        const auto& occurrences = timeline_.occurrences();
        if (!occurrences.empty()) decoder(occurrences.front().number).advance(clip_time(occurrences.front()));
    }

    void take_new_list(Errands& errands) {
        if (!new_list_) return;
        timeline_.replace(std::move(*new_list_), written_);
        new_list_.reset();
        failures_.clear();
        const auto& live = timeline_.occurrences();
        for (auto at = decoders_.begin(); at != decoders_.end();) {
            if (std::ranges::find(live, at->first, &Occurrence::number) == live.end()) {
                errands.over.push_back(std::move(at->second));
                at = decoders_.erase(at);
            } else {
                ++at;
            }
        }
        errands.wake = true;  // what next_change() said may have been of the old list
    }

    // Opens what is wanted next, and lets it join the timeline when it is ready.
    void review_candidate(Errands& errands) {
        note_lengths();
        const auto now = Clock::now();
        const auto may_play = [&](const PlaylistEntry& entry) { return failures_.may_play(entry, now); };
        while (const Occurrence* candidate = timeline_.candidate(written_ + open_ahead, may_play)) {
            auto& opening = decoders_[candidate->number];
            if (!opening) {
                opening = std::make_unique<ClipDecoder>(
                    candidate->entry,
                    ClipDecoderOptions{options_.patience, &counters_, [this](bool picture) { on_progress(picture); }});
            }
            switch (opening->state()) {
                case ClipDecoder::State::opening:
                    return;
                case ClipDecoder::State::failed: {
                    const Error error = opening->error();
                    if (failures_.failed(candidate->entry, error.message, now)) {
                        ++failed_items_;
                        errands.failed.emplace_back(candidate->entry.id, error);
                    }
                    auto node = decoders_.extract(candidate->number);
                    errands.over.push_back(std::move(node.mapped()));
                    timeline_.reject();
                    break;
                }
                case ClipDecoder::State::ready: {
                    failures_.played(candidate->entry);
                    const bool cut = timeline_.admit(written_);
                    if (cut || awaited_) errands.wake = true;
                    awaited_ = false;
                    note_lengths();
                    break;
                }
            }
        }
    }

    void note_lengths() {
        for (const Occurrence& occurrence : timeline_.occurrences()) {
            if (occurrence.end) continue;
            if (const auto length = decoder(occurrence.number).length())
                timeline_.set_length(occurrence.number, *length);
        }
    }

    // Hands out sound in the timeline's order until enough is ahead, or none is ready.
    void move_sound() {
        std::array<float, sound_chunk * 2> chunk{};
        for (;;) {
            const Samples target = samples_at(played_) + sound_lead;
            if (written_ >= target) return;
            const auto wanted = timeline_.covering(written_, std::min(target, written_ + Samples(sound_chunk)));
            if (wanted.empty()) return;
            ClipDecoder& from = decoder(wanted.front().occurrence);
            const auto frames = std::size_t(wanted.front().to - wanted.front().from);
            const std::size_t ready = from.peek_sound(std::span(chunk).first(frames * 2));
            const std::size_t taken = ready == 0 ? 0 : sound_.write(std::span(chunk).first(ready * 2));
            HALLCAST_ASSERT(taken <= ready);
            from.consume_sound(taken);
            written_ += Samples(taken);
            if (taken < frames) return;
        }
    }

    // The shown clip has the most; what it does not need any more goes to the next, for a smooth start.
    void share_out_pictures() {
        const auto& occurrences = timeline_.occurrences();
        if (occurrences.empty()) return;
        ClipDecoder& shown = decoder(occurrences.front().number);
        shown.set_capacity(pictures_shown);
        if (occurrences.size() < 2) return;
        const std::size_t spare =
            shown.all_decoded() ? pictures_shown - std::min(pictures_shown, shown.waiting_pictures()) : 0;
        decoder(occurrences[1].number).set_capacity(pictures_next + spare);
    }

    Clock::time_point next_look(Clock::time_point now) const {
        auto next = timeline_.candidate() == nullptr && !timeline_.empty() ? failures_.next_chance(now)
                                                                           : Clock::time_point::max();
        if (!timeline_.occurrences().empty() && !over()) {
            const nanoseconds ahead = time_of(written_ - low_sound) - played_;
            next = std::min(next, now + std::clamp<nanoseconds>(ahead, std::chrono::milliseconds(20),
                                                                std::chrono::milliseconds(200)));
        }
        return next;
    }

    SoundSink& sound_;
    const PlaybackOptions options_;
    PictureCounters counters_;

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    // Protected by mutex_:
    bool poked_ = false;
    bool awaited_ = false;  // somebody waits for a picture of which nothing is known yet
    bool turned_ = false;   // another occurrence is shown than before
    std::optional<std::vector<PlaylistEntry>> new_list_;
    PlaylistTimeline timeline_;
    FailureMemory failures_;
    CadenceClock cadence_;
    std::map<std::uint64_t, std::unique_ptr<ClipDecoder>> decoders_;  // of the timeline's occurrences and its candidate
    std::vector<std::unique_ptr<ClipDecoder>> retired_;
    picture::VideoFramePtr shown_;
    Samples written_ = 0;
    nanoseconds played_{0};
    std::uint64_t failed_items_ = 0;

    const Timeline origin_;  // what the sink had played before us
    std::jthread thread_;
};

}  // namespace

std::unique_ptr<Playback> make_playback(SoundSink& sound, PlaybackOptions options) {
    return std::make_unique<PlaylistPlayback>(sound, std::move(options));
}

}  // namespace hallcast::media
