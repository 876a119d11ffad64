// Turns decoded sound of any rate, layout and sample format into 48 kHz float stereo.
#pragma once

#include <optional>
#include <vector>

#include "player/decoder/libav.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

// Keeps the resampler of one film. Externally synchronized. 5.1 and the like are mixed down with the weights of ITU-R
// BS.775 and scaled so that they cannot clip; mono goes to both sides 3 dB lower.
class SoundConversion {
  public:
    // Stereo, interleaved. Holds a little back (the resampler's window), which drain() gives.
    Expected<std::vector<float>> convert(const AVFrame& frame);
    std::vector<float> drain();
    // How much of what was given in has not come out yet.
    std::chrono::nanoseconds held_back() const;

  private:
    Expected<void> prepare(const AVFrame& frame);

    Resampler resampler_;
    int rate_ = 0;
    int format_ = AV_SAMPLE_FMT_NONE;
    int channels_ = 0;
};

}  // namespace hallcast::decoder
