// Where a film's chroma lies: what has to be added to a place in its planes.
#pragma once

#include "player/picture/video_frame.h"

namespace hallcast::picture {

// In 1/256 of a sample of chroma. A sample in the middle of its four pixels needs none; one on the left of them lies a
// quarter of its own width farther left, so that what is wanted is farther right in the plane.
struct ChromaShift {
    int right = 0;
    int down = 0;
};

constexpr ChromaShift chroma_shift(ChromaSite site) {
    return {site == ChromaSite::centre ? 0 : 64, site == ChromaSite::top_left ? 64 : 0};
}

}  // namespace hallcast::picture
