// Any bytes as a text, its spans, its style and its box: whatever comes, the paragraph is sane and takes bounded time
// and memory. Built and run by tests/fuzz/run.
#include <spdlog/spdlog.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "player/text/font_library.h"
#include "player/text/typesetter.h"

namespace {

using namespace hallcast::text;

struct Head {
    float size_px;
    float width;
    float height;
    float min_size_px;
    std::int8_t max_lines;
    std::uint8_t choices;
    std::uint8_t language;
    std::uint8_t divided;  // into spans of that many bytes; 0: not at all
};

constexpr const char* languages[] = {"en", "ar", "ur", "zh-Hant", "ja",  "ko",   "th", "km",
                                     "hi", "he", "sr", "vi",      "xx-", "\xff", "",   "ar-Latn"};

struct Machine {
    std::unique_ptr<FontLibrary> fonts = open_fonts({}, true).value();
    std::unique_ptr<Typesetter> typesetter = make_typesetter(*fonts);
};

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

// fontconfig holds the patterns of a font list in a way that the leak checker does not see; FcFontSetDestroy frees
// them.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Machine machine;
    spdlog::set_level(spdlog::level::off);
    Head head{};
    if (size < sizeof(head)) return 0;
    std::memcpy(&head, data, sizeof(head));
    const std::string_view text(reinterpret_cast<const char*>(data) + sizeof(head), size - sizeof(head));

    const Style style{head.size_px, (head.choices & 1) != 0 ? Weight::bold : Weight::regular,
                      languages[head.language % std::size(languages)]};
    const Box box{head.width,       head.height,
                  head.max_lines,   static_cast<Align>((head.choices >> 1) % 3),
                  head.min_size_px, (head.max_lines & 1) != 0};
    // Each span's style comes from its first byte.
    std::vector<Span> spans;
    for (std::size_t at = 0; at < text.size() && head.divided > 0; at += head.divided) {
        const auto byte = static_cast<std::uint8_t>(text[at]);
        spans.push_back({text.substr(at, head.divided), (byte & 1) != 0 ? Weight::bold : Weight::regular,
                         (byte & 2) != 0 ? Ink::accent : Ink::usual, static_cast<float>(byte % 7) * 0.6F,
                         (byte & 4) != 0 ? languages[byte % std::size(languages)] : ""});
    }
    const ParagraphPtr paragraph =
        spans.empty() ? machine.typesetter->set(text, style, box) : machine.typesetter->set(spans, style, box);
    require(std::isfinite(paragraph->width) && std::isfinite(paragraph->height));
    require(paragraph->size_px >= 1 && paragraph->size_px <= 2000);
    require(box.max_lines <= 0 || paragraph->lines <= box.max_lines);
    // A character is few glyphs, even decomposed; lines add an ellipsis or a hyphen each.
    require(paragraph->glyphs.size() <= 64 + 8 * text.size());
    for (const PlacedGlyph& glyph : paragraph->glyphs) {
        require(glyph.size_px > 0 && glyph.size_px <= 2000);
        require(glyph.glyph != 0 && std::isfinite(glyph.x) && std::isfinite(glyph.y));
        require(glyph.font < machine.fonts->opened());
    }
    return 0;
}
