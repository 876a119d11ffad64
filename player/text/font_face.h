// One opened font: what it covers, its measures, and its glyphs' ink, for shaping by HarfBuzz and drawing by FreeType.
#pragma once

#include <hb.h>

#include <unicode/umachine.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "player/text/font_set.h"
#include "protocol/base/error.h"

namespace hallcast::text {

using FontId = std::uint32_t;
inline constexpr FontId no_font = UINT32_MAX;

// How far ink reaches above and below the baseline; both positive outwards, in em (fractions of the size).
struct Reach {
    float above = 0;
    float below = 0;
};

// Internally synchronized: shaping with font() and all measures are lock-free, drawing takes the face's own lock.
class FontFace {
  public:
    // Maps the file; its pages are read when needed. Fails where it is no font with outlines or colour bitmaps.
    static Expected<std::unique_ptr<FontFace>> open(const std::filesystem::path& path, unsigned face, FontId id);
    ~FontFace();
    FontFace(const FontFace&) = delete;
    FontFace& operator=(const FontFace&) = delete;

    FontId id() const { return id_; }
    const std::string& name() const { return name_; }  // "NotoSans-Regular.ttf"
    hb_font_t* font() const { return font_.get(); }    // immutable, scaled to units_per_em()
    float units_per_em() const { return units_per_em_; }
    Reach line_reach() const { return line_reach_; }  // ascent and descent of a plain line, whatever its ink
    Reach ink(std::uint32_t glyph) const;

    bool covers(UChar32 c) const;

    GlyphBitmap rasterise(std::uint32_t glyph, float size_px) const;

  private:
    struct DestroyBlob {
        void operator()(hb_blob_t* blob) const { hb_blob_destroy(blob); }
    };
    struct DestroyFont {
        void operator()(hb_font_t* font) const { hb_font_destroy(font); }
    };
    struct Drawing;  // FreeType's side, made when the first glyph is drawn

    FontFace() = default;

    FontId id_ = no_font;
    std::string name_;
    unsigned face_index_ = 0;
    std::unique_ptr<hb_blob_t, DestroyBlob> blob_;
    std::unique_ptr<hb_font_t, DestroyFont> font_;
    float units_per_em_ = 1;
    Reach line_reach_;

    // Of each glyph, top and bottom in font units, packed; 0 where not yet asked for. Reading a CFF outline costs
    // microseconds.
    mutable std::unique_ptr<std::atomic<std::uint32_t>[]> ink_;
    unsigned glyph_count_ = 0;

    mutable std::mutex drawing_mutex_;
    mutable std::unique_ptr<Drawing> drawing_;  // under drawing_mutex_
};

}  // namespace hallcast::text
