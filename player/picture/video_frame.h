// One decoded picture of a film, as planes of memory that somebody else keeps alive.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

namespace hallcast::picture {

enum class PixelFormat : std::uint8_t { i420, nv12, bgra };  // bgra: premultiplied, byte order B G R A
enum class ColourMatrix : std::uint8_t { bt601, bt709, bt2020 };

// Immutable. Planes stay valid as long as the frame; `keep` owns them (an AVFrame, mostly).
struct VideoFrame {
    PixelFormat format = PixelFormat::i420;
    int width = 0;  // coded size in pixels
    int height = 0;
    int display_width = 0;  // after the sample aspect ratio; what the zone's fit is computed from
    int display_height = 0;
    ColourMatrix matrix = ColourMatrix::bt709;
    bool full_range = false;
    std::array<const std::uint8_t*, 3> planes{};
    std::array<int, 3> strides{};  // bytes
    std::shared_ptr<const void> keep;
};

using VideoFramePtr = std::shared_ptr<const VideoFrame>;

}  // namespace hallcast::picture
