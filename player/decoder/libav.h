// Owners for libav's C handles, and its error numbers as words.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <chrono>
#include <memory>
#include <string>

#include "protocol/base/error.h"

namespace hallcast::decoder {

// Of a codec that is emptied at the end: after so many it has nothing more to give.
constexpr int most_drain_errors = 64;

struct FreeFormat {
    void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct FreeIo {
    void operator()(AVIOContext* context) const {
        av_freep(&context->buffer);  // libav may have replaced the buffer that it was given
        avio_context_free(&context);
    }
};
struct FreeCodec {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeFrame {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeResampler {
    void operator()(SwrContext* context) const { swr_free(&context); }
};
struct FreeScaler {
    void operator()(SwsContext* context) const { sws_freeContext(context); }
};

using FormatContext = std::unique_ptr<AVFormatContext, FreeFormat>;
using IoContext = std::unique_ptr<AVIOContext, FreeIo>;
using CodecContext = std::unique_ptr<AVCodecContext, FreeCodec>;
using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;
using Resampler = std::unique_ptr<SwrContext, FreeResampler>;
using Scaler = std::unique_ptr<SwsContext, FreeScaler>;

// Out of memory is no error that a caller can repair.
Frame make_frame();
Packet make_packet();

std::string libav_message(int error);
std::chrono::nanoseconds to_time(std::int64_t ticks, AVRational time_base);

// AVFrame::duration came with lavu 57.30; what it replaced is gone in newer versions. In ticks; 0: not known.
std::int64_t& duration_of(AVFrame& frame);
// The decoder reported damage in it.
bool is_damaged(const AVFrame& frame);

// A decoder of one thread, with the stream's own settings: of sound and text; pictures have their ladder.
Expected<CodecContext> open_decoder(const AVStream& stream);

// Sends what libav has to say to the log, at debug level, instead of to stderr. Once per process.
void route_libav_log();

}  // namespace hallcast::decoder
