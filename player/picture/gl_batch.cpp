#include "player/picture/gl_batch.h"

#include <array>
#include <cstddef>

#include "player/picture/pixman_image.h"

namespace hallcast::picture {

namespace {

constexpr const char* vertex_shader = R"(#version 300 es
layout(location = 0) in vec2 position;  // pixels, down from the top left corner
layout(location = 1) in vec2 texel;     // 0..1
layout(location = 2) in vec4 colour;
uniform vec2 target;
uniform mat2 turn;
out highp vec2 at;
out mediump vec4 tint;
void main() {
    at = texel;
    tint = colour;
    vec2 upright = vec2(position.x / target.x * 2.0 - 1.0, 1.0 - position.y / target.y * 2.0);
    gl_Position = vec4(turn * upright, 0.0, 1.0);
}
)";
constexpr const char* fragment_shader = R"(#version 300 es
precision highp float;
in highp vec2 at;
in mediump vec4 tint;
uniform sampler2D pixels;
out vec4 seen;
void main() { seen = texture(pixels, at) * tint; }
)";

// Column by column; GL's y goes up.
std::array<float, 4> turn_by(Rotation rotation) {
    switch (rotation) {
        case Rotation::by_90:
            return {0, -1, 1, 0};
        case Rotation::by_180:
            return {-1, 0, 0, -1};
        case Rotation::by_270:
            return {0, 1, -1, 0};
        case Rotation::none:
            break;
    }
    return {1, 0, 0, 1};
}

}  // namespace

GlColour premultiplied(Colour colour) {
    return {multiply_bytes(colour.red, colour.alpha), multiply_bytes(colour.green, colour.alpha),
            multiply_bytes(colour.blue, colour.alpha), colour.alpha};
}

GlBatch::GlBatch()
    : program_(vertex_shader, fragment_shader),
      uniform_target_(program_.uniform("target")),
      uniform_turn_(program_.uniform("turn")) {
    glBindVertexArray(arrays_.name());
    glBindBuffer(GL_ARRAY_BUFFER, vertices_.name());
    const auto offset = [](std::size_t bytes) { return reinterpret_cast<const void*>(bytes); };
    glEnableVertexAttribArray(0);
    glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(Vertex), offset(offsetof(Vertex, x)));
    glEnableVertexAttribArray(1);
    glVertexAttribPointer(1, 2, GL_FLOAT, GL_FALSE, sizeof(Vertex), offset(offsetof(Vertex, u)));
    glEnableVertexAttribArray(2);
    glVertexAttribPointer(2, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(Vertex), offset(offsetof(Vertex, colour)));
    glBindVertexArray(0);
}

void GlBatch::begin(ScreenSize target, Rotation rotation) {
    target_ = target;
    rotation_ = rotation;
    texture_ = 0;
    const ScreenSize viewport = rotated(target, rotation);
    glViewport(0, 0, viewport.width, viewport.height);
}

void GlBatch::add(GLuint texture, ScreenSize texture_size, const TexelMap& map, GlColour colour, bool blend,
                  const ScreenRect& rect) {
    if (texture != texture_ || blend != blend_) flush();
    texture_ = texture;
    blend_ = blend;
    const auto corner = [&](int x, int y) {
        return Vertex{float(x), float(y), float(map.x + map.step_x * x) / float(texture_size.width),
                      float(map.y + map.step_y * y) / float(texture_size.height), colour};
    };
    const Vertex a = corner(rect.x, rect.y), b = corner(rect.right(), rect.y), c = corner(rect.x, rect.bottom()),
                 d = corner(rect.right(), rect.bottom());
    gathered_.insert(gathered_.end(), {a, b, c, c, b, d});
}

void GlBatch::flush() {
    if (gathered_.empty()) return;
    program_.use();
    glUniform2f(uniform_target_, float(target_.width), float(target_.height));
    glUniformMatrix2fv(uniform_turn_, 1, GL_FALSE, turn_by(rotation_).data());
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, texture_);
    if (blend_) {
        glEnable(GL_BLEND);
        glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    } else {
        glDisable(GL_BLEND);
    }
    glBindVertexArray(arrays_.name());
    glBindBuffer(GL_ARRAY_BUFFER, vertices_.name());
    glBufferData(GL_ARRAY_BUFFER, GLsizeiptr(gathered_.size() * sizeof(Vertex)), gathered_.data(), GL_STREAM_DRAW);
    glDrawArrays(GL_TRIANGLES, 0, GLsizei(gathered_.size()));
    glBindVertexArray(0);
    gathered_.clear();
    ++draw_calls_;
}

void copy_turned(GlBatch& batch, GLuint picture, ScreenSize size, const std::vector<ScreenRect>& parts,
                 Rotation rotation) {
    batch.begin(size, rotation);
    // A framebuffer's rows go up.
    for (const auto& part : parts) batch.add(picture, size, {0, size.height, 1, -1}, {255, 255, 255, 255}, false, part);
    batch.flush();
}

}  // namespace hallcast::picture
