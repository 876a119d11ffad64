#include "player/picture/gl_video.h"

#include <algorithm>

#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

// A screen has one film, two while they change; more share.
constexpr std::size_t most_frames = 4;

constexpr int half(int value) { return (value + 1) / 2; }

constexpr const char* vertex_shader = R"(#version 300 es
layout(location = 0) in vec2 position;
uniform vec2 target;
void main() {
    gl_Position = vec4(position.x / target.x * 2.0 - 1.0, 1.0 - position.y / target.y * 2.0, 0.0, 1.0);
}
)";
// The place in the film comes from the pixel, not from a vertex: the same for each way of cutting the region up.
constexpr const char* fragment_shader = R"(#version 300 es
precision highp float;
uniform vec2 target;
uniform vec4 box;  // x, y, width, height, pixels
uniform sampler2D luma;
uniform sampler2D chroma_u;  // of nv12: u and v
uniform sampler2D chroma_v;
uniform bool interleaved;
uniform vec3 black;
uniform mat3 to_rgb;
out vec4 seen;
void main() {
    vec2 pixel = vec2(gl_FragCoord.x, target.y - gl_FragCoord.y);
    vec2 at = (pixel - box.xy) / box.zw;
    vec3 yuv;
    yuv.x = texture(luma, at).r;
    if (interleaved) yuv.yz = texture(chroma_u, at).rg;
    else yuv.yz = vec2(texture(chroma_u, at).r, texture(chroma_v, at).r);
    seen = vec4(to_rgb * (yuv - black), 1.0);
}
)";

// ITU-R BT.601, BT.709 and BT.2020, 3; the same numbers as ColourRow's. Column by column.
std::array<float, 9> matrix_of(ColourMatrix matrix, bool full_range) {
    const double kr = matrix == ColourMatrix::bt601 ? 0.299 : matrix == ColourMatrix::bt709 ? 0.2126 : 0.2627;
    const double kb = matrix == ColourMatrix::bt601 ? 0.114 : matrix == ColourMatrix::bt709 ? 0.0722 : 0.0593;
    const double kg = 1 - kr - kb;
    const double luma = full_range ? 1 : 255.0 / 219;
    const double chroma = full_range ? 1 : 255.0 / 224;
    const double red_v = 2 * (1 - kr) * chroma, blue_u = 2 * (1 - kb) * chroma;
    return {float(luma),
            float(luma),
            float(luma),
            0,
            float(-blue_u * kb / kg),
            float(blue_u),
            float(red_v),
            float(-red_v * kr / kg),
            0};
}

void describe(const GlTexture& texture, GLenum format, int width, int height) {
    glBindTexture(GL_TEXTURE_2D, texture.name());
    glTexImage2D(GL_TEXTURE_2D, 0, GLint(format), width, height, 0, format == GL_RG8 ? GL_RG : GL_RED, GL_UNSIGNED_BYTE,
                 nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
}

void fill(const GlTexture& texture, bool pairs, int width, int height, const std::uint8_t* plane, int stride) {
    glBindTexture(GL_TEXTURE_2D, texture.name());
    const int texel = pairs ? 2 : 1;
    const auto upload = [&](int y, int rows, const std::uint8_t* from) {
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, y, width, rows, pairs ? GL_RG : GL_RED, GL_UNSIGNED_BYTE, from);
    };
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    if (stride > 0 && stride % texel == 0) {
        glPixelStorei(GL_UNPACK_ROW_LENGTH, stride / texel);
        upload(0, height, plane);
        glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    } else {
        for (int y = 0; y < height; ++y) upload(y, 1, plane + std::ptrdiff_t(y) * stride);
    }
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
}

}  // namespace

GlVideo::GlVideo() : program_(vertex_shader, fragment_shader) {
    program_.use();
    glUniform1i(program_.uniform("luma"), 0);
    glUniform1i(program_.uniform("chroma_u"), 1);
    glUniform1i(program_.uniform("chroma_v"), 2);
    glBindVertexArray(arrays_.name());
    glBindBuffer(GL_ARRAY_BUFFER, vertices_.name());
    glEnableVertexAttribArray(0);
    glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, nullptr);
    glBindVertexArray(0);
}

GlVideo::Planes& GlVideo::uploaded(const VideoFramePtr& frame) {
    const auto known = std::ranges::find_if(planes_, [&](const Planes& one) { return one.frame.lock() == frame; });
    if (known != planes_.end()) {
        std::rotate(known, known + 1, planes_.end());
        return planes_.back();
    }
    const bool pairs = frame->format == PixelFormat::nv12;
    // Textures of a frame that is over are taken for the next of its size; failing that, the oldest go.
    auto reused = std::ranges::find_if(planes_, [&](const Planes& one) {
        return one.frame.expired() && one.format == frame->format && one.width == frame->width &&
               one.height == frame->height;
    });
    if (reused == planes_.end()) {
        std::erase_if(planes_, [](const Planes& one) { return one.frame.expired(); });
        if (planes_.size() >= most_frames) planes_.erase(planes_.begin());
        Planes& made = planes_.emplace_back();
        made.format = frame->format;
        made.width = frame->width;
        made.height = frame->height;
        describe(made.textures[0], GL_R8, frame->width, frame->height);
        describe(made.textures[1], pairs ? GL_RG8 : GL_R8, half(frame->width), half(frame->height));
        if (!pairs) describe(made.textures[2], GL_R8, half(frame->width), half(frame->height));
    } else {
        std::rotate(reused, reused + 1, planes_.end());
    }
    Planes& planes = planes_.back();
    planes.frame = frame;
    planes.has_mipmaps = false;
    fill(planes.textures[0], false, frame->width, frame->height, frame->planes[0], frame->strides[0]);
    fill(planes.textures[1], pairs, half(frame->width), half(frame->height), frame->planes[1], frame->strides[1]);
    if (!pairs)
        fill(planes.textures[2], false, half(frame->width), half(frame->height), frame->planes[2], frame->strides[2]);
    return planes;
}

void GlVideo::draw(const VideoFramePtr& frame, const ScreenRect& box, const DamageRegion& region, ScreenSize target) {
    HALLCAST_ASSERT(frame->format != PixelFormat::bgra && frame->width > 0 && frame->height > 0);
    HALLCAST_ASSERT(frame->planes[0] && frame->planes[1] && (frame->planes[2] || frame->format == PixelFormat::nv12));
    Planes& planes = uploaded(frame);
    // Below half size, four neighbours are not all that a pixel must be made of.
    const bool small = std::int64_t(frame->width) > 2 * std::int64_t(box.width) ||
                       std::int64_t(frame->height) > 2 * std::int64_t(box.height);
    const int textures = frame->format == PixelFormat::nv12 ? 2 : 3;
    for (int i = 0; i < textures; ++i) {
        glActiveTexture(GLenum(GL_TEXTURE0 + i));
        glBindTexture(GL_TEXTURE_2D, planes.textures[std::size_t(i)].name());
        if (small && !planes.has_mipmaps) glGenerateMipmap(GL_TEXTURE_2D);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, small ? GL_LINEAR_MIPMAP_LINEAR : GL_LINEAR);
    }
    planes.has_mipmaps = planes.has_mipmaps || small;

    corners_.clear();
    for (const auto& part : region.boxes()) {
        const float left = float(part.x1), right = float(part.x2), top = float(part.y1), bottom = float(part.y2);
        corners_.insert(corners_.end(), {left, top, right, top, left, bottom, left, bottom, right, top, right, bottom});
    }
    program_.use();
    glUniform2f(program_.uniform("target"), float(target.width), float(target.height));
    glUniform4f(program_.uniform("box"), float(box.x), float(box.y), float(box.width), float(box.height));
    glUniform1i(program_.uniform("interleaved"), frame->format == PixelFormat::nv12);
    glUniform3f(program_.uniform("black"), frame->full_range ? 0.0f : 16.0f / 255, 128.0f / 255, 128.0f / 255);
    glUniformMatrix3fv(program_.uniform("to_rgb"), 1, GL_FALSE, matrix_of(frame->matrix, frame->full_range).data());
    glDisable(GL_BLEND);
    glBindVertexArray(arrays_.name());
    glBindBuffer(GL_ARRAY_BUFFER, vertices_.name());
    glBufferData(GL_ARRAY_BUFFER, GLsizeiptr(corners_.size() * sizeof(float)), corners_.data(), GL_STREAM_DRAW);
    glDrawArrays(GL_TRIANGLES, 0, GLsizei(corners_.size() / 2));
    glBindVertexArray(0);
    glActiveTexture(GL_TEXTURE0);
}

}  // namespace hallcast::picture
