// Takes a media file apart into the packets of its best video and sound streams. Files are untrusted: only known
// containers are opened, and none of them can make us open anything else (an HLS playlist named .mp4, an MP4 that
// refers elsewhere). Externally synchronized; lives on a decoder's thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "player/media/libav.h"
#include "protocol/base/error.h"

namespace hallcast::media {

class MediaFile {
  public:
    // `interrupted` is asked while bytes are read: true ends what is under way.
    static Expected<std::unique_ptr<MediaFile>> open(const std::filesystem::path& path,
                                                     std::function<bool()> interrupted);

    ~MediaFile();

    AVFormatContext& format() { return *format_; }
    AVStream& video() { return *video_; }
    AVStream* sound() { return sound_; }                           // null: the file has none that we could decode
    bool is_picture_format() const { return is_picture_format_; }  // PNG, JPEG, ...: not a film, by its very format
    std::chrono::nanoseconds duration() const;                     // as the container says it; zero: it does not

    // The next packet of video() or sound(); false at the end, also when the rest cannot be read.
    bool read(AVPacket& packet);

  private:
    struct Source;
    MediaFile(std::unique_ptr<Source> source, IoContext io, FormatContext format);
    Expected<void> choose_streams(const std::filesystem::path& path);

    // In this order: the format reads through the I/O context, which reads from the source.
    std::unique_ptr<Source> source_;
    IoContext io_;
    FormatContext format_;
    AVStream* video_ = nullptr;  // owned by format_
    AVStream* sound_ = nullptr;
    bool is_picture_format_ = false;
};

}  // namespace hallcast::media
