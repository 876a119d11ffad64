#include "player/decoder/picture_conversion.h"

extern "C" {
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cmath>

namespace hallcast::decoder {
namespace {

constexpr int most_width = 4096;
constexpr int most_height = 2304;

picture::ColourMatrix matrix_of(const AVFrame& frame) {
    switch (frame.colorspace) {
        case AVCOL_SPC_BT470BG:
        case AVCOL_SPC_SMPTE170M:
        case AVCOL_SPC_FCC:
            return picture::ColourMatrix::bt601;
        case AVCOL_SPC_BT2020_NCL:
        case AVCOL_SPC_BT2020_CL:
            return picture::ColourMatrix::bt2020;
        case AVCOL_SPC_BT709:
            return picture::ColourMatrix::bt709;
        default:  // the custom of players: what says nothing is BT.601 up to the size of television, and BT.709 above
            return frame.height <= 576 && frame.width <= 1024 ? picture::ColourMatrix::bt601
                                                              : picture::ColourMatrix::bt709;
    }
}

int scaler_matrix(picture::ColourMatrix matrix) {
    switch (matrix) {
        case picture::ColourMatrix::bt601:
            return SWS_CS_ITU601;
        case picture::ColourMatrix::bt2020:
            return SWS_CS_BT2020;
        case picture::ColourMatrix::bt709:
            break;
    }
    return SWS_CS_ITU709;
}

bool is_full_range(const AVFrame& frame) {
    const auto format = AVPixelFormat(frame.format);
    return frame.color_range == AVCOL_RANGE_JPEG || format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P ||
           format == AV_PIX_FMT_YUVJ444P || format == AV_PIX_FMT_YUVJ440P || format == AV_PIX_FMT_YUVJ411P;
}

// swscale warns about the J formats; their range is told to it separately.
AVPixelFormat without_range(AVPixelFormat format) {
    switch (format) {
        case AV_PIX_FMT_YUVJ420P:
            return AV_PIX_FMT_YUV420P;
        case AV_PIX_FMT_YUVJ422P:
            return AV_PIX_FMT_YUV422P;
        case AV_PIX_FMT_YUVJ444P:
            return AV_PIX_FMT_YUV444P;
        case AV_PIX_FMT_YUVJ440P:
            return AV_PIX_FMT_YUV440P;
        case AV_PIX_FMT_YUVJ411P:
            return AV_PIX_FMT_YUV411P;
        default:
            return format;
    }
}

picture::Transfer transfer_of(const AVFrame& frame) {
    switch (frame.color_trc) {
        case AVCOL_TRC_SMPTE2084:
            return picture::Transfer::pq;
        case AVCOL_TRC_ARIB_STD_B67:
            return picture::Transfer::hlg;
        default:
            return picture::Transfer::sdr;
    }
}

bool has_wide_gamut(const AVFrame& frame) {
    if (frame.color_primaries != AVCOL_PRI_UNSPECIFIED) return frame.color_primaries == AVCOL_PRI_BT2020;
    return matrix_of(frame) == picture::ColourMatrix::bt2020;
}

// 0 where the file does not say.
float peak_nits_of(const AVFrame& frame) {
    if (const auto* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL)) {
        const auto& level = *reinterpret_cast<const AVContentLightMetadata*>(side->data);
        if (level.MaxCLL > 0) return float(level.MaxCLL);
    }
    if (const auto* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA)) {
        const auto& screen = *reinterpret_cast<const AVMasteringDisplayMetadata*>(side->data);
        if (screen.has_luminance != 0 && screen.max_luminance.den != 0) return float(av_q2d(screen.max_luminance));
    }
    return 0;
}

// What is not said is as codecs of films have it, JPEG's in the middle.
picture::ChromaSite chroma_site_of(const AVFrame& frame) {
    switch (frame.chroma_location) {
        case AVCHROMA_LOC_CENTER:
            return picture::ChromaSite::centre;
        case AVCHROMA_LOC_TOPLEFT:
            return picture::ChromaSite::top_left;
        case AVCHROMA_LOC_UNSPECIFIED:
            return is_full_range(frame) ? picture::ChromaSite::centre : picture::ChromaSite::left;
        default:
            return picture::ChromaSite::left;
    }
}

// What the painters know, of the pictures that are not RGB. What has more than eight bits keeps ten.
AVPixelFormat painted_format(const AVPixFmtDescriptor& description) {
    return description.comp[0].depth > 8 ? AV_PIX_FMT_YUV420P10 : AV_PIX_FMT_YUV420P;
}

picture::PixelFormat painters_format(AVPixelFormat format) {
    switch (format) {
        case AV_PIX_FMT_YUV420P:
            return picture::PixelFormat::i420;
        case AV_PIX_FMT_NV12:
            return picture::PixelFormat::nv12;
        case AV_PIX_FMT_YUV420P10:
            return picture::PixelFormat::i010;
        case AV_PIX_FMT_P010:
            return picture::PixelFormat::p010;
        default:
            return picture::PixelFormat::bgra;
    }
}

void premultiply(AVFrame& frame) {
    for (int y = 0; y < frame.height; ++y) {
        std::uint8_t* pixel = frame.data[0] + std::ptrdiff_t(y) * frame.linesize[0];
        for (int x = 0; x < frame.width; ++x, pixel += 4) {
            const unsigned alpha = pixel[3];
            if (alpha == 255) continue;
            for (int i = 0; i < 3; ++i) pixel[i] = std::uint8_t((pixel[i] * alpha + 127) / 255);
        }
    }
}

}  // namespace

Expected<Frame> PictureConversion::rescale(const AVFrame& frame, AVPixelFormat format, int width, int height) {
    const AVPixelFormat from = without_range(AVPixelFormat(frame.format));
    if (sws_isSupportedInput(from) == 0)
        return fail("pictures of the format {} cannot be shown", av_get_pix_fmt_name(from));
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height, from, width, height, format,
                                       SWS_BICUBIC, nullptr, nullptr, nullptr));
    if (!scaler_) return fail("pictures of {}x{} cannot be converted", frame.width, frame.height);
    // Matrix and range stay what they are: the painter converts colours, once.
    const int* coefficients = sws_getCoefficients(scaler_matrix(matrix_of(frame)));
    const int range = is_full_range(frame) ? 1 : 0;
    const bool to_rgb = format == AV_PIX_FMT_BGRA;
    sws_setColorspaceDetails(scaler_.get(), coefficients, range, coefficients, to_rgb ? 1 : range, 0, 1 << 16, 1 << 16);
    Frame out = make_frame();
    out->format = format;
    out->width = width;
    out->height = height;
    const bool shared = memory_ != nullptr && memory_->allocate(*out);
    if (!shared && av_frame_get_buffer(out.get(), 0) < 0)
        return fail("no memory for a picture of {}x{}", width, height);
    sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, out->data, out->linesize);
    if (av_frame_copy_props(out.get(), &frame) < 0) return fail("no memory for what is said of a picture");
    // What swscale makes of chroma that it had to make smaller.
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(from);
    if (description->log2_chroma_w == 0) out->chroma_location = AVCHROMA_LOC_LEFT;
    return out;
}

Expected<picture::VideoFramePtr> PictureConversion::convert(Frame frame, AVRational aspect) {
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(AVPixelFormat(frame->format));
    if (description == nullptr || frame->width <= 0 || frame->height <= 0) return fail("a picture has no known format");
    auto made = std::make_shared<picture::VideoFrame>();
    made->matrix = matrix_of(*frame);
    made->full_range = is_full_range(*frame);

    double stretch = aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1.0;
    if (stretch < 0.1 || stretch > 10.0) stretch = 1.0;  // nonsense in the file

    int width = frame->width;
    int height = frame->height;
    if (width > most_width || height > most_height) {
        const double shrink = std::min(double(most_width) / width, double(most_height) / height);
        width = std::max(2, int(width * shrink) & ~1);
        height = std::max(2, int(height * shrink) & ~1);
    }
    const auto format = without_range(AVPixelFormat(frame->format));
    const bool same_size = width == frame->width && height == frame->height;
    const bool rgb = (description->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_ALPHA)) != 0;
    made->format = same_size ? painters_format(format) : picture::PixelFormat::bgra;
    made->transfer = transfer_of(*frame);
    made->wide_gamut = has_wide_gamut(*frame);
    if (const float peak = peak_nits_of(*frame); peak > 0) made->peak_nits = peak;
    if (made->format == picture::PixelFormat::bgra) {
        const auto wanted = rgb ? AV_PIX_FMT_BGRA : painted_format(*description);
        made->format = painters_format(wanted);
        auto scaled = rescale(*frame, wanted, width, height);
        if (!scaled) return std::unexpected(scaled.error());
        frame = std::move(*scaled);
        if (rgb && (description->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL)) != 0) premultiply(*frame);
    }
    made->chroma_site = chroma_site_of(*frame);
    made->width = frame->width;
    made->height = frame->height;
    made->display_width = std::max(1, int(std::lround(frame->width * stretch)));
    made->display_height = frame->height;
    for (std::size_t i = 0; i < made->planes.size(); ++i) {
        made->planes[i] = frame->data[i];
        made->strides[i] = frame->linesize[i];
    }
    // Planes that the format does not have stay null, whatever libav left there.
    const std::size_t planes = made->format == picture::PixelFormat::bgra ? 1 : is_interleaved(made->format) ? 2 : 3;
    for (std::size_t i = planes; i < made->planes.size(); ++i) {
        made->planes[i] = nullptr;
        made->strides[i] = 0;
    }
    made->keep = std::shared_ptr<const AVFrame>(std::move(frame));
    return made;
}

}  // namespace hallcast::decoder
