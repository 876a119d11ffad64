#include "player/media/picture_conversion.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cmath>

namespace hallcast::media {
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
    if (av_frame_get_buffer(out.get(), 0) < 0) return fail("no memory for a picture of {}x{}", width, height);
    sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, out->data, out->linesize);
    out->colorspace = frame.colorspace;
    out->color_range = frame.color_range;
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
    if (format == AV_PIX_FMT_YUV420P && same_size) {
        made->format = picture::PixelFormat::i420;
    } else if (format == AV_PIX_FMT_NV12 && same_size) {
        made->format = picture::PixelFormat::nv12;
    } else {
        made->format = rgb ? picture::PixelFormat::bgra : picture::PixelFormat::i420;
        auto scaled = rescale(*frame, rgb ? AV_PIX_FMT_BGRA : AV_PIX_FMT_YUV420P, width, height);
        if (!scaled) return std::unexpected(scaled.error());
        frame = std::move(*scaled);
        if (rgb && (description->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL)) != 0) premultiply(*frame);
    }
    made->width = frame->width;
    made->height = frame->height;
    made->display_width = std::max(1, int(std::lround(frame->width * stretch)));
    made->display_height = frame->height;
    for (std::size_t i = 0; i < made->planes.size(); ++i) {
        made->planes[i] = frame->data[i];
        made->strides[i] = frame->linesize[i];
    }
    // Planes that the format does not have stay null, whatever libav left there.
    const std::size_t planes = made->format == picture::PixelFormat::i420   ? 3
                               : made->format == picture::PixelFormat::nv12 ? 2
                                                                            : 1;
    for (std::size_t i = planes; i < made->planes.size(); ++i) {
        made->planes[i] = nullptr;
        made->strides[i] = 0;
    }
    made->keep = std::shared_ptr<const AVFrame>(std::move(frame));
    return made;
}

}  // namespace hallcast::media
