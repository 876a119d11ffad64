#include "player/media/clip_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocol/base/stream_address.h"

namespace hallcast::media {
namespace {

using std::chrono::nanoseconds;

constexpr Samples sound_ahead = samples_per_second;           // decoded sound that waits
constexpr Samples extent_ahead = samples_per_second * 3 / 2;  // the end of a clip is known so long before it is played
constexpr std::size_t picture_memory = 24 << 20;              // of one clip: six 1080p pictures are 18 MB
constexpr nanoseconds still_duration = std::chrono::seconds(10);
constexpr std::uint64_t facts_every = 32;  // pictures
constexpr std::size_t asked_together = 2;  // pictures
constexpr nanoseconds far_behind = std::chrono::milliseconds(200);
constexpr std::chrono::milliseconds live_look{15};      // between two looks at a stream of which nothing had come
constexpr std::chrono::seconds longest_filling{3};      // of a stream that sends less than it plays
constexpr Samples most_sound_lag = samples_per_second;  // of a stream's sound behind its pictures: it has none just now

std::size_t bytes_of(const picture::VideoFrame& frame) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < frame.planes.size(); ++i) {
        if (frame.planes[i] == nullptr) continue;
        const int rows = i == 0 ? frame.height : (frame.height + 1) / 2;
        bytes += std::size_t(frame.strides[i]) * std::size_t(rows);
    }
    return bytes;
}

}  // namespace

ClipDecoder::ClipDecoder(PlaylistEntry entry, ClipDecoderOptions options)
    : entry_(std::move(entry)),
      options_(std::move(options)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

ClipDecoder::~ClipDecoder() = default;

void ClipDecoder::run(const std::stop_token& stop) {
    open_and_decode(stop);
    {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
    }
    options_.progressed(false);
}

void ClipDecoder::open_and_decode(const std::stop_token& stop) {
    auto reader = options_.open(entry_, options_.patience, stop);
    if (reader) {
        decode(**reader, stop);
        return;
    }
    if (stop.stop_requested()) return;
    std::unique_lock lock(mutex_);
    error_ = reader.error();
    state_ = State::failed;
    notify(lock, true);
}

void ClipDecoder::decode(Clip& reader, const std::stop_token& stop) {
    auto first = reader.next_picture();
    HALLCAST_ASSERT(first.has_value());
    if (reader.is_live() && !fill_reserve(reader, stop)) return;
    std::unique_lock lock(mutex_);
    live_ = reader.is_live();
    if (!reader.has_sound()) sound_.finish();
    picture_bytes_ = std::max<std::size_t>(1, bytes_of(*first->frame));
    state_ = State::ready;
    take_picture(std::move(first));
    note_facts(reader);
    note_extent(reader);
    notify(lock, true);
    while (!stop.stop_requested()) {
        Work work = Work::none;
        if (!wait_for_work(reader, lock, stop, work)) return;
        const nanoseconds ahead_to = time_of(sound_.position() + extent_ahead);
        const bool behind = pictures_.size() == 1 && playhead_ > pictures_[0].picture.at + far_behind;
        if (work == Work::picture && coming_ == 0) coming_ = pictures_together();
        const std::size_t expected = coming_;
        busy_since_ = std::chrono::steady_clock::now();
        lock.unlock();
        bool blocked = false;
        std::optional<ClipSound> sound;
        std::optional<ClipPicture> picture;
        switch (work) {
            case Work::ahead:
                blocked = !reader.read_ahead(ahead_to);
                break;
            case Work::sound:
                sound = reader.next_sound();
                break;
            case Work::picture:
                reader.hurry(behind);
                reader.expect(expected);
                picture = reader.next_picture();
                break;
            case Work::none:
                break;
        }
        const auto fault = reader.fault();
        const bool dry = reader.waits();
        lock.lock();
        busy_since_.reset();
        if (fault_) return;  // it was given up meanwhile
        const bool length_was_known = length_.has_value();
        if (live_) note_dry(work, dry);
        if (work == Work::ahead) ahead_blocked_ = blocked;
        if (work == Work::picture && !dry) {
            ahead_blocked_ = false;
            --coming_;
            take_picture(std::move(picture));
        }
        if (work == Work::sound && !dry) {
            if (sound) {
                sound_.place(samples_at(sound->at), sound->samples);
            } else {
                sound_.finish();
            }
        }
        if (work == Work::picture) note_facts(reader);
        if (fault) {
            stop_at_fault(*fault);
            notify(lock, true);
            return;
        }
        note_extent(reader);
        if (live_) keep_silence();
        notify(lock, length_.has_value() != length_was_known);
    }
}

// False: it is not wanted any more. What never comes is not waited for: it begins with less.
bool ClipDecoder::fill_reserve(Clip& reader, const std::stop_token& stop) {
    const auto give_up = std::chrono::steady_clock::now() + longest_filling;
    std::unique_lock lock(mutex_);
    for (;;) {
        lock.unlock();
        reader.read_ahead(time_of(live_reserve));
        const bool is_full = !reader.waits();
        lock.lock();
        if (stop.stop_requested()) return false;
        if (is_full || std::chrono::steady_clock::now() >= give_up) return true;
        work_.wait_for(lock, stop, live_look, [] { return false; });
    }
}

// False: it is not wanted any more.
bool ClipDecoder::wait_for_work(const Clip& reader, std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
                                Work& work) {
    const auto is_there = [&] { return (work = next_work(reader)) != Work::none; };
    if (!live_) return work_.wait(lock, stop, is_there);
    while (!stop.stop_requested()) {
        if (work_.wait_for(lock, stop, live_look, is_there)) return true;
        dry_.fill(false);
    }
    return false;
}

void ClipDecoder::note_dry(Work work, bool dry) {
    dry_[std::size_t(work)] = dry;
    if (!starves() && !filling_) {
        starving_since_.reset();
    } else if (!starving_since_) {
        starving_since_ = std::chrono::steady_clock::now();
    }
}

// Sound that a stream stopped to send must not hold up its pictures.
void ClipDecoder::keep_silence() {
    const Samples lag = extent_ - sound_.end();
    if (sound_.finished() || !dry_[std::size_t(Work::sound)] || lag <= most_sound_lag) return;
    const std::vector<float> silence(std::size_t(lag - most_sound_lag / 2) * 2);
    sound_.place(sound_.end(), silence);
}

// A stream that ran dry goes on when the reserve is there again, not with every picture that comes.
bool ClipDecoder::holds_back() const { return filling_ && !length_ && extent_ < sound_.position() + live_reserve; }

void ClipDecoder::stop_at_fault(Error error) {
    fault_ = std::move(error);
    pictures_done_ = true;
    picture_news_ = true;
    sound_.finish();
    end_stall();
}

void ClipDecoder::note_facts(const Clip& reader) {
    if (figures_.decoded % facts_every != 1 && !pictures_done_) return;
    figures_.facts = reader.facts();
}

void ClipDecoder::end_stall() {
    if (!late_since_) return;
    figures_.stalled += std::chrono::steady_clock::now() - *late_since_;
    late_since_.reset();
}

ClipFigures ClipDecoder::figures() const {
    const std::scoped_lock lock(mutex_);
    ClipFigures figures = figures_;
    if (late_since_) figures.stalled += std::chrono::steady_clock::now() - *late_since_;
    return figures;
}

// Somebody waits for what is not decoded.
bool ClipDecoder::starves() const {
    const bool picture = pictures_.size() <= 1 && !pictures_done_;
    const bool sound = sound_awaited_ && !sound_.finished() && sound_.end() <= sound_.position();
    return state_ == State::ready && (picture || sound);
}

std::optional<Error> ClipDecoder::fault(std::chrono::steady_clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    if (!fault_ && busy_since_ && starves() && now - *busy_since_ >= options_.patience)
        stop_at_fault({fmt::format("{}: gave no picture for {} ms though one was due; is its disk slow?",
                                   name_of_source(entry_.file), options_.patience.count())});
    if (!fault_ && starving_since_ && (starves() || filling_) && now - *starving_since_ >= live_patience)
        stop_at_fault({fmt::format("{}: sent nothing for {} s; is its sender on, and the network fast enough?",
                                   name_of_source(entry_.file), live_patience.count())});
    return fault_;
}

bool ClipDecoder::ended() const {
    const std::scoped_lock lock(mutex_);
    return ended_;
}

Samples ClipDecoder::decoded_until() const {
    const std::scoped_lock lock(mutex_);
    return samples_at(decoded_until_);
}

void ClipDecoder::end_at(Samples length) {
    const std::scoped_lock lock(mutex_);
    HALLCAST_ASSERT(fault_.has_value() && length > 0);
    length_ = std::min(length, length_.value_or(length));
    extent_ = *length_;
}

ClipDecoder::Work ClipDecoder::next_work(const Clip& reader) const {
    const Samples position = sound_.position();
    const auto is_dry = [this](Work work) { return dry_[std::size_t(work)]; };
    if (!length_ && !ahead_blocked_ && !reader.extent_is_final() && extent_ < position + extent_ahead &&
        !is_dry(Work::ahead))
        return Work::ahead;
    const bool sound_matters = !length_ || sound_.end() < *length_;
    if (!sound_.finished() && sound_matters && sound_.end() < position + sound_ahead && !is_dry(Work::sound))
        return Work::sound;
    return wants_picture() && !is_dry(Work::picture) ? Work::picture : Work::none;
}

// Each question wakes two threads, and those sleep better together: where some pictures wait, the next ones are asked
// for when there is room for two. Where none waits, the next one is urgent.
std::size_t ClipDecoder::pictures_together() const {
    const std::size_t waiting = pictures_.size(), most = capacity();
    return waiting >= 2 && most >= 4 ? std::min(asked_together, most - std::min(most, waiting)) : 1;
}

bool ClipDecoder::wants_picture() const {
    if (pictures_done_ || pictures_.size() >= capacity()) return false;
    const std::size_t room = capacity() - pictures_.size();
    return coming_ > 0 || pictures_.size() < 2 || capacity() < 4 || room >= asked_together;
}

void ClipDecoder::note_extent(const Clip& reader) {
    if (length_) return;
    const bool final = reader.extent_is_final();
    const Samples limit = reader.has_pages() ? 0 : samples_at(entry_.duration);
    if (final && !live_ && reader.is_still()) {
        length_ = std::max<Samples>(1, limit > 0 ? limit : samples_at(still_duration));
    } else {
        extent_ = std::max(extent_, samples_at(reader.extent()));
        if (final) length_ = std::max<Samples>(1, extent_);
        if (limit > 0 && extent_ >= limit) length_ = limit;
    }
    if (length_) extent_ = *length_;
}

void ClipDecoder::take_picture(std::optional<ClipPicture> picture) {
    picture_news_ = true;
    if (!picture || (length_ && samples_at(picture->at) >= *length_)) {
        pictures_done_ = true;
        end_stall();
        return;
    }
    end_stall();
    ++figures_.decoded;
    decoded_until_ = picture->at + picture->duration;
    pictures_.push_back({std::move(*picture)});
    let_go(playhead_);
}

// The picture that `time` falls into stays, and so does the newest, whatever the time.
void ClipDecoder::let_go(nanoseconds time) {
    playhead_ = std::max(playhead_, time);
    while (pictures_.size() > 1 && pictures_[1].picture.at <= playhead_) {
        if (!pictures_.front().shown) ++figures_.dropped;
        pictures_.pop_front();
    }
}

std::size_t ClipDecoder::capacity() const {
    return std::clamp<std::size_t>(picture_memory / picture_bytes_, 2, std::max<std::size_t>(2, capacity_));
}

void ClipDecoder::notify(std::unique_lock<std::mutex>& lock, bool state_changed) {
    const bool picture = picture_awaited_ && (picture_news_ || state_changed);
    picture_news_ = false;
    const bool sound = sound_awaited_ && !holds_back() && (sound_.finished() || sound_.end() > sound_.position());
    if (picture) picture_awaited_ = false;
    if (sound) sound_awaited_ = false;
    if (!picture && !sound && !state_changed) return;
    lock.unlock();
    options_.progressed(picture);
    lock.lock();
}

ClipDecoder::State ClipDecoder::state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

Error ClipDecoder::error() const {
    const std::scoped_lock lock(mutex_);
    return error_;
}

std::optional<Samples> ClipDecoder::length() const {
    const std::scoped_lock lock(mutex_);
    return length_;
}

void ClipDecoder::play_for(Samples length) {
    const std::scoped_lock lock(mutex_);
    HALLCAST_ASSERT(length > 0);
    if (length_ == length) return;
    length_ = extent_ = length;
    work_.notify_all();
}

ClipDecoder::View ClipDecoder::picture_at(nanoseconds time) {
    const std::scoped_lock lock(mutex_);
    let_go(time);
    work_.notify_all();
    View view;
    if (pictures_.empty()) {
        picture_awaited_ = true;
        return view;
    }
    Waiting& front = pictures_.front();
    if (!std::exchange(front.shown, true)) ++figures_.presented;
    view.frame = front.picture.frame;
    view.last = pictures_done_ && pictures_.size() == 1;
    if (pictures_.size() > 1) {
        view.next = pictures_[1].picture.at;
    } else if (!view.last) {
        picture_awaited_ = true;
        if (!front.late && time >= front.picture.at + front.picture.duration) {
            front.late = true;
            ++figures_.late;
            late_since_ = std::chrono::steady_clock::now();
        }
    }
    return view;
}

void ClipDecoder::advance(nanoseconds time) {
    const std::scoped_lock lock(mutex_);
    let_go(time);
    work_.notify_all();
}

void ClipDecoder::give_up(Samples length) {
    const std::scoped_lock lock(mutex_);
    for (const Waiting& waiting : pictures_) {
        if (!waiting.shown && samples_at(waiting.picture.at) < length) ++figures_.dropped;
    }
    pictures_.clear();
}

std::size_t ClipDecoder::peek_sound(std::span<float> interleaved) {
    const std::scoped_lock lock(mutex_);
    if (!holds_back()) filling_ = false;
    const std::size_t frames = state_ == State::ready && !filling_ ? sound_.peek(interleaved, extent_) : 0;
    if (live_ && frames == 0 && !length_) filling_ = true;
    sound_awaited_ = frames < interleaved.size() / 2;
    return frames;
}

void ClipDecoder::consume_sound(std::size_t frames) {
    const std::scoped_lock lock(mutex_);
    sound_.consume(frames);
    work_.notify_all();
}

void ClipDecoder::set_capacity(std::size_t pictures) {
    const std::scoped_lock lock(mutex_);
    if (pictures == capacity_) return;
    capacity_ = pictures;
    work_.notify_all();
}

std::size_t ClipDecoder::waiting_pictures() const {
    const std::scoped_lock lock(mutex_);
    return pictures_.size();
}

bool ClipDecoder::all_decoded() const {
    const std::scoped_lock lock(mutex_);
    return pictures_done_;
}

}  // namespace hallcast::media
