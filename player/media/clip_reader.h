// Reads one clip from its beginning to its end: pictures and sound, each in order, on the clip's own time.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "player/media/media_file.h"
#include "player/media/picture_conversion.h"
#include "player/media/sound_conversion.h"
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

// Externally synchronized; everything here may take long (it reads and decodes). Corrupt packets are passed over.
class ClipReader {
  public:
    // Decodes the first picture; fails when there is none within `patience`, or when `stop` was requested.
    static Expected<std::unique_ptr<ClipReader>> open(const std::filesystem::path& path,
                                                      std::chrono::milliseconds patience, std::stop_token stop = {});

    // In order of their times, which strictly grow. nullopt: that was the last.
    std::optional<ClipPicture> next_picture();
    bool has_sound() const { return sound_.codec != nullptr; }
    std::optional<ClipSound> next_sound();

    // Makes extent() reach `time` by reading packets, as far as there is room to keep them. False: no room, or the end.
    bool read_ahead(std::chrono::nanoseconds time);
    // The clip lasts at least so long, as its packets tell. Grows; zero while even that is unknown.
    std::chrono::nanoseconds extent() const;
    bool extent_is_final() const;
    // Known once extent_is_final(): one picture without sound lasts as long as one likes.
    bool is_still() const;
    // Behind the clock: leave out what no other picture needs.
    void hurry(bool on);

    MediaFile& file() { return *file_; }

  private:
    struct Track {
        AVStream* stream = nullptr;  // owned by file_
        CodecContext codec;
        std::deque<Packet> packets;
        std::size_t bytes = 0;
        bool flushing = false;  // the decoder was told of the end
        bool finished = false;
        int drain_errors = 0;
    };
    // Outlives what reads through it; asked by libav.
    struct Interruption {
        std::stop_token stop;
        std::chrono::steady_clock::time_point deadline;
        bool happened() const { return stop.stop_requested() || std::chrono::steady_clock::now() > deadline; }
    };

    ClipReader() = default;
    Expected<void> start(const std::filesystem::path& path, std::chrono::milliseconds patience);
    static CodecContext open_codec(const AVStream& stream, bool still, std::string& problem);
    bool demux();
    void measure(const AVPacket& packet);
    Frame next_frame(Track& track);
    std::optional<ClipPicture> decode_picture();

    std::unique_ptr<Interruption> interruption_ = std::make_unique<Interruption>();
    std::unique_ptr<MediaFile> file_;
    Track video_;
    Track sound_;
    PictureConversion pictures_;
    SoundConversion resampler_;

    bool demux_ended_ = false;
    std::optional<std::int64_t> origin_;       // of the clip's time, in ticks of the video stream
    std::int64_t nominal_ticks_ = 1;           // a picture's duration where the file does not say it
    std::uint64_t video_packets_ = 0;          // those that are shown
    std::optional<std::int64_t> packets_end_;  // ticks: the latest end of a picture among the packets read
    bool packets_are_timed_ = true;            // every video packet had a presentation time
    std::optional<std::int64_t> last_ticks_;   // of the last picture decoded
    std::chrono::nanoseconds decoded_end_{0};
    std::optional<std::chrono::nanoseconds> sound_end_;
    std::optional<ClipPicture> first_;  // decoded by open()
    std::string picture_problem_;
};

}  // namespace hallcast::media
