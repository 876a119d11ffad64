#include "player/decoder/caption_track.h"

#include <spdlog/spdlog.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <cstring>

namespace hallcast::decoder {
namespace {

constexpr int caption_io_buffer_bytes = 16 << 10;

// What libav reads a caption file from.
struct Memory {
    std::span<const std::byte> bytes;
    std::size_t position = 0;

    static int read(void* opaque, std::uint8_t* buffer, int wanted) {
        auto& self = *static_cast<Memory*>(opaque);
        const std::size_t count = std::min(std::size_t(wanted), self.bytes.size() - self.position);
        if (count == 0) return AVERROR_EOF;
        std::memcpy(buffer, self.bytes.data() + self.position, count);
        self.position += count;
        return int(count);
    }

    static std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
        auto& self = *static_cast<Memory*>(opaque);
        const auto size = std::int64_t(self.bytes.size());
        switch (whence & ~AVSEEK_FORCE) {
            case AVSEEK_SIZE:
                return size;
            case SEEK_SET:
                break;
            case SEEK_CUR:
                offset += std::int64_t(self.position);
                break;
            case SEEK_END:
                offset += size;
                break;
            default:
                return AVERROR(EINVAL);
        }
        if (offset < 0 || offset > size) return AVERROR(EINVAL);
        self.position = std::size_t(offset);
        return offset;
    }
};

struct FreeSubtitle {
    void operator()(AVSubtitle* subtitle) const { avsubtitle_free(subtitle); }
};

// UTF-16 with its mark is read by libav; other encodings would be shown as rubbish.
bool is_unicode(std::span<const std::byte> bytes) {
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    const bool utf16 =
        bytes.size() >= 2 && (std::memcmp(text, "\xff\xfe", 2) == 0 || std::memcmp(text, "\xfe\xff", 2) == 0);
    if (utf16) return true;
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t length = 0;
    u_strFromUTF8(nullptr, 0, &length, text, std::int32_t(bytes.size()), &status);
    return status != U_INVALID_CHAR_FOUND;
}

}  // namespace

bool is_text_track(const AVCodecParameters& parameters) {
    if (parameters.codec_type != AVMEDIA_TYPE_SUBTITLE) return false;
    const AVCodecDescriptor* description = avcodec_descriptor_get(parameters.codec_id);
    return description != nullptr && (description->props & AV_CODEC_PROP_TEXT_SUB) != 0 &&
           avcodec_find_decoder(parameters.codec_id) != nullptr;
}

CaptionTrack::CaptionTrack(CodecContext codec, AVRational time_base, std::span<const CaptionFont> fonts,
                           const std::string& family)
    : codec_(std::move(codec)), time_base_(time_base), captions_(fonts, family) {}

Expected<std::unique_ptr<CaptionTrack>> CaptionTrack::open(const AVStream& stream, std::span<const CaptionFont> fonts,
                                                           const std::string& family) {
    auto codec = open_decoder(stream);
    if (!codec) return std::unexpected(codec.error());
    const bool is_script = stream.codecpar->codec_id == AV_CODEC_ID_ASS || stream.codecpar->codec_id == AV_CODEC_ID_SSA;
    std::unique_ptr<CaptionTrack> track(new CaptionTrack(std::move(*codec), stream.time_base, fonts, family));
    const AVCodecContext& opened = *track->codec_;
    if (is_script && opened.subtitle_header != nullptr && opened.subtitle_header_size > 0) {
        track->captions_.use_script(
            {reinterpret_cast<const char*>(opened.subtitle_header), std::size_t(opened.subtitle_header_size)});
    } else {
        track->captions_.use_house_style();
    }
    return track;
}

Expected<std::unique_ptr<CaptionTrack>> CaptionTrack::read(const CaptionFile& file, std::span<const CaptionFont> fonts,
                                                           const std::string& family) {
    route_libav_log();
    if (!is_unicode(file.file.bytes)) return fail("{}: is not in UTF-8: save it so", file.name);
    Memory memory{file.file.bytes};
    const IoContext io(avio_alloc_context(static_cast<unsigned char*>(av_malloc(caption_io_buffer_bytes)),
                                          caption_io_buffer_bytes, 0, &memory, Memory::read, nullptr, Memory::seek));
    HALLCAST_ASSERT(io != nullptr && io->buffer != nullptr);
    AVFormatContext* raw = avformat_alloc_context();
    HALLCAST_ASSERT(raw != nullptr);
    raw->pb = io.get();
    raw->flags |= AVFMT_FLAG_CUSTOM_IO;
    raw->format_whitelist = av_strdup("srt,webvtt,ass");
    raw->protocol_whitelist = av_strdup("file");
    const int error = avformat_open_input(&raw, nullptr, nullptr, nullptr);  // frees `raw` when it fails
    if (error < 0) return fail("{}: is no SRT, WebVTT or ASS file: {}", file.name, libav_message(error));
    const FormatContext format(raw);
    if (format->nb_streams == 0 || !is_text_track(*format->streams[0]->codecpar))
        return fail("{}: has no captions", file.name);
    auto track = open(*format->streams[0], fonts, family);
    if (!track) return fail("{}: {}", file.name, track.error().message);
    const Packet packet = make_packet();
    while (av_read_frame(format.get(), packet.get()) >= 0) {
        (*track)->read(*packet);
        av_packet_unref(packet.get());
    }
    if ((*track)->count_ == 0) return fail("{}: has no captions", file.name);
    if (const auto left_out = (*track)->captions_.left_out(); left_out > 0)
        spdlog::warn("{}: {} captions are too many, and not shown", file.name, left_out);
    return track;
}

void CaptionTrack::read(const AVPacket& packet) {
    if (packet.pts == AV_NOPTS_VALUE || packet.size <= 0) return;
    AVSubtitle subtitle{};
    int got = 0;
    // It does not change the packet; older versions of libav do not say so.
    const int error = avcodec_decode_subtitle2(codec_.get(), &subtitle, &got, const_cast<AVPacket*>(&packet));
    if (error < 0 || got == 0) return;
    const std::unique_ptr<AVSubtitle, FreeSubtitle> freed(&subtitle);
    using std::chrono::milliseconds;
    const auto at = std::chrono::duration_cast<milliseconds>(to_time(packet.pts, time_base_)) +
                    milliseconds(subtitle.start_display_time);
    auto duration = std::chrono::duration_cast<milliseconds>(to_time(packet.duration, time_base_));
    if (duration.count() <= 0 && subtitle.end_display_time != UINT32_MAX)
        duration = milliseconds(subtitle.end_display_time) - milliseconds(subtitle.start_display_time);
    if (duration.count() <= 0) return;
    for (unsigned i = 0; i < subtitle.num_rects; ++i) {
        if (subtitle.rects[i]->ass == nullptr) continue;
        captions_.add(subtitle.rects[i]->ass, at, duration);
        ++count_;
    }
}

}  // namespace hallcast::decoder
