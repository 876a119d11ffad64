// Films as textures: planes uploaded as they are, scaled and converted to RGB by a shader.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "player/picture/damage.h"
#include "player/picture/gl_objects.h"
#include "player/picture/video_frame.h"

namespace hallcast::picture {

// Externally synchronized; with its context current.
class GlVideo {
  public:
    GlVideo();

    // Where `frame` (not bgra), stretched over `box`, lies in `region`: opaque. What a pixel becomes depends on its
    // place and the frame alone, not on the region, so that a part can be drawn again.
    void draw(const VideoFramePtr& frame, const ScreenRect& box, const DamageRegion& region, ScreenSize target);

  private:
    struct Planes {
        std::weak_ptr<const VideoFrame> frame;
        PixelFormat format = PixelFormat::i420;
        int width = 0;
        int height = 0;
        std::array<GlTexture, 3> textures;
    };

    Planes& uploaded(const VideoFramePtr& frame);
    void describe_values(const VideoFrame& frame);
    void describe_light(const VideoFrame& frame);

    GlProgram program_;
    GlBuffer vertices_;
    GlVertexArray arrays_;
    std::vector<Planes> planes_;  // of the frames drawn last, the newest at the end
    std::vector<float> corners_;
};

}  // namespace hallcast::picture
