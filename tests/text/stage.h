// The machine's fonts and a typesetter on them, for one test.
#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "player/text/font_library.h"
#include "player/text/typesetter.h"
#include "tests/catch.h"

namespace text_test {

using namespace hallcast::text;

struct Stage {
    std::unique_ptr<FontLibrary> fonts = hallcast::text::open_fonts({}, true).value();
    std::unique_ptr<Typesetter> typesetter = make_typesetter(*fonts);

    ParagraphPtr set(std::string_view utf8, std::string language = "en", const Box& box = {}, float size_px = 32,
                     Weight weight = Weight::regular) {
        return typesetter->set(utf8, {size_px, weight, std::move(language)}, box);
    }
    std::set<std::string> font_names(const Paragraph& paragraph) const {
        std::set<std::string> names;
        for (const PlacedGlyph& glyph : paragraph.glyphs) names.insert(fonts->face(glyph.font).name());
        return names;
    }
    // The glyph that the font of `like` has for `c`.
    std::uint32_t glyph_of(const PlacedGlyph& like, char32_t c) const {
        hb_codepoint_t glyph = 0;
        hb_font_get_nominal_glyph(fonts->face(like.font).font(), c, &glyph);
        return glyph;
    }
};

// Hears what is logged while it lives, instead of the terminal.
class Listening {
  public:
    Listening() : before_(spdlog::default_logger()) {
        spdlog::set_default_logger(
            std::make_shared<spdlog::logger>("text_test", std::make_shared<spdlog::sinks::ostream_sink_mt>(heard_)));
    }
    ~Listening() { spdlog::set_default_logger(before_); }
    int times(const std::string& words) const {
        int count = 0;
        const std::string all = heard_.str();
        for (std::size_t at = all.find(words); at != std::string::npos; at = all.find(words, at + 1)) ++count;
        return count;
    }

  private:
    std::ostringstream heard_;
    std::shared_ptr<spdlog::logger> before_;
};

// The glyphs' numbers, line by line from the top, from left to right.
inline std::vector<std::uint32_t> glyph_ids(const Paragraph& paragraph) {
    std::vector<std::uint32_t> ids;
    for (const PlacedGlyph& glyph : paragraph.glyphs) ids.push_back(glyph.glyph);
    return ids;
}

inline bool same_glyphs(const Paragraph& one, const Paragraph& other) {
    return std::ranges::equal(one.glyphs, other.glyphs, [](const PlacedGlyph& a, const PlacedGlyph& b) {
        return a.font == b.font && a.glyph == b.glyph && a.x == b.x && a.y == b.y;
    });
}

}  // namespace text_test
