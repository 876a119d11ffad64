#include <hb-ot.h>

#include "player/text/direction.h"
#include "player/text/script_runs.h"
#include "tests/text/stage.h"

namespace text_test::direction {

// What HarfBuzz alone makes of a text in one script and font, from left to right.
std::vector<std::uint32_t> shaped_alone(const FontFace& face, const std::string& utf8) {
    hb_buffer_t* buffer = hb_buffer_create();
    hb_buffer_add_utf8(buffer, utf8.c_str(), -1, 0, -1);
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(face.font(), buffer, nullptr, 0);
    unsigned count = 0;
    const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer, &count);
    std::vector<std::uint32_t> glyphs;
    for (unsigned i = 0; i < count; ++i) glyphs.push_back(infos[i].codepoint);
    hb_buffer_destroy(buffer);
    return glyphs;
}

TEST_CASE("Arabic runs from right to left in joined forms") {
    Stage stage;
    const std::string greeting = "مرحبا بكم";
    const ParagraphPtr paragraph = stage.set(greeting, "ar");
    REQUIRE(paragraph->right_to_left);
    const FontFace& face = stage.fonts->face(paragraph->glyphs.front().font);
    CHECK(glyph_ids(*paragraph) == shaped_alone(face, greeting));
    CHECK(std::ranges::is_sorted(paragraph->glyphs, {}, &PlacedGlyph::x));

    // Meem begins the text, so that its glyph is the last from the left, in its initial form.
    const std::uint32_t isolated_meem = stage.glyph_of(paragraph->glyphs.back(), U'م');
    CHECK(paragraph->glyphs.back().glyph != isolated_meem);
    const ParagraphPtr meem = stage.set("م", "ar");
    CHECK(meem->glyphs.back().glyph == isolated_meem);
}

TEST_CASE("digits and Latin words inside Arabic stay left to right") {
    Stage stage;
    const ParagraphPtr paragraph = stage.set("الرقم A012 هنا", "ar");
    std::vector<std::uint32_t> number;
    for (const PlacedGlyph& glyph : paragraph->glyphs) {
        for (const char32_t c : {U'A', U'0', U'1', U'2'}) {
            if (stage.fonts->face(glyph.font).name() == "NotoSans-Regular.ttf" &&
                glyph.glyph == stage.glyph_of(glyph, c)) {
                number.push_back(c);
            }
        }
    }
    CHECK(number == std::vector<std::uint32_t>{U'A', U'0', U'1', U'2'});

    const ParagraphPtr digits = stage.set("شباك ١٢", "ar");
    CHECK(digits->glyphs[0].glyph == stage.glyph_of(digits->glyphs[0], U'١'));
    CHECK(digits->glyphs[1].glyph == stage.glyph_of(digits->glyphs[1], U'٢'));
}

TEST_CASE("brackets are mirrored where they stand right to left") {
    Stage stage;
    const ParagraphPtr paragraph = stage.set("(مرحبا)", "ar");
    CHECK(paragraph->glyphs.front().glyph == stage.glyph_of(paragraph->glyphs.front(), U'('));
    CHECK(paragraph->glyphs.back().glyph == stage.glyph_of(paragraph->glyphs.back(), U')'));
    const ParagraphPtr latin = stage.set("(x)", "pl");
    CHECK(latin->glyphs.front().glyph == stage.glyph_of(latin->glyphs.front(), U'('));
}

TEST_CASE("the language, or else the first strong letter, gives the base direction") {
    Stage stage;
    CHECK(stage.set("A012", "ar")->right_to_left);
    CHECK(stage.set("", "ar")->right_to_left);
    CHECK(stage.set("123", "fa")->right_to_left);
    CHECK(stage.set("مرحبا", "pl")->right_to_left);
    CHECK(stage.set("123 مرحبا Witamy", "pl")->right_to_left);
    CHECK_FALSE(stage.set("Witamy مرحبا", "pl")->right_to_left);
    CHECK_FALSE(stage.set("123", "pl")->right_to_left);
    CHECK_FALSE(stage.set("salom", "ar-Latn")->right_to_left);
    CHECK(stage.set("123", "az-Arab")->right_to_left);
}

TEST_CASE("an isolate keeps a left-to-right name out of the order around it") {
    // In the isolate, the exclamation mark belongs to the Latin name; without it, to the Arabic text.
    const Language arabic = parse_language("ar");
    const std::u16string isolated = u"م \u2066abc!\u2069 م";
    const std::u16string bare = u"م abc! م";
    CHECK(resolve_directions(isolated, arabic).levels[isolated.find(u'!')] % 2 == 0);
    CHECK(resolve_directions(bare, arabic).levels[bare.find(u'!')] % 2 == 1);
    Stage stage;
    const ParagraphPtr paragraph = stage.set("م \u2066abc!\u2069 م", "ar");
    CHECK(paragraph->missing == 0);
    std::vector<char32_t> seen;
    for (const PlacedGlyph& glyph : paragraph->glyphs) {
        for (const char32_t c : {U'c', U'!'}) {
            if (glyph.glyph == stage.glyph_of(glyph, c)) seen.push_back(c);
        }
    }
    CHECK(seen == std::vector<char32_t>{U'c', U'!'});
}

TEST_CASE("each paragraph of a text has its own direction") {
    Stage stage;
    const ParagraphPtr paragraph = stage.set("Witamy\nمرحبا", "pl", {.width = 400});
    REQUIRE(paragraph->lines == 2);
    CHECK_FALSE(paragraph->right_to_left);
    CHECK(paragraph->glyphs.front().x == 0);
    float right = 0;
    for (const PlacedGlyph& glyph : paragraph->glyphs) {
        if (glyph.y > paragraph->baseline) right = std::max(right, glyph.x);
    }
    CHECK(right > 350);
}

TEST_CASE("common characters take the script of their surroundings, brackets that of their partner") {
    const auto scripts = [](const std::u16string& text, UScriptCode usual = USCRIPT_LATIN) {
        return resolve_scripts(text, usual);
    };
    CHECK(scripts(u"12") == std::vector{USCRIPT_LATIN, USCRIPT_LATIN});
    CHECK(scripts(u"1م") == std::vector{USCRIPT_ARABIC, USCRIPT_ARABIC});
    CHECK(scripts(u"e\u0301") == std::vector{USCRIPT_LATIN, USCRIPT_LATIN});
    CHECK(scripts(u"x(я)!") ==
          std::vector{USCRIPT_LATIN, USCRIPT_LATIN, USCRIPT_CYRILLIC, USCRIPT_LATIN, USCRIPT_LATIN});
    CHECK(scripts(u"(я") == std::vector{USCRIPT_CYRILLIC, USCRIPT_CYRILLIC});
}

}  // namespace text_test::direction
