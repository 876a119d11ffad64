#include "player/decoder/media_file.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "player/decoder/caption_track.h"

namespace hallcast::decoder {
namespace {

// What an office's films and pictures come in. No playlist formats (hls, dash, concat), no subtitles, no devices.
constexpr const char* known_formats =
    "mov,mp4,matroska,webm,mpegts,mpeg,avi,ogg,flv,asf,gif,h264,hevc,mpegvideo,ivf,"
    "png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe";
constexpr std::int64_t probe_bytes = 2 << 20;
constexpr std::int64_t probe_microseconds = 1'000'000;
constexpr int io_buffer_bytes = 64 << 10;
constexpr unsigned most_streams = 64;

}  // namespace

// The bytes of one regular file. libav reads through callbacks on it, so that no protocol of libav's is needed at all.
struct MediaFile::Source {
    media::ClipFile file;
    std::int64_t position = 0;
    std::function<bool()> interrupted;

    static int read(void* opaque, std::uint8_t* buffer, int wanted) {
        auto& self = *static_cast<Source*>(opaque);
        if (self.interrupted()) return AVERROR_EXIT;
        ssize_t got = 0;
        do {
            got = ::pread(self.file.descriptor.get(), buffer, std::size_t(wanted), self.position);
        } while (got < 0 && errno == EINTR);
        if (got < 0) return AVERROR(errno);
        if (got == 0) return AVERROR_EOF;
        self.position += got;
        return int(got);
    }

    static std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
        auto& self = *static_cast<Source*>(opaque);
        switch (whence & ~AVSEEK_FORCE) {
            case AVSEEK_SIZE:
                return self.file.size;
            case SEEK_SET:
                break;
            case SEEK_CUR:
                offset += self.position;
                break;
            case SEEK_END:
                offset += self.file.size;
                break;
            default:
                return AVERROR(EINVAL);
        }
        if (offset < 0) return AVERROR(EINVAL);
        return self.position = offset;
    }

    static int is_interrupted(void* opaque) { return static_cast<Source*>(opaque)->interrupted() ? 1 : 0; }
};

MediaFile::MediaFile(std::unique_ptr<Source> source, IoContext io, FormatContext format)
    : source_(std::move(source)), io_(std::move(io)), format_(std::move(format)) {}

MediaFile::~MediaFile() = default;

Expected<std::unique_ptr<MediaFile>> MediaFile::open(media::ClipFile opened, std::function<bool()> interrupted) {
    route_libav_log();
    auto source = std::make_unique<Source>(std::move(opened), 0, std::move(interrupted));
    IoContext io(avio_alloc_context(static_cast<unsigned char*>(av_malloc(io_buffer_bytes)), io_buffer_bytes, 0,
                                    source.get(), Source::read, nullptr, Source::seek));
    HALLCAST_ASSERT(io != nullptr && io->buffer != nullptr);
    AVFormatContext* raw = avformat_alloc_context();
    HALLCAST_ASSERT(raw != nullptr);
    raw->pb = io.get();
    raw->flags |= AVFMT_FLAG_CUSTOM_IO;
    raw->interrupt_callback = {Source::is_interrupted, source.get()};
    raw->probesize = probe_bytes;
    raw->max_analyze_duration = probe_microseconds;
    raw->max_streams = int(most_streams);
    raw->format_whitelist = av_strdup(known_formats);
    raw->protocol_whitelist = av_strdup("file");

    // Without a name, libav judges by the content alone: a name's suffix or a '%d' in it means nothing.
    int error = avformat_open_input(&raw, nullptr, nullptr, nullptr);  // frees `raw` when it fails
    if (error < 0) return fail("is no video or picture that can be played: {}", libav_message(error));
    FormatContext format(raw);
    error = avformat_find_stream_info(format.get(), nullptr);
    if (error < 0) return fail("its streams cannot be read: {}", libav_message(error));

    std::unique_ptr<MediaFile> file(new MediaFile(std::move(source), std::move(io), std::move(format)));
    if (auto chosen = file->choose_streams(); !chosen) return std::unexpected(chosen.error());
    return file;
}

Expected<std::unique_ptr<MediaFile>> MediaFile::open_stream(Descriptor pipe, std::function<bool()> interrupted) {
    route_libav_log();
    auto stream = std::make_unique<PacketReader>(std::move(pipe));
    auto format = stream->open(interrupted);
    if (!format) return std::unexpected(format.error());
    std::unique_ptr<MediaFile> file(new MediaFile(nullptr, nullptr, std::move(*format)));
    file->stream_ = std::move(stream);
    if (auto chosen = file->choose_streams(); !chosen) return std::unexpected(chosen.error());
    return file;
}

Expected<void> MediaFile::choose_streams() {
    is_picture_format_ = format_->iformat != nullptr && std::string_view(format_->iformat->name).ends_with("_pipe");
    const int video = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    // An album's cover in a sound file is no film.
    if (video < 0 || (format_->streams[video]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
        return fail("has no pictures");
    }
    video_ = format_->streams[video];
    const int sound = av_find_best_stream(format_.get(), AVMEDIA_TYPE_AUDIO, -1, video, nullptr, 0);
    if (sound >= 0 && avcodec_find_decoder(format_->streams[sound]->codecpar->codec_id) != nullptr) {
        sound_ = format_->streams[sound];
    }
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
        AVStream* stream = format_->streams[i];
        if (stream != video_ && stream != sound_) stream->discard = AVDISCARD_ALL;
        if (is_text_track(*stream->codecpar)) texts_.push_back(stream);
    }
    return {};
}

void MediaFile::want_text(AVStream& text) {
    text.discard = AVDISCARD_DEFAULT;
    wanted_text_ = &text;
}

std::chrono::nanoseconds MediaFile::duration() const {
    if (video_->duration > 0) return to_time(video_->duration, video_->time_base);
    if (format_->duration > 0) return to_time(format_->duration, AVRational{1, AV_TIME_BASE});
    return {};
}

MediaFile::Got MediaFile::read(AVPacket& packet) {
    for (;;) {
        av_packet_unref(&packet);
        if (stream_) return stream_->read(packet);
        const int error = av_read_frame(format_.get(), &packet);
        if (error == AVERROR(EAGAIN) && !source_->interrupted()) continue;
        if (error < 0) {
            if (error != AVERROR_EOF && error != AVERROR_EXIT) {
                spdlog::debug("the rest of a clip cannot be read: {}", libav_message(error));
            }
            return Got::end;
        }
        const auto is_of = [&packet](const AVStream* stream) {
            return stream != nullptr && packet.stream_index == stream->index;
        };
        if (is_of(video_) || is_of(sound_) || is_of(wanted_text_)) return Got::packet;
    }
}

}  // namespace hallcast::decoder
