// Rectangles on whole pixels, gathered and drawn in as few calls as their textures allow.
#pragma once

#include <cstdint>
#include <vector>

#include "player/picture/gl_objects.h"
#include "player/picture/rotation.h"
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

    // The size in pixels of all that follows, which is turned as it is drawn: the viewport is of the turned size.
    void begin(ScreenSize target, Rotation rotation = Rotation::none);
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
    GLint uniform_turn_;
    GlBuffer vertices_;
    GlVertexArray arrays_;
    ScreenSize target_;
    Rotation rotation_ = Rotation::none;
    GLuint texture_ = 0;
    bool blend_ = false;
    std::vector<Vertex> gathered_;
    std::uint64_t draw_calls_ = 0;
};

// Draws those parts of an opaque picture of that size, a framebuffer's texture, into the framebuffer that is bound,
// turned.
void copy_turned(GlBatch& batch, GLuint picture, ScreenSize size, const std::vector<ScreenRect>& parts,
                 Rotation rotation);

}  // namespace hallcast::picture
