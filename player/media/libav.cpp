#include "player/media/libav.h"

#include <spdlog/spdlog.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <string_view>

#include "protocol/base/error.h"

namespace hallcast::media {
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

void route_libav_log() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(log_line); });
}

}  // namespace hallcast::media
