// Films of high dynamic range or of wide gamut onto the canvas: in floating point, pixel by pixel.
#pragma once

#include <memory>
#include <vector>

#include "player/picture/chroma_shift.h"
#include "player/picture/damage.h"
#include "player/picture/light.h"
#include "player/picture/video_frame.h"

namespace hallcast::picture {

// The plain way, several times as dear as VideoConverter's: what staff upload is made eight bits and of ordinary range
// when it comes in, so that this is for what came another way. Any part of a frame can be made again, to the same
// pixels. Externally synchronized.
class DeepFilm {
  public:
    // As VideoConverter::draw().
    void draw(const VideoFrame& frame, const ScreenRect& box, const DamageRegion& region, std::uint8_t* pixels,
              int stride);

  private:
    // What one result is made of: source samples first..last, with a weight for the last; or, farther apart than two,
    // the mean of them all.
    struct Taps {
        int first;
        int last;
        float weight;
    };
    static std::vector<Taps> taps(int from, int to, int shift);

    // Row `down` of a plane, results left..right, in eight-bit steps.
    struct Plane {
        const std::uint8_t* samples;
        int stride;
        int step;  // samples from one to the next
        int width;
    };
    void make_row(const Plane& plane, PixelFormat format, const Taps& down, const std::vector<Taps>& across, int left,
                  int right, std::vector<float>& row);

    std::unique_ptr<LightMap> map_;
    std::vector<float> between_;
    std::vector<float> luma_, chroma_u_, chroma_v_;
};

}  // namespace hallcast::picture
