// Rectangles on whole pixels, gathered and drawn in as few calls as their textures allow.
#pragma once

#include <cstdint>
#include <vector>

#include "player/picture/gl_objects.h"
#include "player/picture/scene.h"

namespace hallcast::picture {

// Premultiplied.
struct GlColour {
    std::uint8_t red = 0, green = 0, blue = 0, alpha = 0;
};
GlColour premultiplied(Colour colour);

// Where in a texture, in texels, the pixel (0, 0) of the screen would lie, and in which direction the texture is read.
struct TexelMap {
    int x = 0;
    int y = 0;
    int step_x = 1;
    int step_y = 1;
};

// What is seen is texture * colour, texel by pixel, both premultiplied. Externally synchronized; with its context
// current.
class GlBatch {
  public:
    GlBatch();

    // The target of all that follows, in pixels: the viewport.
    void begin(ScreenSize target);
    // `texture` of that size; a change of texture or of blending draws what was gathered.
    void add(GLuint texture, ScreenSize texture_size, const TexelMap& map, GlColour colour, bool blend,
             const ScreenRect& rect);
    void flush();
    std::uint64_t draw_calls() const { return draw_calls_; }

  private:
    struct Vertex {
        float x, y, u, v;
        GlColour colour;
    };
    GlProgram program_;
    GLint uniform_target_;
    GlBuffer vertices_;
    GlVertexArray arrays_;
    ScreenSize target_;
    GLuint texture_ = 0;
    bool blend_ = false;
    std::vector<Vertex> gathered_;
    std::uint64_t draw_calls_ = 0;
};

}  // namespace hallcast::picture
