// A picture that was drawn here, not decoded: premultiplied BGRA of a library's own memory.
#pragma once

#include <memory>

#include "player/picture/video_frame.h"

namespace hallcast::decoder {

// `pixels`: rows of `stride` bytes, which `keep` owns.
inline picture::VideoFramePtr drawn_picture(int width, int height, const std::uint8_t* pixels, int stride,
                                            std::shared_ptr<const void> keep) {
    auto frame = std::make_shared<picture::VideoFrame>();
    frame->format = picture::PixelFormat::bgra;
    frame->width = frame->display_width = width;
    frame->height = frame->display_height = height;
    frame->full_range = true;
    frame->planes[0] = pixels;
    frame->strides[0] = stride;
    frame->keep = std::move(keep);
    return frame;
}

}  // namespace hallcast::decoder
