#include "player/picture/video_converter.h"

#include <libyuv.h>

#include <algorithm>
#include <cstring>

#include "player/picture/colour_row.h"
#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

// Blocks of luma and of chroma both begin at multiples of this.
constexpr int alignment = 2 * RowScaler::block;

void reserve(std::vector<std::uint8_t>& row, int bytes) {
    const auto needed = std::size_t(bytes) + RowScaler::input_slack + RowScaler::output_slack;
    if (row.size() < needed) row.resize(needed);
}

// The source row `y` of `rows` of a plane, `width` bytes, between two of its own. In place when nothing has to be made
// and nothing reads behind it.
const std::uint8_t* between_rows(const std::uint8_t* plane, int stride, int width, int height, int y, int rows,
                                 int shift, bool slack, std::vector<std::uint8_t>& made) {
    const auto pair = row_pair(y, height, rows, shift);
    const auto* upper = plane + std::ptrdiff_t(pair.upper) * stride;
    if (pair.weight == 0 && !slack) return upper;
    reserve(made, width);
    if (pair.weight == 0) {
        std::memcpy(made.data(), upper, std::size_t(width));
    } else {
        const auto* lower = plane + std::ptrdiff_t(pair.lower) * stride;
        libyuv::InterpolatePlane(upper, 0, lower, 0, made.data(), 0, width, 1, pair.weight);
    }
    return made.data();
}

}  // namespace

VideoConverter::VideoConverter()
    : scalers_(std::size_t(1) << 20), reduced_(std::size_t(16) << 20), narrowed_(std::size_t(16) << 20) {}

std::shared_ptr<const RowScaler> VideoConverter::scaler(int from, int to, int shift) {
    const ScalerKey key{from, to, shift};
    if (const auto* known = scalers_.find(key)) return *known;
    constexpr std::size_t bytes_a_result = 5;  // 36 bytes a block of 8
    return scalers_.insert(key, std::make_shared<const RowScaler>(from, to, shift), std::size_t(to) * bytes_a_result);
}

// A screen shows eight bits. The whole frame once: the steps behind then are those of eight bits.
VideoFramePtr VideoConverter::narrowed(const VideoFramePtr& frame) {
    const SizeKey key{frame.get(), frame->width, frame->height};
    if (const auto* known = narrowed_.find(key); known && known->of.lock() == frame) return known->frame;
    narrowed_.erase_if([](const Narrowed& kept) { return kept.of.expired(); });

    const bool pairs = is_interleaved(frame->format);
    const std::array<int, 3> widths{frame->width, half(frame->width) * (pairs ? 2 : 1), half(frame->width)};
    const std::array<int, 3> heights{frame->height, half(frame->height), half(frame->height)};
    const std::size_t planes = pairs ? 2 : 3;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < planes; ++i) bytes += std::size_t(widths[i]) * std::size_t(heights[i]);
    auto memory = std::make_shared<std::vector<std::uint8_t>>(bytes);
    auto made = std::make_shared<VideoFrame>(*frame);
    made->format = pairs ? PixelFormat::nv12 : PixelFormat::i420;
    auto* to = memory->data();
    for (std::size_t i = 0; i < planes; ++i) {
        HALLCAST_ASSERT(reinterpret_cast<std::uintptr_t>(frame->planes[i]) % 2 == 0 && frame->strides[i] % 2 == 0);
        constexpr int of_ten = 1 << 14, of_sixteen = 1 << 8;  // libyuv's scale: 2^24 by the number of values
        libyuv::Convert16To8Plane(reinterpret_cast<const std::uint16_t*>(frame->planes[i]), frame->strides[i] / 2, to,
                                  widths[i], pairs ? of_sixteen : of_ten, widths[i], heights[i]);
        made->planes[i] = to;
        made->strides[i] = widths[i];
        to += std::size_t(widths[i]) * std::size_t(heights[i]);
    }
    made->keep = memory;
    return narrowed_.insert(key, {frame, made}, bytes).frame;
}

// Linear interpolation would skip pixels below half size, so the whole frame is averaged down once.
namespace {

constexpr int most_step = 8;  // times smaller, at once

// A whole multiple of the size wanted, so that the last step shares no pixel between two.
int step_to(int from, int to) { return to * std::max(1, (from + most_step * to - 1) / (most_step * to)); }

void scale(const std::uint8_t* y, int stride_y, const std::uint8_t* u, int stride_u, const std::uint8_t* v,
           int stride_v, int from_width, int from_height, std::uint8_t* to_y, std::uint8_t* to_u, std::uint8_t* to_v,
           int width, int height) {
    const int failed = libyuv::I420Scale(y, stride_y, u, stride_u, v, stride_v, from_width, from_height, to_y, width,
                                         to_u, half(width), to_v, half(width), width, height, libyuv::kFilterBox);
    HALLCAST_ASSERT(failed == 0);
}

}  // namespace

const VideoConverter::Planes& VideoConverter::reduced(const VideoFramePtr& frame, int width, int height) {
    const SizeKey key{frame.get(), width, height};
    if (const auto* known = reduced_.find(key); known && known->frame.lock() == frame) return known->planes;
    reduced_.erase_if([&](const Reduced& kept) { return kept.frame.expired(); });

    const auto luma = std::size_t(width) * std::size_t(height);
    const auto chroma = std::size_t(half(width)) * std::size_t(half(height));
    Reduced made;
    made.frame = frame;
    made.storage.resize(luma + 2 * chroma);
    auto* y = made.storage.data();
    auto* u = y + luma;
    auto* v = u + chroma;
    // What is left of the shift, in the smaller picture's samples.
    const auto shift = chroma_shift(frame->chroma_site);
    made.planes = {width,
                   height,
                   false,
                   {y, u, v},
                   {width, half(width), half(width)},
                   {shift.right * width / frame->width, shift.down * height / frame->height}};

    const auto* source_u = frame->planes[1];
    const auto* source_v = frame->planes[2];
    int stride_u = frame->strides[1], stride_v = frame->strides[2];
    if (frame->format == PixelFormat::nv12) {
        const auto size = std::size_t(half(frame->width)) * std::size_t(half(frame->height));
        split_u_.resize(std::max(split_u_.size(), size));
        split_v_.resize(std::max(split_v_.size(), size));
        libyuv::SplitUVPlane(frame->planes[1], frame->strides[1], split_u_.data(), half(frame->width), split_v_.data(),
                             half(frame->width), half(frame->width), half(frame->height));
        source_u = split_u_.data();
        source_v = split_v_.data();
        stride_u = stride_v = half(frame->width);
    }
    // libyuv multiplies a sum by the whole part of 65536 / (pixels summed): of thousands of pixels that is up to five
    // in a hundred too dark. Of 64 it is right.
    int from_width = frame->width, from_height = frame->height;
    const auto* source_y = frame->planes[0];
    int stride_y = frame->strides[0];
    std::vector<std::uint8_t> step;
    while (from_width > most_step * width || from_height > most_step * height) {
        const int next_width = step_to(from_width, width);
        const int next_height = step_to(from_height, height);
        const auto step_luma = std::size_t(next_width) * std::size_t(next_height);
        const auto step_chroma = std::size_t(half(next_width)) * std::size_t(half(next_height));
        std::vector<std::uint8_t> next(step_luma + 2 * step_chroma);
        auto* next_u = next.data() + step_luma;
        auto* next_v = next_u + step_chroma;
        scale(source_y, stride_y, source_u, stride_u, source_v, stride_v, from_width, from_height, next.data(), next_u,
              next_v, next_width, next_height);
        step = std::move(next);
        source_y = step.data();
        source_u = source_y + step_luma;
        source_v = source_u + step_chroma;
        stride_y = from_width = next_width;
        stride_u = stride_v = half(next_width);
        from_height = next_height;
    }
    scale(source_y, stride_y, source_u, stride_u, source_v, stride_v, from_width, from_height, y, u, v, width, height);
    const auto bytes = made.storage.size();
    return reduced_.insert(key, std::move(made), bytes).planes;
}

const std::uint8_t* VideoConverter::make_row(const Planes& from, int plane, int y, int rows, const RowScaler& scaler,
                                             int first, int last, std::vector<std::uint8_t>& made) {
    const auto index = std::size_t(plane);
    const int height = plane == 0 ? from.height : half(from.height);
    const auto* row =
        between_rows(from.planes[index], from.strides[index], scaler.from(), height, y, rows,
                     plane == 0 ? 0 : from.shift.down, !scaler.identity(), scaler.identity() ? made : between_);
    if (scaler.identity()) return row;
    reserve(made, scaler.to());
    scaler.scale(row, made.data(), first, last);
    return made.data();
}

void VideoConverter::make_chroma(const Planes& from, int y, int rows, const RowScaler& scaler, int first, int last,
                                 const std::uint8_t*& u, const std::uint8_t*& v) {
    if (!from.interleaved) {
        u = make_row(from, 1, y, rows, scaler, first, last, chroma_u_);
        v = make_row(from, 2, y, rows, scaler, first, last, chroma_v_);
        return;
    }
    const auto* pairs = between_rows(from.planes[1], from.strides[1], scaler.from() * 2, half(from.height), y, rows,
                                     from.shift.down, false, between_);
    reserve(split_u_, scaler.from());
    reserve(split_v_, scaler.from());
    libyuv::SplitUVPlane(pairs, 0, split_u_.data(), 0, split_v_.data(), 0, scaler.from(), 1);
    u = split_u_.data();
    v = split_v_.data();
    if (scaler.identity()) return;
    reserve(chroma_u_, scaler.to());
    reserve(chroma_v_, scaler.to());
    scaler.scale(u, chroma_u_.data(), first, last);
    scaler.scale(v, chroma_v_.data(), first, last);
    u = chroma_u_.data();
    v = chroma_v_.data();
}

void VideoConverter::draw(const VideoFramePtr& frame, const ScreenRect& box, const DamageRegion& region,
                          std::uint8_t* pixels, int stride) {
    HALLCAST_ASSERT(frame->format != PixelFormat::bgra && frame->width > 0 && frame->height > 0);
    HALLCAST_ASSERT(frame->planes[0] && frame->planes[1] && (frame->planes[2] || is_interleaved(frame->format)));
    if (light_of(*frame).must_be_mapped()) {
        deep_.draw(*frame, box, region, pixels, stride);
        return;
    }
    if (is_ten_bit(frame->format)) {
        draw(narrowed(frame), box, region, pixels, stride);
        return;
    }

    Planes planes{frame->width,  frame->height,  is_interleaved(frame->format),
                  frame->planes, frame->strides, chroma_shift(frame->chroma_site)};
    const int most_width = std::int64_t(frame->width) > 2 * std::int64_t(box.width) ? box.width : frame->width;
    const int most_height = std::int64_t(frame->height) > 2 * std::int64_t(box.height) ? box.height : frame->height;
    if (most_width != frame->width || most_height != frame->height) planes = reduced(frame, most_width, most_height);

    const auto luma = scaler(planes.width, box.width);
    const auto chroma = scaler(half(planes.width), half(box.width), planes.shift.right);
    const ColourRow colour(frame->matrix, frame->full_range);

    const auto boxes = region.boxes();
    for (std::size_t begin = 0; begin < boxes.size();) {
        std::size_t end = begin;
        while (end < boxes.size() && boxes[end].y1 == boxes[begin].y1) ++end;
        const int first = (boxes[begin].x1 - box.x) / alignment * alignment;
        const int last = boxes[end - 1].x2 - box.x;
        const bool in_place = end - begin == 1 && boxes[begin].x1 - box.x == first;
        if (!in_place) reserve(converted_, (last - first) * 4);
        for (int y = boxes[begin].y1; y < boxes[begin].y2; ++y) {
            const auto* row_y = make_row(planes, 0, y - box.y, box.height, *luma, first, last, luma_);
            const std::uint8_t* row_u = nullptr;
            const std::uint8_t* row_v = nullptr;
            make_chroma(planes, y - box.y, box.height, *chroma, first / 2, half(last), row_u, row_v);
            auto* line = pixels + std::ptrdiff_t(y) * stride;
            auto* target = in_place ? line + std::ptrdiff_t(box.x + first) * 4 : converted_.data();
            colour.convert(row_y + first, row_u + first / 2, row_v + first / 2, target, last - first);
            if (in_place) continue;
            for (std::size_t i = begin; i < end; ++i) {
                std::memcpy(line + std::ptrdiff_t(boxes[i].x1) * 4,
                            converted_.data() + std::ptrdiff_t(boxes[i].x1 - box.x - first) * 4,
                            std::size_t(boxes[i].x2 - boxes[i].x1) * 4);
            }
        }
        begin = end;
    }
}

}  // namespace hallcast::picture
