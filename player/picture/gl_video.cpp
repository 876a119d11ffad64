#include "player/picture/gl_video.h"

#include <algorithm>
#include <array>
#include <string>

#include "player/picture/chroma_shift.h"
#include "player/picture/colour_row.h"
#include "player/picture/light.h"
#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

// A screen has one film, two while they change; more share.
constexpr std::size_t most_frames = 4;

constexpr const char* film_vertex_shader = R"(#version 300 es
layout(location = 0) in vec2 position;
uniform vec2 target;
void main() {
    gl_Position = vec4(position.x / target.x * 2.0 - 1.0, 1.0 - position.y / target.y * 2.0, 0.0, 1.0);
}
)";
// The place in the film comes from the pixel, not from a vertex: the same for each way of cutting the region up. Values
// of more than eight bits come as two bytes. Light is mapped by the formulas of light.h.
constexpr const char* film_fragment_shader = R"(#version 300 es
precision highp float;
precision highp int;
uniform vec2 target;
uniform vec4 box;  // x, y, width, height, pixels
uniform sampler2D luma;
uniform sampler2D chroma_u;  // of nv12 and p010: u and v
uniform sampler2D chroma_v;
uniform int arrangement;  // 0: three planes, 1: pairs of a byte each, 2: pairs of two bytes each
uniform vec2 bytes;       // what the lower and the higher byte of a value count
uniform vec2 chroma_shift;
uniform ivec2 taps;  // samples for a pixel, across and down
uniform vec3 black;
uniform mat3 to_rgb;
uniform int transfer;    // 0: shown as it is, 1: BT.1886 to be mapped, 2: PQ, 3: HLG
uniform vec2 peak;       // of the film, and of the screen, as PQ values
uniform vec3 luminance;  // of the film's primaries
uniform mat3 to_gamut;
out vec4 seen;

// A texture unit may round what it has mixed to a byte, which the higher of two must not be, nor what is mapped: where a
// colour leaves the screen's gamut, little is left but the difference of two large values.
vec4 mixed(sampler2D plane, vec2 at) {
    if (bytes.y == 0.0 && transfer == 0) return texture(plane, at);
    ivec2 last = textureSize(plane, 0) - 1;
    vec2 place = clamp(at * vec2(last + 1) - 0.5, vec2(0.0), vec2(last));
    ivec2 a = ivec2(place), b = min(a + 1, last);
    vec2 part = place - vec2(a);
    return mix(mix(texelFetch(plane, a, 0), texelFetch(plane, ivec2(b.x, a.y), 0), part.x),
               mix(texelFetch(plane, ivec2(a.x, b.y), 0), texelFetch(plane, b, 0), part.x), part.y);
}

vec3 yuv_at(vec2 at) {
    vec2 there = at + chroma_shift;
    float y = dot(mixed(luma, at).rg, bytes);
    vec4 u = mixed(chroma_u, there);
    if (arrangement == 0) return vec3(y, dot(u.rg, bytes), dot(mixed(chroma_v, there).rg, bytes));
    if (arrangement == 1) return vec3(y, u.rg);
    return vec3(y, dot(u.rg, bytes), dot(u.ba, bytes));
}

const float m1 = 0.1593017578125, m2 = 78.84375, c1 = 0.8359375, c2 = 18.8515625, c3 = 18.6875;
vec3 pq_of(vec3 nits) {
    vec3 p = pow(nits / 10000.0, vec3(m1));
    return pow((c1 + c2 * p) / (1.0 + c3 * p), vec3(m2));
}
vec3 nits_of(vec3 pq) {
    vec3 p = pow(pq, vec3(1.0 / m2));
    return 10000.0 * pow(max(p - c1, 0.0) / (c2 - c3 * p), vec3(1.0 / m1));
}
vec3 rolled_off(vec3 pq) {
    float most = peak.y / peak.x;
    float knee = 1.5 * most - 0.5;
    vec3 e = min(pq / peak.x, 1.0);
    vec3 t = max(e - knee, 0.0) / max(1.0 - knee, 1e-6);
    vec3 t2 = t * t, t3 = t2 * t;
    vec3 bent = (2.0 * t3 - 3.0 * t2 + 1.0) * knee + (t3 - 2.0 * t2 + t) * (1.0 - knee) + (3.0 * t2 - 2.0 * t3) * most;
    return peak.x * mix(e, bent, step(vec3(knee), e));
}
vec3 scene_light(vec3 hlg) {
    return mix(hlg * hlg / 3.0, (exp((hlg - 0.55991073) / 0.17883277) + 0.28466892) / 12.0, step(vec3(0.5), hlg));
}

void main() {
    vec2 pixel = vec2(gl_FragCoord.x, target.y - gl_FragCoord.y);
    vec3 yuv = vec3(0.0);
    for (int j = 0; j < taps.y; ++j)
        for (int i = 0; i < taps.x; ++i)
            yuv += yuv_at((pixel - 0.5 + (vec2(i, j) + 0.5) / vec2(taps) - box.xy) / box.zw);
    yuv /= float(taps.x * taps.y);
    vec3 rgb = clamp(to_rgb * (yuv - black), 0.0, 1.0);
    if (transfer != 0) {
        vec3 light;
        if (transfer == 1) {
            light = pow(rgb, vec3(2.4));
        } else {
            if (transfer == 3) {
                vec3 scene = scene_light(rgb);
                rgb = pq_of(1000.0 * scene * pow(max(dot(scene, luminance), 1e-9), 0.2));
            }
            light = nits_of(rolled_off(rgb)) / 203.0;
        }
        rgb = pow(clamp(to_gamut * light, 0.0, 1.0), vec3(1.0 / 2.4));
    }
    seen = vec4(rgb, 1.0);
}
)";

// Column by column.
std::array<float, 9> matrix_of(const YuvToRgb& by) {
    return {by.luma, by.luma, by.luma, 0, by.green_u, by.blue_u, by.red_v, by.green_v, 0};
}

// A texel of so many bytes.
struct TexelFormat {
    GLenum sized;
    GLenum order;
};
TexelFormat texel_of(int bytes) {
    return bytes == 1   ? TexelFormat{GL_R8, GL_RED}
           : bytes == 2 ? TexelFormat{GL_RG8, GL_RG}
                        : TexelFormat{GL_RGBA8, GL_RGBA};
}

void describe(const GlTexture& texture, int texel, int width, int height) {
    glBindTexture(GL_TEXTURE_2D, texture.name());
    const auto format = texel_of(texel);
    glTexImage2D(GL_TEXTURE_2D, 0, GLint(format.sized), width, height, 0, format.order, GL_UNSIGNED_BYTE, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
}

void fill(const GlTexture& texture, int texel, int width, int height, const std::uint8_t* plane, int stride) {
    glBindTexture(GL_TEXTURE_2D, texture.name());
    const auto upload = [&](int y, int rows, const std::uint8_t* from) {
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, y, width, rows, texel_of(texel).order, GL_UNSIGNED_BYTE, from);
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

GlVideo::GlVideo() : program_(film_vertex_shader, film_fragment_shader) {
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
    const int texel = is_ten_bit(frame->format) ? 2 : 1;
    const bool pairs = is_interleaved(frame->format);
    const int chroma_texel = pairs ? 2 * texel : texel;
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
        describe(made.textures[0], texel, frame->width, frame->height);
        for (std::size_t i = 1; i < (pairs ? 2u : 3u); ++i)
            describe(made.textures[i], chroma_texel, half(frame->width), half(frame->height));
    } else {
        std::rotate(reused, reused + 1, planes_.end());
    }
    Planes& planes = planes_.back();
    planes.frame = frame;
    fill(planes.textures[0], texel, frame->width, frame->height, frame->planes[0], frame->strides[0]);
    for (std::size_t i = 1; i < (pairs ? 2u : 3u); ++i)
        fill(planes.textures[i], chroma_texel, half(frame->width), half(frame->height), frame->planes[i],
             frame->strides[i]);
    return planes;
}

// Makes of the textures' bytes luma and chroma as eight-bit films have them, in 0..1, and of those R'G'B'.
void GlVideo::describe_values(const VideoFrame& frame) {
    const bool ten_bit = is_ten_bit(frame.format);
    const bool pairs = is_interleaved(frame.format);
    glUniform1i(program_.uniform("arrangement"), !pairs ? 0 : ten_bit ? 2 : 1);
    // 1023 of ten bits is all of the light, 4 * 255 of them not quite.
    const double whole = frame.full_range && ten_bit ? 1020.0 / 1023 : 1;
    const double lower = !ten_bit ? 1 : frame.format == PixelFormat::p010 ? 1.0 / 256 : 1.0 / 4;
    glUniform2f(program_.uniform("bytes"), float(lower), ten_bit ? float(lower * 256) : 0);
    const auto shift = chroma_shift(frame.chroma_site);
    glUniform2f(program_.uniform("chroma_shift"), float(shift.right) / 256 / float(half(frame.width)),
                float(shift.down) / 256 / float(half(frame.height)));
    const auto by = YuvToRgb::of(frame.matrix, frame.full_range);
    glUniform3f(program_.uniform("black"), by.black / 255, 128.0f / 255, 128.0f / 255);
    auto to_rgb = matrix_of(by);
    for (auto& factor : to_rgb) factor *= float(whole);
    glUniformMatrix3fv(program_.uniform("to_rgb"), 1, GL_FALSE, to_rgb.data());
}

void GlVideo::describe_light(const VideoFrame& frame) {
    const auto colours = light_of(frame);
    glUniform1i(program_.uniform("transfer"), !colours.must_be_mapped() ? 0 : int(colours.transfer) + 1);
    glUniform2f(program_.uniform("peak"), float(pq_of_nits(colours.peak_nits)), float(pq_of_nits(white_nits)));
    const auto weights = luminance_weights(colours.wide_gamut);
    glUniform3f(program_.uniform("luminance"), float(weights[0]), float(weights[1]), float(weights[2]));
    const auto rows = to_screen_gamut(colours.wide_gamut);
    std::array<float, 9> columns{};
    for (std::size_t i = 0; i < 9; ++i) columns[i % 3 * 3 + i / 3] = float(rows[i]);
    glUniformMatrix3fv(program_.uniform("to_gamut"), 1, GL_FALSE, columns.data());
}

void GlVideo::draw(const VideoFramePtr& frame, const ScreenRect& box, const DamageRegion& region, ScreenSize target) {
    HALLCAST_ASSERT(frame->format != PixelFormat::bgra && frame->width > 0 && frame->height > 0);
    HALLCAST_ASSERT(frame->planes[0] && frame->planes[1] && (frame->planes[2] || is_interleaved(frame->format)));
    Planes& planes = uploaded(frame);
    const int textures = is_interleaved(frame->format) ? 2 : 3;
    for (int i = 0; i < textures; ++i) {
        glActiveTexture(GLenum(GL_TEXTURE0 + i));
        glBindTexture(GL_TEXTURE_2D, planes.textures[std::size_t(i)].name());
    }

    corners_.clear();
    for (const auto& part : region.boxes()) {
        const float left = float(part.x1), right = float(part.x2), top = float(part.y1), bottom = float(part.y2);
        corners_.insert(corners_.end(), {left, top, right, top, left, bottom, left, bottom, right, top, right, bottom});
    }
    program_.use();
    glUniform2f(program_.uniform("target"), float(target.width), float(target.height));
    glUniform4f(program_.uniform("box"), float(box.x), float(box.y), float(box.width), float(box.height));
    describe_values(*frame);
    // Below half size, four neighbours are not all that a pixel must be made of; a sample sees two in a row.
    const auto taps = [](int from, int to) { return from > 2 * std::int64_t(to) ? (from + 2 * to - 1) / (2 * to) : 1; };
    glUniform2i(program_.uniform("taps"), taps(frame->width, box.width), taps(frame->height, box.height));
    describe_light(*frame);
    glDisable(GL_BLEND);
    glBindVertexArray(arrays_.name());
    glBindBuffer(GL_ARRAY_BUFFER, vertices_.name());
    glBufferData(GL_ARRAY_BUFFER, GLsizeiptr(corners_.size() * sizeof(float)), corners_.data(), GL_STREAM_DRAW);
    glDrawArrays(GL_TRIANGLES, 0, GLsizei(corners_.size() / 2));
    glBindVertexArray(0);
    glActiveTexture(GL_TEXTURE0);
}

}  // namespace hallcast::picture
