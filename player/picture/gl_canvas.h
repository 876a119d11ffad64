// Draws scenes with OpenGL ES into the framebuffer that is bound, in the region it is told and nowhere else.
#pragma once

#include <memory>
#include <vector>

#include "player/picture/damage.h"
#include "player/picture/gl_atlas.h"
#include "player/picture/gl_batch.h"
#include "player/picture/gl_video.h"
#include "player/picture/scaled_images.h"

namespace hallcast::picture {

// The same as Canvas, by other means: items front to back for what of each can be seen, then drawn back to front, what
// is opaque without blending. Keeps caches only. Externally synchronized; with its context current, in its destructor
// too.
class GlCanvas {
  public:
    explicit GlCanvas(const text::FontSet& fonts);

    // `target`: the size of the framebuffer.
    void paint(const Scene& scene, const DamageRegion& region, ScreenSize target);

  private:
    struct Still {
        std::weak_ptr<const void> owner;
        const void* key = nullptr;
        ScreenSize size;
        GlTexture texture;
        bool opaque = false;
    };

    void draw(const Fill& fill, const ScreenRect& box);
    void draw(const Text& text, const ScreenRect& box);
    void draw(const Picture& picture, const ScreenRect& box);
    void draw(const Video& video, const ScreenRect& box);
    void draw_still(const StillSource& source, const ScreenRect& box, std::uint8_t alpha = 255);
    const Still& still(const StillSource& source, ScreenSize size);
    void fill_region(const DamageRegion& region, GlColour colour, bool blend);
    void add_atlas(const ScreenRect& texels, const ScreenRect& place, GlColour colour, bool right = false,
                   bool lower = false);

    GlBatch batch_;
    GlAtlas atlas_;
    GlVideo video_;
    std::vector<Still> stills_;  // the last used at the end
    ScreenSize target_;
    DamageRegion visible_;  // while painting: the part that the item shows in
};

}  // namespace hallcast::picture
