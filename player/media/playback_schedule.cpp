#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "player/media/playlist_playback.h"
#include "protocol/base/stream_address.h"

namespace hallcast::media {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

constexpr Samples open_ahead = samples_per_second;  // of the sound handed out: a decoder has 1 to 1.5 s to get ready
constexpr Samples last_moment = samples_per_second / 10;  // nothing has followed until then: nothing will, smoothly
constexpr std::size_t sound_chunk = 1024;
// Decoded pictures in all, those of the next clip included: 7 of 1080p are 22 MB.
constexpr std::size_t pictures_shown = 5;
constexpr std::size_t pictures_next = 2;
// Decoders that do not come back from their clip: no more are opened while so many hang.
constexpr std::size_t most_hanging = 8;
// A stream that played so long and was lost is news, and is tried again soon; one that comes and goes waits longer.
constexpr Samples steady_stream = 10 * samples_per_second;

}  // namespace

void PlaylistPlayback::poke() {
    poked_ = true;
    changed_.notify_one();
}

void PlaylistPlayback::schedule(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto now = Clock::now();
        const Timeline played = sink_.played(now) - origin_;
        Errands errands;
        std::unique_lock lock(mutex_);
        poked_ = false;
        const nanoseconds time = time_at(now, played);
        look_at_common_time(now, time);
        if (clock_.runs()) {
            behind_ = time - sound_.heard(played);
            sound_.steer(now, time, played);
        }
        // The pictures' clock may be a refresh behind the playlist's, and is set right one refresh late.
        advance(time - 2 * options_.refresh);
        follow_shown();
        take_new_list(errands);
        review_faults(errands);
        keep_step();
        review_candidate(errands);
        move_sound();
        // A clip whose last pictures came too late for anybody to say when it would end.
        if (std::exchange(turned_, false) && awaited_) errands.wake = true;
        share_out_pictures();
        for (auto& decoder : leaving_)
            if (decoder->ended()) errands.over.push_back(std::move(decoder));
        std::erase(leaving_, nullptr);
        errands.complaints = std::exchange(complaints_, {});
        const auto deadline = next_look(Clock::now());
        if (errands.any()) {
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

void PlaylistPlayback::run(Errands& errands) const {
    errands.over.clear();
    for (const auto& [entry, error] : errands.failed) {
        spdlog::warn("{} is skipped: {}", entry, error.message);
        if (options_.failed) options_.failed(entry, error);
    }
    for (const std::string& complaint : errands.complaints) spdlog::info("{}", complaint);
    for (const std::string& entry : errands.out)
        spdlog::warn("{} failed {} times in a row: it is left out until it or the playlist changes, or for an hour",
                     entry, FailureMemory::most_strikes);
    if (errands.wake && options_.wake) options_.wake();
}

void PlaylistPlayback::follow_shown() {
    const auto& occurrences = timeline_.occurrences();
    if (!occurrences.empty()) decoder(occurrences.front().number).advance(clip_time(occurrences.front()));
}

void PlaylistPlayback::take_new_list(Errands& errands) {
    if (!new_list_) return;
    steps_ = StepSchedule(*new_list_);
    timeline_.replace(std::move(*new_list_), written_);
    new_list_.reset();
    failures_.clear();
    const auto& live = timeline_.occurrences();
    for (auto at = decoders_.begin(); at != decoders_.end();) {
        if (std::ranges::find(live, at->first, &Occurrence::number) == live.end()) {
            ledger_.add(at->second->entry().id, at->second->figures(), ItemLedger::End::cut);
            leave(std::move(at->second));
            faulty_.erase(at->first);
            at = decoders_.erase(at);
        } else {
            ++at;
        }
    }
    errands.wake = true;  // what next_change() said may have been of the old list
}

void PlaylistPlayback::strike(const PlaylistEntry& entry, const Error& error, Clock::time_point now, Errands& errands) {
    const auto strike = failures_.failed(entry, error.message, now);
    if (strike.news) {
        ++failed_items_;
        errands.failed.emplace_back(entry.id, error);
    }
    if (strike.out) errands.out.push_back(entry.id);
}

void PlaylistPlayback::note_reconnect(const PlaylistEntry& entry) {
    ledger_.reconnected(entry.id);
    complaints_.push_back(entry.id + " is there again");
}

void PlaylistPlayback::review_faults(Errands& errands) {
    const auto now = Clock::now();
    std::vector<std::pair<std::uint64_t, Samples>> cuts;
    for (const Occurrence& occurrence : timeline_.occurrences()) {
        if (faulty_.contains(occurrence.number)) continue;
        ClipDecoder& faulty = decoder(occurrence.number);
        const auto fault = faulty.fault(now);
        if (!fault) continue;
        faulty_.insert(occurrence.number);
        if (is_stream(occurrence.entry.file)) {
            if (faulty.decoded_until() >= steady_stream) failures_.played(occurrence.entry);
            // It was connected to again while its last pictures were shown.
            const auto& last = timeline_.occurrences().back();
            if (last.number != occurrence.number && last.entry == occurrence.entry) note_reconnect(last.entry);
        }
        strike(occurrence.entry, *fault, now, errands);
        const Samples length = std::max({Samples(1), faulty.decoded_until(), written_ - occurrence.begin});
        faulty.end_at(length);
        cuts.emplace_back(occurrence.number, occurrence.begin + length);
    }
    for (const auto& [number, end] : cuts) timeline_.cut(number, end);
    if (!cuts.empty()) errands.wake = true;  // what next_change() said is not true any more
}

void PlaylistPlayback::look_at_common_time(Clock::time_point now, nanoseconds time) {
    ahead_.reset();
    const auto common = options_.in_step ? options_.in_step(now) : std::nullopt;
    if (!common) return;
    ahead_ = common->now - time;
    clock_.set_rate(common->rate);
}

const Occurrence* PlaylistPlayback::next_candidate(const std::function<bool(const PlaylistEntry&)>& may_play) {
    const auto& occurrences = timeline_.occurrences();
    if (in_step() && timeline_.candidate() == nullptr) {
        const Samples begin = occurrences.empty() ? written_ : occurrences.back().end.value_or(written_);
        timeline_.turn_to(steps_.at(time_of(begin) + *ahead_).entry);
    }
    return timeline_.candidate(written_ + open_ahead, may_play);
}

void PlaylistPlayback::begin_step() {
    step_end_.reset();
    if (!in_step()) return;
    const Occurrence& joined = timeline_.occurrences().back();
    step_end_ = StepEnd{joined.number, steps_.at(time_of(joined.begin) + *ahead_).end};
    keep_step();
}

void PlaylistPlayback::keep_step() {
    if (!step_end_ || !in_step() || timeline_.occurrences().empty()) return;
    const Occurrence& last = timeline_.occurrences().back();
    if (step_end_->occurrence != last.number || faulty_.contains(last.number)) return;
    const Samples end = std::max({samples_at(step_end_->at - *ahead_), written_, last.begin + 1});
    decoder(last.number).play_for(end - last.begin);
    timeline_.end_last_at(end);
}

void PlaylistPlayback::review_candidate(Errands& errands) {
    note_lengths();
    const auto now = Clock::now();
    const auto may_play = [&](const PlaylistEntry& entry) { return failures_.may_play(entry, now); };
    while (const Occurrence* candidate = next_candidate(may_play)) {
        if (!decoders_.contains(candidate->number) && leaving_.size() >= most_hanging) return;
        auto& opening = decoders_[candidate->number];
        if (!opening) {
            opening = std::make_unique<ClipDecoder>(
                candidate->entry,
                ClipDecoderOptions{open_, options_.patience, [this](bool picture) { on_progress(picture); }});
        }
        switch (opening->state()) {
            case ClipDecoder::State::opening:
                return;
            case ClipDecoder::State::failed: {
                ledger_.failed_to_open(candidate->entry.id);
                strike(candidate->entry, opening->error(), now, errands);
                auto node = decoders_.extract(candidate->number);
                leave(std::move(node.mapped()));
                timeline_.reject();
                break;
            }
            case ClipDecoder::State::ready: {
                if (is_stream(candidate->entry.file) && failures_.remembers(candidate->entry))
                    note_reconnect(candidate->entry);
                const bool cut = timeline_.admit(written_);
                begin_step();
                if (cut || awaited_) errands.wake = true;
                awaited_ = false;
                note_lengths();
                break;
            }
        }
    }
}

void PlaylistPlayback::note_lengths() {
    for (const Occurrence& occurrence : timeline_.occurrences()) {
        if (occurrence.end) continue;
        if (const auto length = decoder(occurrence.number).length()) timeline_.set_length(occurrence.number, *length);
    }
}

void PlaylistPlayback::move_sound() {
    std::array<float, sound_chunk * 2> chunk{};
    for (;;) {
        const Samples target = samples_at(played_) + lead_;
        if (written_ >= target) return;
        const auto wanted = timeline_.covering(written_, std::min(target, written_ + Samples(sound_chunk)));
        if (wanted.empty()) {
            if (target - written_ > lead_ - last_moment) sound_.flush();
            return;
        }
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

void PlaylistPlayback::share_out_pictures() {
    const auto& occurrences = timeline_.occurrences();
    if (occurrences.empty()) return;
    ClipDecoder& shown = decoder(occurrences.front().number);
    shown.set_capacity(pictures_shown);
    if (occurrences.size() < 2) return;
    const std::size_t spare =
        shown.all_decoded() ? pictures_shown - std::min(pictures_shown, shown.waiting_pictures()) : 0;
    decoder(occurrences[1].number).set_capacity(pictures_next + spare);
}

Clock::time_point PlaylistPlayback::next_look(Clock::time_point now) const {
    auto next =
        timeline_.candidate() == nullptr && !timeline_.empty() ? failures_.next_chance(now) : Clock::time_point::max();
    if (!timeline_.occurrences().empty() && !over()) {
        // Also to see a clip that stalls: it wakes nobody.
        const nanoseconds ahead = time_of(written_ - low_sound()) - played_;
        next = std::min(
            next, now + std::clamp<nanoseconds>(ahead, std::chrono::milliseconds(20), std::chrono::milliseconds(200)));
    }
    return next;
}

}  // namespace hallcast::media
