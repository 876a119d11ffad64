// Plays a playlist: pictures at their moment, sound into the mixer. The playlist says which intervals of which clips
// are wanted; decoders make that true ahead of time, so that a loop and a change of item are both gapless.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "player/picture/video_frame.h"
#include "protocol/base/error.h"

namespace hallcast::media {

// Time on the playlist's own clock, from the moment playback started; never goes back (see playlist_clock.h).
using Timeline = std::chrono::nanoseconds;

struct PlaylistEntry {
    std::string id;                         // of the content item, or the path of a clip: names it in reports
    std::filesystem::path file;             // or a stream's address (see stream_address.h)
    std::chrono::milliseconds duration{0};  // pictures, pages: how long each; films, streams: 0, to their end
    // How long it takes where several screens play the list in step: then exactly that. 0: not known.
    std::chrono::milliseconds slot{0};
    bool operator==(const PlaylistEntry&) const = default;
};

// A time that several players have in common, and how fast it goes by the steady clock.
struct CommonTime {
    std::chrono::nanoseconds now{0};
    double rate = 1;
};

class Clip;  // see clip.h
// Decodes the first picture; fails when there is none within `patience`, or when `stop` was requested. Any thread, many
// at once.
using OpenClip = std::function<Expected<std::unique_ptr<Clip>>(
    const PlaylistEntry& entry, std::chrono::milliseconds patience, std::stop_token stop)>;

// Of one item, summed over its playings.
struct ItemStatistics {
    std::string id;
    std::uint64_t decoded = 0;    // pictures
    std::uint64_t presented = 0;  // of them, at least at one refresh
    std::uint64_t late = 0;       // wanted but not decoded yet: the picture before stayed
    std::uint64_t dropped = 0;    // decoded, but never asked for in time
    std::uint64_t repeated = 0;   // refreshes that showed a picture longer, to stay with the sound
    std::uint64_t concealed = 0;  // shown although the decoder reported damage in them
    std::uint64_t lost_packets = 0;
    std::chrono::nanoseconds stalled{0};  // the picture stayed for so long because the next was not there
    std::uint64_t played = 0;             // from beginning to end
    std::uint64_t faults = 0;             // failures to open, and in mid-play
    std::uint64_t reconnects = 0;         // a stream that was lost, or could not be reached, was there again
    std::string decoder;                  // of the last playing
    std::string why_not_better;           // than that one; empty: there is none
};

struct PlaybackStatistics {
    std::uint64_t decoded = 0;  // pictures; these three as for an item
    std::uint64_t late = 0;
    std::uint64_t dropped = 0;
    std::uint64_t corrections = 0;  // pictures held or cut by a refresh, to stay with the sound
    std::uint64_t failed_items = 0;
    double sound_speed_ppm = 0;                // how much faster the sound is played to stay with the playlist's clock
    std::chrono::nanoseconds sound_behind{0};  // that clock, at the last look
    std::uint64_t sound_lost = 0;       // times the clock went to where the sound was, too far away to be steered
    std::string playing;                // id of the current entry
    std::vector<ItemStatistics> items;  // the latest 64, in the order in which they were played last
};

// Where the film's sound goes; implemented by the mixer. Stereo float, 48 kHz, interleaved.
// Called from one decoder thread. write() takes what it has room for, without waiting, and returns the frames taken.
class SoundSink {
  public:
    virtual ~SoundSink() = default;
    virtual std::size_t write(std::span<const float> interleaved) = 0;
    // The sound's clock: how much of what was written has left the loudspeaker at `now`. Continuous, never goes back.
    virtual Timeline played(std::chrono::steady_clock::time_point now) = 0;
};

// Internally synchronized. Its own threads decode; no call here waits for them.
class Playback {
  public:
    virtual ~Playback() = default;

    // Replaces the list. The entry that plays goes on to its end if it is still in it, otherwise until the first
    // picture of the new list is decoded: never black. An entry that cannot be played is skipped within 2 s and
    // reported. A stream plays until its duration is over, or it ends, or is lost: then the next entry follows, and it
    // is connected to again at its next turn. Alone in the list it is waited for, with its last picture.
    virtual void set_playlist(std::vector<PlaylistEntry> entries) = 0;

    // The picture to show at the refresh of the display at `now`, a little ahead or just past; moments of earlier
    // refreshes give the last one's. The last good picture while the next is not ready; null only before the very
    // first.
    virtual picture::VideoFramePtr picture_at(std::chrono::steady_clock::time_point now) = 0;
    // When picture_at() will give another one, as seen from the last refresh, `now`; time_point::max() if that is not
    // known yet (then `wake` is called).
    virtual std::chrono::steady_clock::time_point next_change(std::chrono::steady_clock::time_point now) = 0;

    virtual PlaybackStatistics statistics() const = 0;
};

constexpr std::chrono::milliseconds most_sound_delay{400};

struct PlaybackOptions {
    // Of the display: each picture is shown for a whole number of them (see cadence_clock.h), and sound follows the
    // playlist's clock. 0: no display, the sound's clock is the playlist's.
    std::chrono::nanoseconds refresh{0};
    // What the sound device is late beyond what it says; negative: what the display is. At most `most_sound_delay`.
    std::chrono::milliseconds sound_delay{0};
    // The common time at a moment, while it is known: where all entries have a slot, the list is played in step by it
    // (see step_schedule.h). A player that comes late joins at the next entry. Empty: the list begins when it does.
    // From a decoder thread; must not call playback.
    std::function<std::optional<CommonTime>(std::chrono::steady_clock::time_point)> in_step = {};
    std::function<void()> wake;  // called from a decoder thread when a picture became ready that was waited for
    // An item was skipped, or ended by a fault; from a decoder thread. Once per reason and list: it is tried again
    // later, see failure_memory.h.
    std::function<void(const std::string& entry, const Error&)> failed;
    std::chrono::milliseconds patience{2000};  // for an item's first picture, and for a next one that is due
    std::chrono::milliseconds retry{5000};     // until an item that failed gets its next chance
};

// `sound` must outlive the playback, which must be its only user. `wake` and `failed` must not destroy the playback.
// `open` makes clips of files (see clip.h).
std::unique_ptr<Playback> make_playback(SoundSink& sound, OpenClip open, PlaybackOptions options);

}  // namespace hallcast::media
