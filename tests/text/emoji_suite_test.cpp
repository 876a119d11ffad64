// emoji-test.txt of Unicode, through our paragraphs: each sequence is one cluster, one colour glyph.
#include <unicode/unistr.h>

#include "tests/text/stage.h"
#include "tests/text/unicode_data.h"

namespace text_test::emoji_suite {

constexpr const char* emoji_font = "NotoColorEmoji.ttf";

bool has_emoji_font(const Stage& stage) {
    if (stage.fonts->open({emoji_font, 0}) != nullptr) return true;
    WARN("skipped: there is no " << emoji_font << "; run: apt-get install fonts-noto-color-emoji");
    return false;
}

std::string utf8_of(const std::u16string& text) {
    std::string utf8;
    return icu::UnicodeString(text.data(), static_cast<std::int32_t>(text.size())).toUTF8String(utf8);
}

bool is_one_colour_glyph(const Stage& stage, const Paragraph& paragraph) {
    return paragraph.missing == 0 && paragraph.glyphs.size() == 1 &&
           stage.fonts->face(paragraph.glyphs[0].font).name() == emoji_font;
}

TEST_CASE("emoji-test: every emoji is one cluster and one colour glyph, as its status asks") {
    Stage stage;
    if (!has_emoji_font(stage)) return;
    BreakIterators breaks;
    const Listening silence;
    std::map<std::string, int> cases;
    Deviations deviations;
    const bool there = for_each_line("emoji/emoji-test.txt", [&](std::string_view line) {
        const std::size_t semicolon = line.find(';');
        const std::string status(split(line.substr(semicolon + 1), " ").front());
        if (++cases[status] % static_cast<int>(sanitizer_stride) != 0) return;
        std::u16string text;
        for (const std::string_view hex : split(line.substr(0, semicolon), " ")) append(text, code_point(hex));
        const auto starts = breaks.cluster_starts(text);
        if (std::ranges::count(starts, 1) != 2) deviations.add("", "clusters of " + std::string(line));
        const ParagraphPtr paragraph = stage.set(utf8_of(text), "en");
        if (paragraph->missing > 0) {
            deviations.add("", "missing " + std::string(line));
        } else if (status != "unqualified" && !is_one_colour_glyph(stage, *paragraph)) {
            deviations.add("", "colour of " + std::string(line));
        }
        for (const PlacedGlyph& glyph : paragraph->glyphs) {
            const GlyphBitmap bitmap = stage.fonts->rasterise(glyph.font, glyph.glyph, 24);
            if (bitmap.width == 0) deviations.add("", "picture of " + std::string(line));
        }
    });
    if (!there) return;
    WARN("emoji-test: " << cases["fully-qualified"] << " fully, " << cases["minimally-qualified"] << " minimally and "
                        << cases["unqualified"] << " not qualified, " << cases["component"]
                        << " components; deviations:" << deviations.report());
    CHECK(cases["fully-qualified"] > 3600);
    CHECK(deviations.unlisted() == 0);
}

TEST_CASE("a variation selector chooses between the sign and the picture") {
    Stage stage;
    if (!has_emoji_font(stage)) return;
    const auto fonts = [&](const char* text) { return stage.font_names(*stage.set(text)); };
    INFO("U+FE0F: the picture; U+FE0E: the sign, also of what is a picture by itself");
    CHECK(fonts("\u2602\ufe0f") == std::set<std::string>{emoji_font});
    CHECK_FALSE(fonts("\u2602\ufe0e").contains(emoji_font));
    CHECK_FALSE(fonts("\u2602").contains(emoji_font));
    CHECK(fonts("\u2614") == std::set<std::string>{emoji_font});
    CHECK_FALSE(fonts("\u2614\ufe0e").contains(emoji_font));
    CHECK(stage.set("\u2614\ufe0e")->glyphs.size() == 1);
    INFO("digits are text, and keys are pictures");
    CHECK_FALSE(fonts("1").contains(emoji_font));
    CHECK(fonts("1\ufe0f\u20e3") == std::set<std::string>{emoji_font});
    INFO("a skin tone makes a sign a picture");
    CHECK(fonts("\u261d\U0001F3FD") == std::set<std::string>{emoji_font});
}

TEST_CASE("two flags side by side are two, and a lonely half of one is no box") {
    Stage stage;
    if (!has_emoji_font(stage)) return;
    CHECK(stage.set("\U0001F1F5\U0001F1F1\U0001F1FA\U0001F1E6")->glyphs.size() == 2);
    for (const PlacedGlyph& glyph : stage.set("\U0001F1F5")->glyphs) CHECK(glyph.glyph != 0);
}

}  // namespace text_test::emoji_suite
