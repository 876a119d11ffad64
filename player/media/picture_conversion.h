// Makes a VideoFrame of what a decoder gave: without a copy where the painters know the format, else converted once.
#pragma once

#include "player/media/libav.h"
#include "player/picture/video_frame.h"
#include "protocol/base/error.h"

namespace hallcast::media {

// Keeps the scaler between pictures of one film. Externally synchronized.
class PictureConversion {
  public:
    // `aspect` is that of a sample (pixel); 0/1: square. Pictures above 4K are made smaller, for memory's sake.
    // A rotation in the file's metadata is not applied: ingest does that.
    Expected<picture::VideoFramePtr> convert(Frame frame, AVRational aspect);

  private:
    Expected<Frame> rescale(const AVFrame& frame, AVPixelFormat format, int width, int height);

    Scaler scaler_;
};

}  // namespace hallcast::media
