#include "player/media/clip_decoder.h"

#include <algorithm>

namespace hallcast::media {
namespace {

using std::chrono::nanoseconds;

constexpr Samples sound_ahead = samples_per_second;           // decoded sound that waits
constexpr Samples extent_ahead = samples_per_second * 3 / 2;  // the end of a clip is known so long before it is played
constexpr std::size_t picture_memory = 24 << 20;              // of one clip: six 1080p pictures are 18 MB
constexpr nanoseconds still_duration = std::chrono::seconds(10);
constexpr nanoseconds far_behind = std::chrono::milliseconds(200);

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
    auto reader = ClipReader::open(entry_.file, options_.patience, stop);
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

void ClipDecoder::decode(ClipReader& reader, const std::stop_token& stop) {
    auto first = reader.next_picture();
    HALLCAST_ASSERT(first.has_value());
    std::unique_lock lock(mutex_);
    if (!reader.has_sound()) sound_.finish();
    picture_bytes_ = std::max<std::size_t>(1, bytes_of(*first->frame));
    state_ = State::ready;
    take_picture(std::move(first));
    note_extent(reader);
    notify(lock, true);
    while (!stop.stop_requested()) {
        Work work = Work::none;
        if (!work_.wait(lock, stop, [&] { return (work = next_work(reader)) != Work::none; })) return;
        const nanoseconds ahead_to = time_of(sound_.position() + extent_ahead);
        const bool behind = pictures_.size() == 1 && playhead_ > pictures_[0].picture.at + far_behind;
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
                picture = reader.next_picture();
                break;
            case Work::none:
                break;
        }
        lock.lock();
        const bool length_was_known = length_.has_value();
        if (work == Work::ahead) ahead_blocked_ = blocked;
        if (work == Work::picture) {
            ahead_blocked_ = false;
            take_picture(std::move(picture));
        }
        if (work == Work::sound) {
            if (sound) {
                sound_.place(samples_at(sound->at), sound->samples);
            } else {
                sound_.finish();
            }
        }
        note_extent(reader);
        notify(lock, length_.has_value() != length_was_known);
    }
}

ClipDecoder::Work ClipDecoder::next_work(const ClipReader& reader) const {
    const Samples position = sound_.position();
    if (!length_ && !ahead_blocked_ && !reader.extent_is_final() && extent_ < position + extent_ahead)
        return Work::ahead;
    const bool sound_matters = !length_ || sound_.end() < *length_;
    if (!sound_.finished() && sound_matters && sound_.end() < position + sound_ahead) return Work::sound;
    if (!pictures_done_ && pictures_.size() < capacity()) return Work::picture;
    return Work::none;
}

void ClipDecoder::note_extent(const ClipReader& reader) {
    if (length_) return;
    const bool final = reader.extent_is_final();
    const Samples limit = samples_at(entry_.duration);
    if (final && reader.is_still()) {
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
        return;
    }
    ++options_.counters->decoded;
    pictures_.push_back({std::move(*picture)});
    let_go(playhead_);
}

// The picture that `time` falls into stays, and so does the newest, whatever the time.
void ClipDecoder::let_go(nanoseconds time) {
    playhead_ = std::max(playhead_, time);
    while (pictures_.size() > 1 && pictures_[1].picture.at <= playhead_) {
        if (!pictures_.front().shown) ++options_.counters->skipped;
        pictures_.pop_front();
    }
}

std::size_t ClipDecoder::capacity() const {
    return std::clamp<std::size_t>(picture_memory / picture_bytes_, 2, std::max<std::size_t>(2, capacity_));
}

void ClipDecoder::notify(std::unique_lock<std::mutex>& lock, bool state_changed) {
    const bool picture = picture_awaited_ && (picture_news_ || state_changed);
    picture_news_ = false;
    const bool sound = sound_awaited_ && (sound_.finished() || sound_.end() > sound_.position());
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
    front.shown = true;
    view.frame = front.picture.frame;
    view.last = pictures_done_ && pictures_.size() == 1;
    if (pictures_.size() > 1) {
        view.next = pictures_[1].picture.at;
    } else if (!view.last) {
        picture_awaited_ = true;
        if (!front.late && time >= front.picture.at + front.picture.duration) {
            front.late = true;
            ++options_.counters->late;
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
        if (!waiting.shown && samples_at(waiting.picture.at) < length) ++options_.counters->skipped;
    }
    pictures_.clear();
}

std::size_t ClipDecoder::peek_sound(std::span<float> interleaved) {
    const std::scoped_lock lock(mutex_);
    const std::size_t frames = state_ == State::ready ? sound_.peek(interleaved, extent_) : 0;
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
