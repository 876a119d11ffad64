#include "player/text/font_face.h"

#include <hb-ot.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <cmath>

#include "player/text/drawing.h"

namespace hallcast::text {
namespace {

// Marks an ink entry as known: set in the packed word, so that a glyph without ink is not 0.
constexpr std::uint32_t ink_known = 1;

// Top and bottom as 15 and 16 bits beside the `ink_known` bit; one unit of 2048 in an em is lost, on the outer side.
std::uint32_t pack(int above, int below) {
    const auto half = [](int units) {
        return static_cast<std::uint32_t>(static_cast<std::uint16_t>(std::clamp((units + 1) / 2, -0x4000, 0x3fff)));
    };
    return (half(above) & 0x7fff) << 17 | (half(below) & 0x7fff) << 2 | ink_known;
}

// Some fonts (Arabic, symbols, Tibetan) ask for up to two em a line, for the highest stack that they could ever form.
// The ink that a text really has is counted anyway, so no font gets more than the CJK fonts ask for.
constexpr Reach most_line_reach{1.16F, 0.3F};

int unpacked(std::uint32_t bits) {
    const int value = static_cast<int>(bits & 0x7fff);
    return 2 * (value >= 0x4000 ? value - 0x8000 : value);
}

}  // namespace

FontFace::~FontFace() = default;

Expected<std::unique_ptr<FontFace>> FontFace::open(const std::filesystem::path& path, unsigned face, FontId id) {
    std::unique_ptr<FontFace> result(new FontFace);
    result->id_ = id;
    result->name_ = path.filename().string();
    result->face_index_ = face;
    result->blob_.reset(hb_blob_create_from_file_or_fail(path.c_str()));
    if (!result->blob_) return fail("{}: cannot be read; install the font's package again", path.string());
    hb_face_t* hb_face = hb_face_create(result->blob_.get(), face);
    hb_face_make_immutable(hb_face);
    result->glyph_count_ = hb_face_get_glyph_count(hb_face);
    result->units_per_em_ = static_cast<float>(hb_face_get_upem(hb_face));
    result->font_.reset(hb_font_create(hb_face));
    hb_face_destroy(hb_face);  // the font holds it
    if (result->glyph_count_ == 0) {
        return fail("{}: is no font, or has no face {}; install the font's package again", path.string(), face);
    }
    hb_font_extents_t extents{};
    hb_font_get_h_extents(result->font_.get(), &extents);
    hb_font_make_immutable(result->font_.get());
    const float em = result->units_per_em_;
    result->line_reach_ = {std::min(static_cast<float>(extents.ascender) / em, most_line_reach.above),
                           std::min(static_cast<float>(-extents.descender) / em, most_line_reach.below)};
    result->ink_ = std::make_unique<std::atomic<std::uint32_t>[]>(result->glyph_count_);
    return result;
}

Reach FontFace::ink(std::uint32_t glyph) const {
    if (glyph >= glyph_count_) return {};
    std::uint32_t packed = ink_[glyph].load(std::memory_order_relaxed);
    if (packed == 0) {
        hb_glyph_extents_t extents{};
        hb_font_get_glyph_extents(font_.get(), glyph, &extents);
        packed = pack(extents.y_bearing, -(extents.y_bearing + extents.height));
        ink_[glyph].store(packed, std::memory_order_relaxed);
    }
    return {static_cast<float>(unpacked(packed >> 17)) / units_per_em_,
            static_cast<float>(unpacked(packed >> 2)) / units_per_em_};
}

bool FontFace::covers(UChar32 c) const {
    hb_codepoint_t glyph = 0;
    const auto has = [&](UChar32 character) {
        return hb_font_get_nominal_glyph(font_.get(), static_cast<hb_codepoint_t>(character), &glyph) != 0;
    };
    // HarfBuzz makes the blanks that a font lacks out of its space.
    return has(c) || (c >= 0xa0 && u_charType(c) == U_SPACE_SEPARATOR && has(' '));
}

GlyphBitmap FontFace::rasterise(std::uint32_t glyph, float size_px) const {
    const std::scoped_lock lock(drawing_mutex_);
    if (!drawing_) {
        unsigned length = 0;
        const char* bytes = hb_blob_get_data(blob_.get(), &length);
        drawing_ = std::make_unique<Drawing>(std::span(bytes, length), face_index_);
    }
    return drawing_->rasterise(glyph, size_px);
}

}  // namespace hallcast::text
