// Reads one clip from its beginning to its end: pictures and sound, each in order, on the clip's own time.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "player/decoder/caption_setup.h"
#include "player/decoder/film_captions.h"
#include "player/decoder/media_file.h"
#include "player/decoder/picture_conversion.h"
#include "player/decoder/picture_decoder.h"
#include "player/decoder/picture_filter.h"
#include "player/decoder/picture_memory.h"
#include "player/decoder/sound_conversion.h"
#include "player/media/clip.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

struct ReaderOptions {
    std::chrono::milliseconds patience{2000};
    std::stop_token stop;
    PictureMemory* memory = nullptr;  // where pictures are to lie; outlives the clip and its pictures; null: anywhere
    DecodingOptions decoding;
    CaptionSetup captions;                   // used while the clip is opened
    std::chrono::milliseconds page_time{0};  // how long each page of a document is shown; 0: the usual
    bool is_stream = false;                  // the file is the pipe of a stream's receiver
};

class ClipReader final : public media::Clip {
  public:
    // Decodes the first picture; fails when there is none within `patience`, or when `stop` was requested. Errors do
    // not name the file.
    static Expected<std::unique_ptr<ClipReader>> open(media::ClipFile file, ReaderOptions options);

    std::optional<media::ClipPicture> next_picture() override;
    bool has_sound() const override { return sound_codec_ != nullptr; }
    std::optional<media::ClipSound> next_sound() override;

    bool read_ahead(std::chrono::nanoseconds time) override;
    std::chrono::nanoseconds extent() const override;
    bool extent_is_final() const override;
    bool is_still() const override;
    bool is_live() const override { return file_->stream() != nullptr; }
    bool waits() const override { return waits_; }
    std::optional<Error> fault() const override;
    void hurry(bool on) override;
    media::ClipFacts facts() const override;

  private:
    struct Track {
        AVStream* stream = nullptr;  // owned by file_
        std::deque<Packet> packets;
        std::size_t bytes = 0;
        bool is_full() const;
        Packet take();  // null: there is none
    };
    // Outlives what reads through it; asked by libav.
    struct Interruption {
        std::stop_token stop;
        std::chrono::steady_clock::time_point deadline;
        bool happened() const { return stop.stop_requested() || std::chrono::steady_clock::now() > deadline; }
    };

    explicit ClipReader(PictureMemory* memory) : pictures_(memory) {}
    Expected<void> start(media::ClipFile file, ReaderOptions& options);
    bool demux();
    void measure(const AVPacket& packet);
    Frame next_picture_frame();
    Frame next_sound_frame();
    std::optional<media::ClipPicture> decode_picture();
    void decode_first_picture();

    std::unique_ptr<Interruption> interruption_ = std::make_unique<Interruption>();
    std::unique_ptr<MediaFile> file_;
    Track video_;
    Track sound_;
    std::unique_ptr<PictureDecoder> decoder_;
    std::unique_ptr<PictureFilter> filter_;
    PictureConversion pictures_;
    CodecContext sound_codec_;  // null: no sound
    SoundConversion resampler_;
    FilmCaptions captions_;
    bool video_finished_ = false;
    bool sound_finished_ = false;
    bool sound_draining_ = false;  // the decoder was told of the end
    int sound_drain_errors_ = 0;

    bool demux_ended_ = false;
    bool waits_ = false;  // for what a stream has not sent yet, in this call
    std::chrono::nanoseconds packets_reached_ = std::chrono::nanoseconds::min();  // on the file's time
    std::optional<std::int64_t> origin_;       // of the clip's time, in ticks of the video stream
    std::int64_t nominal_ticks_ = 1;           // a picture's duration where the file does not say it
    std::uint64_t video_packets_ = 0;          // those that are shown
    std::optional<std::int64_t> packets_end_;  // ticks: the latest end of a picture among the packets read
    bool packets_are_timed_ = true;            // every video packet had a presentation time
    std::optional<std::int64_t> last_ticks_;   // of the last picture decoded
    std::chrono::nanoseconds decoded_end_{0};
    std::optional<std::chrono::nanoseconds> sound_end_;
    std::optional<media::ClipPicture> first_;  // decoded by open()
    std::string picture_problem_;
    std::uint64_t concealed_ = 0;
};

}  // namespace hallcast::decoder
