// One decoded picture of a film, as planes of memory that somebody else keeps alive.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

namespace hallcast::picture {

// i420 and i010 have planes Y U V, nv12 and p010 Y and pairs of U V. i010: ten bits in the low end of 16-bit words of
// the machine's order, p010: in their high end. bgra: premultiplied, byte order B G R A.
enum class PixelFormat : std::uint8_t { i420, nv12, i010, p010, bgra };
enum class ColourMatrix : std::uint8_t { bt601, bt709, bt2020 };
// What the values mean as light. sdr: what a screen shows without asking (BT.1886). pq, hlg: high dynamic range of
// ITU-R BT.2100, made to fit by the painters.
enum class Transfer : std::uint8_t { sdr, pq, hlg };
// Where a sample of chroma lies among its four of luma: beside the left two, in the middle, on the upper left one.
enum class ChromaSite : std::uint8_t { left, centre, top_left };

constexpr bool is_interleaved(PixelFormat format) { return format == PixelFormat::nv12 || format == PixelFormat::p010; }
constexpr bool is_ten_bit(PixelFormat format) { return format == PixelFormat::i010 || format == PixelFormat::p010; }

// Columns or rows of chroma beside `luma` of luma.
template <typename Number>
constexpr Number half(Number luma) {
    return (luma + 1) / 2;
}

// Bytes in a row of a plane, padding not counted, and rows; 0: the format has no such plane.
struct PlaneShape {
    std::uint64_t bytes = 0, rows = 0;
};
constexpr PlaneShape plane_shape(PixelFormat format, std::size_t plane, std::uint64_t width, std::uint64_t height) {
    if (format == PixelFormat::bgra) return plane == 0 ? PlaneShape{width * 4, height} : PlaneShape{};
    const std::uint64_t sample = is_ten_bit(format) ? 2 : 1;
    if (plane == 0) return {width * sample, height};
    const std::uint64_t columns = half(width), rows = half(height);
    if (is_interleaved(format)) return plane == 1 ? PlaneShape{columns * 2 * sample, rows} : PlaneShape{};
    return plane <= 2 ? PlaneShape{columns * sample, rows} : PlaneShape{};
}

struct VideoFrame;
using VideoFramePtr = std::shared_ptr<const VideoFrame>;

// What is to be drawn over a film's picture, its caption: a part of a canvas that covers the film exactly. While it
// does not change, it is the same object.
struct Overlay {
    VideoFramePtr frame;  // bgra
    int x = 0;            // of its top left corner on the canvas
    int y = 0;
    int canvas_width = 0;
    int canvas_height = 0;
};

// Immutable. Planes stay valid as long as the frame; `keep` owns them (an AVFrame, mostly).
struct VideoFrame {
    PixelFormat format = PixelFormat::i420;
    int width = 0;  // coded size in pixels
    int height = 0;
    int display_width = 0;  // after the sample aspect ratio; what the zone's fit is computed from
    int display_height = 0;
    ColourMatrix matrix = ColourMatrix::bt709;
    bool full_range = false;
    Transfer transfer = Transfer::sdr;
    bool wide_gamut = false;  // the primaries are BT.2020's, not BT.709's
    float peak_nits = 1000;   // of pq: the brightest light that the film uses
    ChromaSite chroma_site = ChromaSite::left;
    std::array<const std::uint8_t*, 3> planes{};
    std::array<int, 3> strides{};  // bytes
    std::shared_ptr<const void> keep;
    std::shared_ptr<const Overlay> overlay;  // null: nothing is drawn over it
};

}  // namespace hallcast::picture
