// Decodes one playing of one clip on a thread of its own, a little ahead of the clock, into bounded queues.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

#include "player/media/clip_reader.h"
#include "player/media/playback.h"
#include "player/media/samples.h"
#include "player/media/sound_track.h"

namespace hallcast::media {

// Counted by all decoders of one playback.
struct PictureCounters {
    std::atomic<std::uint64_t> decoded{0};
    std::atomic<std::uint64_t> late{0};
    std::atomic<std::uint64_t> skipped{0};
};

struct ClipDecoderOptions {
    std::chrono::milliseconds patience{2000};  // for the first picture
    PictureCounters* counters = nullptr;       // outlives the decoder
    // Called from the decoder's thread, without a lock: something is there that was missing. `picture`: one that
    // picture_at() was asked about.
    std::function<void(bool picture)> progressed;
};

// Internally synchronized: the thread that shows, and the one that moves sound. No call but the destructor waits.
class ClipDecoder {
  public:
    ClipDecoder(PlaylistEntry entry, ClipDecoderOptions options);
    ~ClipDecoder();  // ends the thread: waits for the picture that is being decoded
    ClipDecoder(const ClipDecoder&) = delete;
    ClipDecoder& operator=(const ClipDecoder&) = delete;

    enum class State { opening, ready, failed };  // ready: the first picture is there
    State state() const;
    Error error() const;  // when failed

    // How long the clip plays. nullopt: not known yet; never changes afterwards.
    std::optional<Samples> length() const;

    struct View {
        picture::VideoFramePtr frame;                  // null while opening
        std::optional<std::chrono::nanoseconds> next;  // when another follows; nullopt: not known yet, or `last`
        bool last = false;                             // none follows
    };
    // `time` is the clip's own, and grows. What is before it is let go.
    View picture_at(std::chrono::nanoseconds time);
    // The same without looking: nobody may be looking, yet time goes on.
    void advance(std::chrono::nanoseconds time);
    // It is over: what was decoded and not shown of the clip's first `length` counts as skipped.
    void give_up(Samples length);

    // Sound or silence from the position reached, as much as is decided; consume() moves the position.
    std::size_t peek_sound(std::span<float> interleaved);
    void consume_sound(std::size_t frames);

    // How many pictures may wait (large ones: fewer, by their memory).
    void set_capacity(std::size_t pictures);
    std::size_t waiting_pictures() const;
    bool all_decoded() const;

  private:
    struct Waiting {
        ClipPicture picture;
        bool shown = false;
        bool late = false;
    };

    void run(const std::stop_token& stop);
    void decode(ClipReader& reader, const std::stop_token& stop);
    enum class Work { none, ahead, sound, picture };
    Work next_work(const ClipReader& reader) const;
    void note_extent(const ClipReader& reader);
    void take_picture(std::optional<ClipPicture> picture);
    void let_go(std::chrono::nanoseconds time);
    std::size_t capacity() const;
    void notify(std::unique_lock<std::mutex>& lock, bool state_changed);

    const PlaylistEntry entry_;
    const ClipDecoderOptions options_;

    mutable std::mutex mutex_;
    std::condition_variable_any work_;
    // Protected by mutex_:
    State state_ = State::opening;
    Error error_;
    std::deque<Waiting> pictures_;
    std::chrono::nanoseconds playhead_{0};
    std::size_t capacity_ = 2;
    std::size_t picture_bytes_ = 1;
    bool pictures_done_ = false;
    SoundTrack sound_;
    Samples extent_ = 0;
    std::optional<Samples> length_;
    bool ahead_blocked_ = false;  // no room for packets until a picture is decoded
    bool picture_news_ = false;   // another picture, or the end of them, since the last notify()
    bool picture_awaited_ = false;
    bool sound_awaited_ = false;

    std::jthread thread_;  // last: starts when all else is there, ends before all else goes
};

}  // namespace hallcast::media
