// Takes a media file apart into the packets of its best video and sound streams. Files are untrusted: only known
// containers are opened, and none of them can make us open anything else (an HLS playlist named .mp4, an MP4 that
// refers elsewhere). Externally synchronized; lives on a decoder's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "player/decoder/libav.h"
#include "player/decoder/packet_pipe.h"
#include "player/media/clip_file.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

class MediaFile {
  public:
    // `interrupted` is asked while bytes are read: true ends what is under way.
    static Expected<std::unique_ptr<MediaFile>> open(media::ClipFile file, std::function<bool()> interrupted);
    // Packets that come from elsewhere as they are sent.
    static Expected<std::unique_ptr<MediaFile>> open_stream(Descriptor pipe, std::function<bool()> interrupted);

    ~MediaFile();

    AVFormatContext& format() { return *format_; }
    AVStream& video() { return *video_; }
    AVStream* sound() { return sound_; }                           // null: the file has none that we could decode
    std::span<AVStream* const> texts() const { return texts_; }    // captions, by their order in the file
    void want_text(AVStream& text);                                // read() gives its packets too
    bool is_picture_format() const { return is_picture_format_; }  // PNG, JPEG, ...: not a film, by its very format
    std::chrono::nanoseconds duration() const;                     // as the container says it; zero: it does not

    // The next packet of video(), sound() or the text that is wanted; `end` also when the rest cannot be read. Of a
    // stream: `later` when none has come yet.
    using Got = PacketReader::Got;
    Got read(AVPacket& packet);
    const PacketReader* stream() const { return stream_.get(); }  // null: it is a file

  private:
    struct Source;
    MediaFile(std::unique_ptr<Source> source, IoContext io, FormatContext format);
    Expected<void> choose_streams();

    // In this order: the format reads through the I/O context, which reads from the source.
    std::unique_ptr<Source> source_;
    std::unique_ptr<PacketReader> stream_;  // instead of a source
    IoContext io_;
    FormatContext format_;
    AVStream* video_ = nullptr;  // owned by format_
    AVStream* sound_ = nullptr;
    std::vector<AVStream*> texts_;
    AVStream* wanted_text_ = nullptr;
    bool is_picture_format_ = false;
};

}  // namespace hallcast::decoder
