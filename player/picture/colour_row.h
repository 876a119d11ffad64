// One row of a film from YUV to RGB, in the matrix and range that the film says.
#pragma once

#include <cstdint>

#include "player/picture/video_frame.h"

namespace hallcast::picture {

// What luma and chroma count for red, green and blue, in whole steps of 0..255; ITU-R BT.601, BT.709 and BT.2020, 3:
// luma is kr * R + kg * G + kb * B; limited range is 16..235 for luma, 16..240 for chroma.
struct YuvToRgb {
    float black;  // of luma
    float luma;
    float red_v;
    float green_u;
    float green_v;
    float blue_u;

    static YuvToRgb of(ColourMatrix matrix, bool full_range);
};

// Our own, because libyuv's 8-bit coefficients cannot hold BT.709's 2.112 for blue: deep blues come out 10 of 255 too
// dark. Immutable.
class ColourRow {
  public:
    ColourRow(ColourMatrix matrix, bool full_range);

    // `width` opaque BGRA pixels, two of them for each byte of `u` and `v` (the last alone when the width is odd).
    // Nothing is read or written behind.
    void convert(const std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v, std::uint8_t* bgra,
                 int width) const;
    // The same pixel by pixel; what convert() is tested against, and what it is on other processors.
    void convert_plainly(const std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v, std::uint8_t* bgra,
                         int width) const;

    // All in 1/32768, as the processor's rounded 16-bit multiplication wants them.
    struct Coefficients {
        std::int16_t black;  // of luma, as it is
        std::int16_t luma;   // half of what luma counts
        std::int16_t red_v;  // a quarter of what chroma counts, from here on
        std::int16_t green_u;
        std::int16_t green_v;
        std::int16_t blue_u;
    };

  private:
    Coefficients by_;
};

}  // namespace hallcast::picture
