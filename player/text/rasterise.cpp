#include <algorithm>
#include <cmath>
#include <cstring>

#include "player/text/drawing.h"

namespace hallcast::text {
namespace {

// Above this, a glyph is drawn no larger: 4 MB a bitmap are enough for any hall's screen.
constexpr float max_size_px = 2048;

// FreeType draws nothing smaller than in this size; it would be larger than its place.
constexpr float min_size_px = 1;

// Box-filters a premultiplied BGRA picture to a smaller one: colour fonts have one size only, usually a large one.
std::vector<std::uint8_t> scaled(const FT_Bitmap& source, int width, int height) {
    std::vector<std::uint8_t> result(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    const auto span_of = [](int at, int to, int from) {
        const int first = static_cast<int>(static_cast<std::int64_t>(at) * from / to);
        const int last = static_cast<int>(static_cast<std::int64_t>(at + 1) * from / to);
        return std::pair(first, std::max(last, first + 1));
    };
    const int source_width = static_cast<int>(source.width);
    const int source_height = static_cast<int>(source.rows);
    auto* out = result.data();
    for (int y = 0; y < height; ++y) {
        const auto [top, bottom] = span_of(y, height, source_height);
        for (int x = 0; x < width; ++x) {
            const auto [left, right] = span_of(x, width, source_width);
            unsigned sum[4] = {};
            for (int row = top; row < bottom; ++row) {
                const std::uint8_t* pixel = source.buffer + static_cast<std::ptrdiff_t>(row) * source.pitch + left * 4;
                for (int column = left; column < right; ++column) {
                    for (unsigned& channel : sum) channel += *pixel++;
                }
            }
            const auto count = static_cast<unsigned>((bottom - top) * (right - left));
            for (const unsigned channel : sum) *out++ = static_cast<std::uint8_t>((channel + count / 2) / count);
        }
    }
    return result;
}

}  // namespace

FontFace::Drawing::Drawing(std::span<const char> file, unsigned face) {
    FT_Library library = nullptr;
    if (FT_Init_FreeType(&library) != 0) return;
    library_.reset(library);
    FT_Face opened = nullptr;
    if (FT_New_Memory_Face(library, reinterpret_cast<const FT_Byte*>(file.data()), static_cast<FT_Long>(file.size()),
                           static_cast<FT_Long>(face), &opened) != 0) {
        return;
    }
    face_.reset(opened);
}

GlyphBitmap FontFace::Drawing::rasterise(std::uint32_t glyph, float size_px) {
    if (!face_ || !(size_px >= min_size_px)) return {};
    size_px = std::min(size_px, max_size_px);
    return FT_IS_SCALABLE(face_.get()) ? outline(glyph, size_px) : colour_strike(glyph, size_px);
}

GlyphBitmap FontFace::Drawing::outline(std::uint32_t glyph, float size_px) {
    const auto size = static_cast<FT_F26Dot6>(std::lround(size_px * 64));
    if (FT_Set_Char_Size(face_.get(), 0, std::max<FT_F26Dot6>(size, 1), 72, 72) != 0) return {};
    if (FT_Load_Glyph(face_.get(), glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP | FT_LOAD_TARGET_NORMAL) != 0)
        return {};
    if (FT_Render_Glyph(face_->glyph, FT_RENDER_MODE_NORMAL) != 0) return {};
    const FT_Bitmap& source = face_->glyph->bitmap;
    if (source.pixel_mode != FT_PIXEL_MODE_GRAY || source.width == 0 || source.rows == 0) return {};
    GlyphBitmap bitmap;
    bitmap.left = face_->glyph->bitmap_left;
    bitmap.top = face_->glyph->bitmap_top;
    bitmap.width = static_cast<int>(source.width);
    bitmap.height = static_cast<int>(source.rows);
    // A multiple of 4 bytes, which is what pixel libraries want of a mask.
    bitmap.stride = (bitmap.width + 3) & ~3;
    bitmap.pixels.resize(static_cast<std::size_t>(bitmap.stride) * static_cast<std::size_t>(bitmap.height));
    for (int row = 0; row < bitmap.height; ++row) {
        std::memcpy(bitmap.pixels.data() + static_cast<std::ptrdiff_t>(row) * bitmap.stride,
                    source.buffer + static_cast<std::ptrdiff_t>(row) * source.pitch, source.width);
    }
    return bitmap;
}

GlyphBitmap FontFace::Drawing::colour_strike(std::uint32_t glyph, float size_px) {
    if (face_->num_fixed_sizes <= 0) return {};
    int best = 0;
    for (int i = 1; i < face_->num_fixed_sizes; ++i) {
        const auto distance = [&](int strike) {
            return std::abs(static_cast<float>(face_->available_sizes[strike].y_ppem) / 64 - size_px);
        };
        if (distance(i) < distance(best)) best = i;
    }
    if (FT_Select_Size(face_.get(), best) != 0) return {};
    if (FT_Load_Glyph(face_.get(), glyph, FT_LOAD_COLOR | FT_LOAD_NO_HINTING) != 0) return {};
    const FT_Bitmap& source = face_->glyph->bitmap;
    if (source.pixel_mode != FT_PIXEL_MODE_BGRA || source.width == 0 || source.rows == 0) return {};
    const float scale = size_px * 64 / static_cast<float>(face_->available_sizes[best].y_ppem);
    const auto to_pixels = [scale](auto length) {
        return static_cast<int>(std::lround(static_cast<float>(length) * scale));
    };
    GlyphBitmap bitmap;
    bitmap.colour = true;
    bitmap.left = to_pixels(face_->glyph->bitmap_left);
    bitmap.top = to_pixels(face_->glyph->bitmap_top);
    bitmap.width = std::max(1, to_pixels(source.width));
    bitmap.height = std::max(1, to_pixels(source.rows));
    bitmap.stride = bitmap.width * 4;
    bitmap.pixels = scaled(source, bitmap.width, bitmap.height);
    return bitmap;
}

}  // namespace hallcast::text
