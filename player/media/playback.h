// Plays a playlist: pictures at their moment, sound into the mixer. The playlist says which intervals of which clips
// are wanted; decoders make that true ahead of time, so that a loop and a change of item are both gapless.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "player/picture/video_frame.h"
#include "protocol/base/error.h"

namespace hallcast::media {

// Time on the playlist's own clock, from the moment playback started; never goes back.
using Timeline = std::chrono::nanoseconds;

struct PlaylistEntry {
    std::string id;  // of the content item, or the path of a clip: names it in reports
    std::filesystem::path file;
    std::chrono::milliseconds duration{0};  // pictures: how long; films: 0, the film's own
    bool operator==(const PlaylistEntry&) const = default;
};

struct PlaybackStatistics {
    std::uint64_t decoded = 0;      // pictures
    std::uint64_t late = 0;         // wanted but not decoded yet: the picture before stayed
    std::uint64_t skipped = 0;      // decoded, but never asked for in time
    std::uint64_t corrections = 0;  // pictures held or cut by a refresh, to stay with the sound
    std::uint64_t failed_items = 0;
    std::string playing;  // id of the current entry
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
    // reported.
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

struct PlaybackOptions {
    // Of the display: each picture is shown for a whole number of them (see cadence_clock.h). 0: as the sound says.
    std::chrono::nanoseconds refresh{0};
    std::function<void()> wake;  // called from a decoder thread when a picture became ready that was waited for
    // An item was skipped; from a decoder thread. Once per reason and list: an item that failed is tried again later.
    std::function<void(const std::string& entry, const Error&)> failed;
    std::chrono::milliseconds patience{2000};  // for an item's first picture
    std::chrono::milliseconds retry{
        5000};  // until an item that failed gets its next chance; grows to twelve times that
};

// `sound` must outlive the playback, which must be its only user: sound's time is the playlist's time. `wake` and
// `failed` must not destroy the playback.
std::unique_ptr<Playback> make_playback(SoundSink& sound, PlaybackOptions options);

}  // namespace hallcast::media
