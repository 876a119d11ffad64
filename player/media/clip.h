// One clip as playback sees it: pictures and sound, each in order, on the clip's own time. Who decodes it, a worker
// process or this one, is another room's business (player/decoder).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "player/media/playback.h"
#include "player/picture/video_frame.h"
#include "protocol/base/error.h"

namespace hallcast::media {

// Times count from the clip's first picture, which is at zero.
struct ClipPicture {
    picture::VideoFramePtr frame;
    std::chrono::nanoseconds at{0};
    std::chrono::nanoseconds duration{
        0};  // as the file says or its rate suggests; the next picture's time is what counts
};

struct ClipSound {
    std::chrono::nanoseconds at{0};  // negative: it began before the pictures
    std::vector<float> samples;      // 48 kHz stereo, interleaved
};

// What is known of how a clip was decoded, so far.
struct ClipFacts {
    std::string decoder;                 // "software h264", "vaapi hevc"
    std::string why_not_better;          // of the rungs above: why each was not used; empty: there is none
    std::uint64_t concealed = 0;         // pictures shown although the decoder reported damage in them
    std::uint64_t lost_packets = 0;      // that the decoder refused
    std::chrono::nanoseconds length{0};  // as the file says; zero: it does not
};

// Externally synchronized; each call may take long (it reads and decodes). Corrupt packets are passed over.
class Clip {
  public:
    virtual ~Clip() = default;

    // In order of their times, which strictly grow. nullopt: that was the last, or fault() says what happened. The
    // first one is always there.
    virtual std::optional<ClipPicture> next_picture() = 0;
    virtual bool has_sound() const = 0;
    virtual std::optional<ClipSound> next_sound() = 0;

    // Makes extent() reach `time` by reading packets, as far as there is room to keep them. False: no room, or the end.
    virtual bool read_ahead(std::chrono::nanoseconds time) = 0;
    // The clip lasts at least so long, as its packets tell. Grows; zero while even that is unknown.
    virtual std::chrono::nanoseconds extent() const = 0;
    virtual bool extent_is_final() const = 0;
    // Known once extent_is_final(): one picture without sound lasts as long as one likes.
    virtual bool is_still() const = 0;
    // A document, each of whose pages is shown for the entry's duration: that does not end the clip.
    virtual bool has_pages() const { return false; }
    // It comes as it is sent: a call gives nothing when nothing has come yet, and never waits. waits(): that was so
    // with the last call.
    virtual bool is_live() const { return false; }
    virtual bool waits() const { return false; }
    // So many calls of next_picture() are to follow one another: a clip may make their pictures together, if that takes
    // less than to make each for itself. Pictures that were made and not asked for are given later. At first: one.
    virtual void expect([[maybe_unused]] std::size_t pictures) {}
    // Behind the clock: leave out what no other picture needs.
    virtual void hurry(bool on) = 0;

    virtual ClipFacts facts() const = 0;
    // Why it ended before its end: its decoder crashed, or gave nothing for too long, or its sender is away. No call
    // gives anything after that.
    virtual std::optional<Error> fault() const { return std::nullopt; }
};

}  // namespace hallcast::media
