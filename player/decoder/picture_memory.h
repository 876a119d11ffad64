// Where decoded pictures lie: in libav's own memory, or in memory that another process sees.
#pragma once

#include "player/decoder/libav.h"

namespace hallcast::decoder {

// Internally synchronized: libav's threads ask, too. Outlives the codecs and the pictures.
class PictureMemory {
  public:
    virtual ~PictureMemory() = default;
    // Lets a software codec decode into this memory. Before avcodec_open2().
    virtual void use_for(AVCodecContext& codec) = 0;
    // Memory for a picture whose format, width and height are set. False: there is none left.
    virtual bool allocate(AVFrame& frame) = 0;
};

}  // namespace hallcast::decoder
