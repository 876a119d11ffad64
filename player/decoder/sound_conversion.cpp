#include "player/decoder/sound_conversion.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

#include <array>

namespace hallcast::decoder {
namespace {

constexpr int bus_rate = 48000;

std::vector<float> run(SwrContext* resampler, const std::uint8_t** in, int in_samples) {
    const int room = swr_get_out_samples(resampler, in_samples);
    if (room <= 0) return {};
    std::vector<float> out(std::size_t(room) * 2);
    std::array<std::uint8_t*, 1> planes{reinterpret_cast<std::uint8_t*>(out.data())};
    const int got = swr_convert(resampler, planes.data(), room, in, in_samples);
    out.resize(got > 0 ? std::size_t(got) * 2 : 0);
    return out;
}

}  // namespace

Expected<void> SoundConversion::prepare(const AVFrame& frame) {
    AVChannelLayout from{};
    if (frame.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
        av_channel_layout_default(&from, frame.ch_layout.nb_channels);
    } else {
        av_channel_layout_copy(&from, &frame.ch_layout);
    }
    AVChannelLayout stereo{};
    av_channel_layout_default(&stereo, 2);
    SwrContext* raw = nullptr;
    int error = swr_alloc_set_opts2(&raw, &stereo, AV_SAMPLE_FMT_FLT, bus_rate, &from, AVSampleFormat(frame.format),
                                    frame.sample_rate, 0, nullptr);
    resampler_.reset(raw);
    if (error >= 0) {
        // libav lets a float mix grow above full scale: six loud channels would clip in the loudspeaker.
        av_opt_set_double(raw, "rematrix_maxval", 1.0, 0);
        error = swr_init(raw);
    }
    av_channel_layout_uninit(&from);
    if (error < 0) {
        resampler_.reset();
        return fail("sound of {} Hz, {} channels cannot be converted: {}", frame.sample_rate,
                    frame.ch_layout.nb_channels, libav_message(error));
    }
    rate_ = frame.sample_rate;
    format_ = frame.format;
    channels_ = frame.ch_layout.nb_channels;
    return {};
}

Expected<std::vector<float>> SoundConversion::convert(const AVFrame& frame) {
    if (!resampler_ || rate_ != frame.sample_rate || format_ != frame.format ||
        channels_ != frame.ch_layout.nb_channels) {
        if (auto ready = prepare(frame); !ready) return std::unexpected(ready.error());
    }
    return run(resampler_.get(), const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
}

std::vector<float> SoundConversion::drain() {
    return resampler_ ? run(resampler_.get(), nullptr, 0) : std::vector<float>{};
}

std::chrono::nanoseconds SoundConversion::held_back() const {
    return std::chrono::nanoseconds(resampler_ ? swr_get_delay(resampler_.get(), 1'000'000'000) : 0);
}

}  // namespace hallcast::decoder
