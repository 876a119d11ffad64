#include "player/sound/resample.h"

extern "C" {
#include <libswresample/swresample.h>
}

#include <memory>

namespace hallcast::sound {

namespace {

struct SwrDeleter {
    void operator()(SwrContext* context) const { swr_free(&context); }
};
using SwrPtr = std::unique_ptr<SwrContext, SwrDeleter>;

}  // namespace

Expected<Pcm> resampled(std::span<const float> samples, int rate) {
    // Not const: FFmpeg 5.1 asks for pointers to non-const.
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    SwrContext* raw = nullptr;
    if (swr_alloc_set_opts2(&raw, &mono, AV_SAMPLE_FMT_FLT, sample_rate, &mono, AV_SAMPLE_FMT_FLT, rate, 0, nullptr) <
        0) {
        return fail("speech: libswresample cannot turn {} Hz into {} Hz", rate, sample_rate);
    }
    const SwrPtr context(raw);
    if (swr_init(context.get()) < 0)
        return fail("speech: libswresample cannot turn {} Hz into {} Hz", rate, sample_rate);
    Pcm pcm;
    const int most = swr_get_out_samples(context.get(), int(samples.size())) + sample_rate / 10;
    pcm.samples.resize(std::size_t(most));
    int filled = 0;
    const auto* in = reinterpret_cast<const std::uint8_t*>(samples.data());
    const auto convert = [&](const std::uint8_t** source, int count) {
        auto* out = reinterpret_cast<std::uint8_t*>(pcm.samples.data() + filled);
        const int made = swr_convert(context.get(), &out, most - filled, source, count);
        if (made > 0) filled += made;
        return made;
    };
    if (convert(&in, int(samples.size())) < 0 || convert(nullptr, 0) < 0) {
        return fail("speech: libswresample failed on {} samples", samples.size());
    }
    pcm.samples.resize(std::size_t(filled));
    return pcm;
}

}  // namespace hallcast::sound
