#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "player/decoder/device_layer.h"

extern "C" {
#include <libavutil/hwcontext.h>
}

namespace hallcast::decoder {
namespace {

// Surfaces beyond those that the codec asks for: the picture that is being copied, and one more for the drivers that
// count badly. Without them libav 5.1 runs out of surfaces in the middle of a film.
constexpr int spare_surfaces = 2;

struct FreeBuffer {
    void operator()(AVBufferRef* buffer) const { av_buffer_unref(&buffer); }
};
using Buffer = std::unique_ptr<AVBufferRef, FreeBuffer>;

AVHWDeviceType device_type(Rung rung) {
    switch (rung) {
        case Rung::vaapi:
            return AV_HWDEVICE_TYPE_VAAPI;
        case Rung::drm:
            return AV_HWDEVICE_TYPE_DRM;
        case Rung::cuda:
            return AV_HWDEVICE_TYPE_CUDA;
        case Rung::software:
            break;
    }
    return AV_HWDEVICE_TYPE_NONE;
}

const AVPixelFormat& surface_format(Rung rung) {
    static constexpr std::array<AVPixelFormat, 3> formats{AV_PIX_FMT_VAAPI, AV_PIX_FMT_DRM_PRIME, AV_PIX_FMT_CUDA};
    return formats.at(std::size_t(rung));
}

// The codec's opaque points to the format of its rung. Nothing else will do: libav would decode in software where we
// believe the hardware at work.
AVPixelFormat choose_surface(AVCodecContext* codec, const AVPixelFormat* offered) {
    const AVPixelFormat wanted = *static_cast<const AVPixelFormat*>(codec->opaque);
    for (; *offered != AV_PIX_FMT_NONE; ++offered) {
        if (*offered == wanted) return wanted;
    }
    return AV_PIX_FMT_NONE;
}

// Device files of a folder whose names begin so, in order.
std::vector<std::string> device_files(const char* folder, std::string_view prefix) {
    std::vector<std::string> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().filename().string().starts_with(prefix)) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

bool is_v4l2(const AVCodec& decoder) {
    return decoder.wrapper_name != nullptr && std::strcmp(decoder.wrapper_name, "v4l2m2m") == 0;
}

bool decodes_on(const AVCodec& decoder, AVHWDeviceType type) {
    if (decoder.wrapper_name != nullptr)
        return false;  // the wrappers of drivers parse, and hide pictures, on their own
    for (int i = 0; const AVCodecHWConfig* config = avcodec_get_hw_config(&decoder, i); ++i) {
        if (config->device_type == type && (config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0)
            return true;
    }
    return false;
}

class LibavDevices final : public DeviceLayer {
  public:
    explicit LibavDevices(bool sandboxed) : sandboxed_(sandboxed) {}

    Expected<void> open(Rung rung) override;
    Expected<const AVCodec*> decoder(Rung rung, AVCodecID codec) override;
    Expected<void> configure(Rung rung, AVCodecContext& codec) override;
    Expected<Frame> map(Rung rung, Frame frame) override;

  private:
    Expected<void> open_graphics_card(Rung rung);
    Expected<void> create(Rung rung, const char* path);

    std::array<Buffer, hardware_rungs.size()> devices_;
    const bool sandboxed_;
    bool has_v4l2_ = false;
};

Expected<void> LibavDevices::create(Rung rung, const char* path) {
    AVBufferRef* device = nullptr;
    const int error = av_hwdevice_ctx_create(&device, device_type(rung), path, nullptr, 0);
    if (error < 0) {
        return fail("{} has no {} for it: {}", path == nullptr ? "the graphics card" : path, name_of(rung),
                    libav_message(error));
    }
    devices_[std::size_t(rung)].reset(device);
    return {};
}

Expected<void> LibavDevices::open_graphics_card(Rung rung) {
    const auto cards = device_files("/dev/dri", "renderD");
    if (cards.empty()) return fail("no /dev/dri/renderD*: no graphics card, or its kernel driver is not loaded");
    Expected<void> opened;
    for (const std::string& card : cards) {
        const int descriptor = ::open(card.c_str(), O_RDWR | O_CLOEXEC);
        if (descriptor < 0) {
            opened = fail("{}: {}; is the player's user in the group 'render'?", card, std::strerror(errno));
            continue;
        }
        ::close(descriptor);
        opened = create(rung, card.c_str());
        if (opened) break;
    }
    return opened;
}

Expected<void> LibavDevices::open(Rung rung) {
    switch (rung) {
        case Rung::vaapi:
            return open_graphics_card(rung);
        case Rung::drm: {
            has_v4l2_ = !sandboxed_ && !device_files("/dev", "video").empty();
            auto opened = open_graphics_card(rung);
            if (opened || has_v4l2_) return {};
            return fail("{}, and {}", sandboxed_ ? "V4L2's decoders cannot work in a sandbox" : "no /dev/video*",
                        opened.error().message);
        }
        case Rung::cuda:
            // Stays loaded: libav asks for it by name when the first film is opened, when no file can be opened any
            // more.
            if (::dlopen("libnvcuvid.so.1", RTLD_LAZY) == nullptr)
                return fail("no libnvcuvid.so.1: NVIDIA's driver is not installed");
            return create(rung, nullptr);
        case Rung::software:
            break;
    }
    return fail("{} is no device", name_of(rung));
}

Expected<const AVCodec*> LibavDevices::decoder(Rung rung, AVCodecID codec) {
    const bool has_device = devices_.at(std::size_t(rung)) != nullptr;
    const AVCodec* v4l2 = nullptr;
    void* position = nullptr;
    while (const AVCodec* one = av_codec_iterate(&position)) {
        if (one->id != codec || av_codec_is_decoder(one) == 0) continue;
        if (has_device && decodes_on(*one, device_type(rung))) return one;
        if (rung == Rung::drm && has_v4l2_ && is_v4l2(*one)) v4l2 = one;
    }
    if (v4l2 != nullptr) return v4l2;
    return fail("libav has no {} decoder for it", avcodec_get_name(codec));
}

Expected<void> LibavDevices::configure(Rung rung, AVCodecContext& codec) {
    codec.thread_count = 1;
    if (is_v4l2(*codec.codec)) return {};  // finds its device itself
    const AVPixelFormat& wanted = surface_format(rung);
    codec.opaque = const_cast<AVPixelFormat*>(&wanted);
    codec.get_format = choose_surface;
    codec.extra_hw_frames = spare_surfaces;
    codec.hw_device_ctx = av_buffer_ref(devices_.at(std::size_t(rung)).get());
    if (codec.hw_device_ctx == nullptr) return fail("no memory for a reference to the device");
    return {};
}

Expected<Frame> LibavDevices::map(Rung rung, Frame frame) {
    Frame out = make_frame();
    int error = 0;
    if (frame->hw_frames_ctx != nullptr) {
        AVPixelFormat* offered = nullptr;
        error = av_hwframe_transfer_get_formats(frame->hw_frames_ctx, AV_HWFRAME_TRANSFER_DIRECTION_FROM, &offered, 0);
        if (error < 0) return fail("{}: a picture cannot be read back: {}", name_of(rung), libav_message(error));
        out->format = offered[0];
        for (const AVPixelFormat* one = offered; *one != AV_PIX_FMT_NONE; ++one) {
            // The painters take these as they are.
            if (*one == AV_PIX_FMT_NV12 || *one == AV_PIX_FMT_P010) {
                out->format = *one;
                break;
            }
        }
        av_freep(&offered);
        error = av_hwframe_transfer_data(out.get(), frame.get(), 0);
        // The surface is as large as the hardware likes.
        out->width = std::min(out->width, frame->width);
        out->height = std::min(out->height, frame->height);
    } else {
        // A V4L2 driver's buffer: it has few of them, and pictures wait to be shown.
        out->format = frame->format;
        out->width = frame->width;
        out->height = frame->height;
        error = av_frame_get_buffer(out.get(), 0);
        if (error >= 0) error = av_frame_copy(out.get(), frame.get());
    }
    if (error >= 0) error = av_frame_copy_props(out.get(), frame.get());
    if (error < 0) return fail("{}: a picture cannot be read back: {}", name_of(rung), libav_message(error));
    return out;
}

}  // namespace

std::unique_ptr<DeviceLayer> make_libav_devices(bool sandboxed) { return std::make_unique<LibavDevices>(sandboxed); }

}  // namespace hallcast::decoder
