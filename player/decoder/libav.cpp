#include "player/decoder/libav.h"

#include <spdlog/spdlog.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <string_view>

namespace hallcast::decoder {
namespace {

void log_line(void*, int level, const char* format, va_list arguments) {
    if (level > AV_LOG_ERROR || !spdlog::should_log(spdlog::level::debug)) return;
    std::array<char, 512> line{};
    std::vsnprintf(line.data(), line.size(), format, arguments);
    std::string_view text = line.data();
    while (text.ends_with('\n')) text.remove_suffix(1);
    spdlog::debug("libav: {}", text);
}

}  // namespace

Frame make_frame() {
    Frame frame(av_frame_alloc());
    HALLCAST_ASSERT(frame != nullptr);
    return frame;
}

Packet make_packet() {
    Packet packet(av_packet_alloc());
    HALLCAST_ASSERT(packet != nullptr);
    return packet;
}

std::string libav_message(int error) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(error, text.data(), text.size());
    return text.data();
}

std::chrono::nanoseconds to_time(std::int64_t ticks, AVRational time_base) {
    return std::chrono::nanoseconds(av_rescale_q(ticks, time_base, AVRational{1, 1'000'000'000}));
}

std::int64_t& duration_of(AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame.duration;
#else
    return frame.pkt_duration;
#endif
}

bool is_damaged(const AVFrame& frame) {
    return frame.decode_error_flags != 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0;
}

Expected<CodecContext> open_decoder(const AVStream& stream) {
    const AVCodec* decoder = avcodec_find_decoder(stream.codecpar->codec_id);
    if (decoder == nullptr) return fail("no decoder for {}", avcodec_get_name(stream.codecpar->codec_id));
    CodecContext codec(avcodec_alloc_context3(decoder));
    HALLCAST_ASSERT(codec != nullptr);
    int error = avcodec_parameters_to_context(codec.get(), stream.codecpar);
    codec->pkt_timebase = stream.time_base;
    codec->thread_count = 1;
    if (error >= 0) error = avcodec_open2(codec.get(), decoder, nullptr);
    if (error < 0) return fail("{}: {}", decoder->name, libav_message(error));
    return codec;
}

void route_libav_log() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(log_line); });
}

}  // namespace hallcast::decoder
