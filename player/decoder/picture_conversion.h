// Makes a VideoFrame of what a decoder gave: without a copy where the painters know the format, else converted once.
#pragma once

#include "player/decoder/libav.h"
#include "player/decoder/picture_memory.h"
#include "player/picture/video_frame.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

// Keeps the scaler between pictures of one film. Externally synchronized.
class PictureConversion {
  public:
    // `memory`: where what is converted shall lie; null: anywhere.
    explicit PictureConversion(PictureMemory* memory = nullptr) : memory_(memory) {}

    // `aspect` is that of a sample (pixel); 0/1: square. Pictures above 4K are made smaller, for memory's sake.
    Expected<picture::VideoFramePtr> convert(Frame frame, AVRational aspect);

  private:
    Expected<Frame> rescale(const AVFrame& frame, AVPixelFormat format, int width, int height);

    PictureMemory* const memory_;
    Scaler scaler_;
};

}  // namespace hallcast::decoder
