// Decodes one playing of one clip on a thread of its own, a little ahead of the clock, into bounded queues.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

#include "player/media/clip.h"
#include "player/media/item_ledger.h"
#include "player/media/playback.h"
#include "player/media/samples.h"
#include "player/media/sound_track.h"

namespace hallcast::media {

struct ClipDecoderOptions {
    OpenClip open;                             // who decodes
    std::chrono::milliseconds patience{2000};  // for the first picture
    // Called from the decoder's thread, without a lock: something is there that was missing. `picture`: one that
    // picture_at() was asked about.
    std::function<void(bool picture)> progressed;
};

// Internally synchronized: the thread that shows, and the one that moves sound. No call but the destructor waits.
class ClipDecoder {
  public:
    ClipDecoder(PlaylistEntry entry, ClipDecoderOptions options);
    ~ClipDecoder();  // ends the thread: waits for what is being decoded; does not wait once ended()
    ClipDecoder(const ClipDecoder&) = delete;
    ClipDecoder& operator=(const ClipDecoder&) = delete;

    const PlaylistEntry& entry() const { return entry_; }

    enum class State { opening, ready, failed };  // ready: the first picture is there
    State state() const;
    Error error() const;  // when failed

    // Why it stopped in mid-play: its clip had a fault, or gave nothing for as long as `patience` though it was wanted.
    // What was decoded until then is still to be shown.
    std::optional<Error> fault(std::chrono::steady_clock::time_point now);
    // Lets the thread end soon; it tells by progressed().
    void request_stop() { thread_.request_stop(); }
    bool ended() const;

    // How long the clip plays. nullopt: not known yet; changes only by end_at() and play_for().
    std::optional<Samples> length() const;
    // The end of the pictures decoded so far.
    Samples decoded_until() const;
    // After a fault: it lasts that long, if it does not end before anyway.
    void end_at(Samples length);
    // It lasts that long, whatever the clip says: it is cut, or its last picture stays. May change until it is over.
    void play_for(Samples length);

    struct View {
        picture::VideoFramePtr frame;                  // null while opening
        std::optional<std::chrono::nanoseconds> next;  // when another follows; nullopt: not known yet, or `last`
        bool last = false;                             // none follows
    };
    // `time` is the clip's own, and grows. What is before it is let go.
    View picture_at(std::chrono::nanoseconds time);
    // The same without looking: nobody may be looking, yet time goes on.
    void advance(std::chrono::nanoseconds time);
    // It is over: what was decoded and not shown of the clip's first `length` counts as dropped.
    void give_up(Samples length);
    // The clip's facts are as of some pictures ago.
    ClipFigures figures() const;

    // Sound or silence from the position reached, as much as is decided; consume() moves the position.
    std::size_t peek_sound(std::span<float> interleaved);
    void consume_sound(std::size_t frames);

    // How many pictures may wait (large ones: fewer, by their memory).
    void set_capacity(std::size_t pictures);
    std::size_t waiting_pictures() const;
    bool all_decoded() const;

    // Of a stream: so much is there before it begins, and before it goes on where it had run dry; then what its sender
    // is late by is not seen.
    static constexpr Samples live_reserve = samples_per_second * 6 / 5;
    // A stream that ran dry may stay so for so long.
    static constexpr std::chrono::seconds live_patience{4};

  private:
    struct Waiting {
        ClipPicture picture;
        bool shown = false;
        bool late = false;
    };

    void run(const std::stop_token& stop);
    void open_and_decode(const std::stop_token& stop);
    void decode(Clip& reader, const std::stop_token& stop);
    enum class Work { none, ahead, sound, picture };
    static constexpr std::size_t kinds_of_work = 4;
    bool fill_reserve(Clip& reader, const std::stop_token& stop);
    bool wait_for_work(const Clip& reader, std::unique_lock<std::mutex>& lock, const std::stop_token& stop, Work& work);
    void note_dry(Work work, bool dry);
    void keep_silence();
    bool holds_back() const;
    Work next_work(const Clip& reader) const;
    bool wants_picture() const;
    std::size_t pictures_together() const;
    void note_extent(const Clip& reader);
    bool starves() const;
    void stop_at_fault(Error error);
    void note_facts(const Clip& reader);
    void end_stall();
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
    std::optional<Error> fault_;
    bool ended_ = false;
    std::optional<std::chrono::steady_clock::time_point> busy_since_;  // the clip was asked for something
    std::chrono::nanoseconds decoded_until_{0};
    ClipFigures figures_;
    std::optional<std::chrono::steady_clock::time_point> late_since_;
    std::deque<Waiting> pictures_;
    std::chrono::nanoseconds playhead_{0};
    std::size_t capacity_ = 2;
    std::size_t picture_bytes_ = 1;
    std::size_t coming_ = 0;  // of the pictures that were asked for together, those not taken yet
    bool pictures_done_ = false;
    SoundTrack sound_;
    Samples extent_ = 0;
    std::optional<Samples> length_;
    bool ahead_blocked_ = false;  // no room for packets until a picture is decoded
    bool picture_news_ = false;   // another picture, or the end of them, since the last notify()
    bool picture_awaited_ = false;
    bool sound_awaited_ = false;
    bool live_ = false;
    std::array<bool, kinds_of_work> dry_{};                                // asked for a moment ago: nothing had come
    std::optional<std::chrono::steady_clock::time_point> starving_since_;  // of a stream
    bool filling_ = false;                                                 // of a stream: the reserve

    std::jthread thread_;  // last: starts when all else is there, ends before all else goes
};

}  // namespace hallcast::media
