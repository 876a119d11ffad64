// Scales still pictures well: every pixel of the source has its share, however much smaller the result is.
#pragma once

#include <cstdint>
#include <vector>

namespace hallcast::picture {

// Premultiplied BGRA to width x height, `width * 4` bytes a row. A tent filter, as wide as the scale asks for: bilinear
// when enlarging. Opaque stays exactly opaque and one colour stays that colour. All sizes positive.
std::vector<std::uint32_t> resample(const std::uint8_t* pixels, int stride, int source_width, int source_height,
                                    int width, int height);

}  // namespace hallcast::picture
