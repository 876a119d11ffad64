// The playback of a playlist: what its three kinds of threads share. playback.cpp is what is asked from outside,
// playback_schedule.cpp the thread that opens what is next and hands out sound.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "player/media/cadence_clock.h"
#include "player/media/clip_decoder.h"
#include "player/media/failure_memory.h"
#include "player/media/item_ledger.h"
#include "player/media/playback.h"
#include "player/media/playlist_clock.h"
#include "player/media/playlist_timeline.h"
#include "player/media/slaved_sound.h"
#include "player/media/step_schedule.h"

namespace hallcast::media {

// Sound handed out ahead of the loudspeaker. It cannot be taken back, so it is also how long a changed playlist waits.
constexpr Samples sound_lead = samples_per_second / 2;

class PlaylistPlayback final : public Playback {
  public:
    using Clock = std::chrono::steady_clock;

    PlaylistPlayback(SoundSink& sound, OpenClip open, PlaybackOptions options);
    // The decoders go while everything that they report to is still there.
    ~PlaylistPlayback() override;
    void set_playlist(std::vector<PlaylistEntry> entries) override;
    picture::VideoFramePtr picture_at(Clock::time_point now) override;
    Clock::time_point next_change(Clock::time_point now) override;
    PlaybackStatistics statistics() const override;

  private:
    // What is to be done without the lock: it may take long, or call back.
    struct Errands {
        std::vector<std::unique_ptr<ClipDecoder>> over;  // their threads have ended
        std::vector<std::pair<std::string, Error>> failed;
        std::vector<std::string> out;  // of the playlist, by too many failures
        std::vector<std::string> complaints;
        bool any() const { return !over.empty() || !failed.empty() || !out.empty() || !complaints.empty() || wake; }
        bool wake = false;
    };

    // Of an occurrence, in common time.
    struct StepEnd {
        std::uint64_t occurrence = 0;
        std::chrono::nanoseconds at{0};
    };

    void poke();
    void on_progress(bool picture);
    ClipDecoder& decoder(std::uint64_t occurrence);
    // The playlist's, when the sink has played so much.
    std::chrono::nanoseconds time_at(Clock::time_point now, Timeline played);
    // Lets go of what is over. The decoders themselves end later, on our thread.
    void advance(std::chrono::nanoseconds played);
    ClipFigures figures(const Occurrence& occurrence) const;
    void enter(const Occurrence& over, const ClipFigures& figures, ItemLedger::End end);
    // Nobody waits for its thread, which may hang with its clip.
    void leave(std::unique_ptr<ClipDecoder> decoder);
    // Time within the first occurrence.
    std::chrono::nanoseconds clip_time(const Occurrence& shown) const;
    // Finds the picture of the moment, and returns when the next one is due, if that is known.
    std::optional<std::chrono::nanoseconds> look(std::chrono::nanoseconds played);
    // The last occurrence was played to its end, and nothing followed.
    bool over() const;

    void schedule(const std::stop_token& stop);
    void run(Errands& errands) const;
    // Pictures pass by also while nobody looks.
    void follow_shown();
    void take_new_list(Errands& errands);
    // It is there again; the log is told.
    void note_reconnect(const PlaylistEntry& entry);
    void strike(const PlaylistEntry& entry, const Error& error, Clock::time_point now, Errands& errands);
    // A clip that stopped in mid-play ends with its last picture, or with the sound that was handed out.
    void review_faults(Errands& errands);
    void look_at_common_time(Clock::time_point now, std::chrono::nanoseconds time);
    bool in_step() const { return ahead_ && steps_.known(); }
    const Occurrence* next_candidate(const std::function<bool(const PlaylistEntry&)>& may_play);
    // The occurrence that has joined ends when its turn does, by the common time. Known for good only when the next
    // joins: the clock may still stand, or drift.
    void begin_step();
    void keep_step();
    // Opens what is wanted next, and lets it join the timeline when it is ready.
    void review_candidate(Errands& errands);
    void note_lengths();
    Samples low_sound() const { return lead_ - sound_lead / 2; }
    // Hands out sound in the timeline's order until enough is ahead, or none is ready.
    void move_sound();
    // The shown clip has the most; what it does not need any more goes to the next, for a smooth start.
    void share_out_pictures();
    Clock::time_point next_look(Clock::time_point now) const;

    SoundSink& sink_;
    const OpenClip open_;
    const PlaybackOptions options_;

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    // Protected by mutex_:
    bool poked_ = false;
    bool awaited_ = false;  // somebody waits for a picture of which nothing is known yet
    bool turned_ = false;   // another occurrence is shown than before
    std::optional<std::vector<PlaylistEntry>> new_list_;
    PlaylistTimeline timeline_;
    FailureMemory failures_;
    ItemLedger ledger_;
    std::uint64_t repeated_ = 0;  // refreshes, of the occurrence that is shown
    std::vector<std::string> complaints_;
    SlavedSound sound_;
    const Samples lead_;
    PlaylistClock clock_;
    StepSchedule steps_{{}};
    std::optional<std::chrono::nanoseconds> ahead_;  // the common time, of the playlist's; nullopt: it is not known
    std::optional<StepEnd> step_end_;
    std::chrono::nanoseconds behind_{0};  // the sound, the playlist's clock
    // A picture is shown at the refresh nearest to its time: it would be half a refresh late in the mean else.
    const std::chrono::nanoseconds early_;
    CadenceClock cadence_;
    std::map<std::uint64_t, std::unique_ptr<ClipDecoder>> decoders_;  // of the timeline's occurrences and its candidate
    std::set<std::uint64_t> faulty_;                                  // occurrences whose fault was noted
    std::vector<std::unique_ptr<ClipDecoder>> leaving_;               // over; their threads are about to end
    picture::VideoFramePtr shown_;
    Samples written_ = 0;
    std::chrono::nanoseconds played_{0};
    std::uint64_t failed_items_ = 0;

    const Timeline origin_;  // what the sink had played before us
    std::jthread thread_;
};

}  // namespace hallcast::media
