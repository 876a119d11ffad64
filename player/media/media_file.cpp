#include "player/media/media_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace hallcast::media {
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
    int descriptor = -1;
    std::int64_t position = 0;
    std::int64_t size = 0;
    std::function<bool()> interrupted;

    explicit Source(std::function<bool()> is_interrupted) : interrupted(std::move(is_interrupted)) {}
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    ~Source() {
        if (descriptor >= 0) ::close(descriptor);
    }

    static int read(void* opaque, std::uint8_t* buffer, int wanted) {
        auto& self = *static_cast<Source*>(opaque);
        if (self.interrupted()) return AVERROR_EXIT;
        ssize_t got = 0;
        do {
            got = ::pread(self.descriptor, buffer, std::size_t(wanted), self.position);
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
                return self.size;
            case SEEK_SET:
                break;
            case SEEK_CUR:
                offset += self.position;
                break;
            case SEEK_END:
                offset += self.size;
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

Expected<std::unique_ptr<MediaFile>> MediaFile::open(const std::filesystem::path& path,
                                                     std::function<bool()> interrupted) {
    route_libav_log();
    auto source = std::make_unique<Source>(std::move(interrupted));
    // Non-blocking, so that a FIFO somebody left there cannot hold us; a regular file does not mind.
    source->descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (source->descriptor < 0) return fail("{}: cannot be opened: {}", path.string(), std::strerror(errno));
    struct stat status {};
    if (::fstat(source->descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        return fail("{}: is no file", path.string());
    }
    if (status.st_size == 0) return fail("{}: is empty; was its copy broken off?", path.string());
    source->size = status.st_size;

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
    if (error < 0)
        return fail("{}: is no video or picture that can be played: {}", path.string(), libav_message(error));
    FormatContext format(raw);
    error = avformat_find_stream_info(format.get(), nullptr);
    if (error < 0) return fail("{}: its streams cannot be read: {}", path.string(), libav_message(error));

    std::unique_ptr<MediaFile> file(new MediaFile(std::move(source), std::move(io), std::move(format)));
    if (auto chosen = file->choose_streams(path); !chosen) return std::unexpected(chosen.error());
    return file;
}

Expected<void> MediaFile::choose_streams(const std::filesystem::path& path) {
    const std::string_view name = format_->iformat->name;
    is_picture_format_ = name.ends_with("_pipe");
    const int video = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    // An album's cover in a sound file is no film.
    if (video < 0 || (format_->streams[video]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
        return fail("{}: has no pictures", path.string());
    }
    video_ = format_->streams[video];
    const int sound = av_find_best_stream(format_.get(), AVMEDIA_TYPE_AUDIO, -1, video, nullptr, 0);
    if (sound >= 0 && avcodec_find_decoder(format_->streams[sound]->codecpar->codec_id) != nullptr) {
        sound_ = format_->streams[sound];
    }
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
        AVStream* stream = format_->streams[i];
        if (stream != video_ && stream != sound_) stream->discard = AVDISCARD_ALL;
    }
    return {};
}

std::chrono::nanoseconds MediaFile::duration() const {
    if (video_->duration > 0) return to_time(video_->duration, video_->time_base);
    if (format_->duration > 0) return to_time(format_->duration, AVRational{1, AV_TIME_BASE});
    return {};
}

bool MediaFile::read(AVPacket& packet) {
    for (;;) {
        av_packet_unref(&packet);
        const int error = av_read_frame(format_.get(), &packet);
        if (error == AVERROR(EAGAIN) && !source_->interrupted()) continue;
        if (error < 0) {
            if (error != AVERROR_EOF && error != AVERROR_EXIT) {
                spdlog::debug("the rest of a clip cannot be read: {}", libav_message(error));
            }
            return false;
        }
        if (packet.stream_index == video_->index || (sound_ != nullptr && packet.stream_index == sound_->index))
            return true;
    }
}

}  // namespace hallcast::media
