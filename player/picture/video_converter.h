// Films onto the canvas: scaled and converted to RGB in one pass, a row at a time, and only the rows that are asked
// for. Ten bits are made eight first, and light that has to be mapped goes the plain way of DeepFilm.
#pragma once

#include <vector>

#include "player/picture/bounded_cache.h"
#include "player/picture/damage.h"
#include "player/picture/deep_film.h"
#include "player/picture/scale_row.h"
#include "player/picture/video_frame.h"

namespace hallcast::picture {

// Because any part of a frame can be made again from the frame alone, to the same pixels, nothing of the converted film
// needs to be kept for what is drawn over it. Externally synchronized.
class VideoConverter {
  public:
    VideoConverter();

    // Writes opaque BGRA where `frame` (not bgra), stretched over `box`, lies in `region`. The region is inside of
    // the box and of the screen, whose pixel (0, 0) is at `pixels`.
    void draw(const VideoFramePtr& frame, const ScreenRect& box, const DamageRegion& region, std::uint8_t* pixels,
              int stride);
    std::size_t bytes() const { return reduced_.bytes() + narrowed_.bytes(); }

  private:
    // A frame as rows to read from: the decoder's, or one that was reduced to below twice the size of its box.
    struct Planes {
        int width = 0;
        int height = 0;
        bool interleaved = false;  // nv12: planes[1] is U V U V
        std::array<const std::uint8_t*, 3> planes{};
        std::array<int, 3> strides{};
        ChromaShift shift;
    };
    struct Reduced {
        std::weak_ptr<const VideoFrame> frame;
        std::vector<std::uint8_t> storage;
        Planes planes;
    };
    struct SizeKey {
        const void* frame;
        int from;
        int to;
        bool operator==(const SizeKey&) const = default;
    };
    struct SizeHash {
        std::size_t operator()(const SizeKey& key) const { return hash_parts(key.frame, key.from, key.to); }
    };

    struct ScalerKey {
        int from;
        int to;
        int shift;
        bool operator==(const ScalerKey&) const = default;
    };
    struct ScalerHash {
        std::size_t operator()(const ScalerKey& key) const { return hash_parts(key.from, key.to, key.shift); }
    };

    std::shared_ptr<const RowScaler> scaler(int from, int to, int shift = 0);
    VideoFramePtr narrowed(const VideoFramePtr& frame);
    const Planes& reduced(const VideoFramePtr& frame, int width, int height);
    const std::uint8_t* make_row(const Planes& from, int plane, int y, int rows, const RowScaler& scaler, int first,
                                 int last, std::vector<std::uint8_t>& made);
    void make_chroma(const Planes& from, int y, int rows, const RowScaler& scaler, int first, int last,
                     const std::uint8_t*& u, const std::uint8_t*& v);

    BoundedCache<ScalerKey, std::shared_ptr<const RowScaler>, ScalerHash> scalers_;
    BoundedCache<SizeKey, Reduced, SizeHash> reduced_;
    struct Narrowed {
        std::weak_ptr<const VideoFrame> of;
        VideoFramePtr frame;
    };
    BoundedCache<SizeKey, Narrowed, SizeHash> narrowed_;
    std::vector<std::uint8_t> between_;  // a row after the vertical step
    std::vector<std::uint8_t> split_u_, split_v_;
    std::vector<std::uint8_t> luma_, chroma_u_, chroma_v_;
    std::vector<std::uint8_t> converted_;
    DeepFilm deep_;
};

}  // namespace hallcast::picture
