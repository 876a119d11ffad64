#include "player/text/break_lines.h"
#include "player/text/itemise.h"
#include "tests/text/stage.h"

namespace text_test::clusters {

std::vector<std::size_t> starts(const std::u16string& text) {
    BreakIterators breaks;
    const auto flags = breaks.cluster_starts(text);
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < flags.size(); ++i) {
        if (flags[i] != 0) result.push_back(i);
    }
    return result;
}

TEST_CASE("what a reader sees as one character is one cluster") {
    CHECK(starts(u"ab") == std::vector<std::size_t>{0, 1, 2});
    CHECK(starts(u"") == std::vector<std::size_t>{0});
    CHECK(starts(u"e\u0301x") == std::vector<std::size_t>{0, 2, 3});
    CHECK(starts(u"क्षमा") == std::vector<std::size_t>{0, 3, 5});
    CHECK(starts(u"\U0001F468\u200d\U0001F469\u200d\U0001F467x") == std::vector<std::size_t>{0, 8, 9});
    CHECK(starts(u"\U0001F1F5\U0001F1F1\U0001F1FA\U0001F1E6") == std::vector<std::size_t>{0, 4, 8});
    CHECK(starts(u"\U00020000\U00020001") == std::vector<std::size_t>{0, 2, 4});
}

TEST_CASE("stacked consonants are one cluster, in scripts where ICU's own rules divide them, too") {
    CHECK(starts(u"ក្ស") == std::vector<std::size_t>{0, 3});
    CHECK(starts(u"က္က") == std::vector<std::size_t>{0, 3});
}

TEST_CASE("the font of a cluster has all of it, not its first character only") {
    Stage stage;
    const ParagraphPtr paragraph = stage.set("x\u20dd");  // Noto Sans has the letter, and not the circle around it
    CHECK(paragraph->missing == 0);
    CHECK(stage.font_names(*paragraph) == std::set<std::string>{"NotoSansSymbols-Regular.ttf"});
}

TEST_CASE("a line that ends between two kerned letters is shaped again, without the kerning") {
    Stage stage;
    BreakIterators breaks;
    const std::u16string together = u"AV";
    const std::u16string alone = u"A";
    ShapedText kerned(together, parse_language("en"), Weight::regular, *stage.fonts, breaks);
    ShapedText free(alone, parse_language("en"), Weight::regular, *stage.fonts, breaks);
    REQUIRE(kerned.near_width(0, 1) < free.near_width(0, 1));
    CHECK(kerned.width(0, 1) == free.width(0, 1));
    CHECK(kerned.line(0, 1).width == free.line(0, 1).width);
}

TEST_CASE("a cluster is never divided between fonts") {
    const Listening silence;
    Stage stage;
    BreakIterators breaks;
    const Language language = parse_language("pl");
    for (const std::u16string cluster : {
             u"e\u0301",
             u"x\u20dd",
             u"क्ष",
             u"\U0001F468\u200d\U0001F469\u200d\U0001F467",
             u"a\u0951",
             u"1\ufe0f\u20e3",
             u"中\u0301",
         }) {
        const std::u16string text = u"ab" + cluster + u"cd";
        const Itemised itemised = itemise(text, Styles({language}), *stage.fonts, breaks);
        std::int32_t covered = 0;
        for (const Item& item : itemised.items) {
            CHECK(item.start == covered);
            CHECK(itemised.cluster_starts[static_cast<std::size_t>(item.start)] != 0);
            CHECK(itemised.cluster_starts[static_cast<std::size_t>(item.end)] != 0);
            covered = item.end;
        }
        CHECK(covered == static_cast<std::int32_t>(text.size()));
    }
}

TEST_CASE("a composed and a decomposed letter look alike") {
    Stage stage;
    CHECK(same_glyphs(*stage.set("\u1ec6 \u017c \u00f3", "vi"), *stage.set("E\u0323\u0302 z\u0307 o\u0301", "vi")));
}

TEST_CASE("a cluster is never divided between lines, however narrow the box") {
    const Listening silence;
    Stage stage;
    BreakIterators breaks;
    for (const std::u16string cluster :
         {u"e\u0301", u"क्ष", u"\U0001F468\u200d\U0001F469\u200d\U0001F467", u"ที่", u"한"}) {
        std::u16string text;
        for (int i = 0; i < 20; ++i) text += cluster;
        ShapedText shaped(text, parse_language("en"), Weight::regular, *stage.fonts, breaks);
        for (double width = 0.1; width < 12; width += 0.37) {
            std::int32_t reached = 0;
            for (const Line& line : break_lines(shaped, width, 1000)) {
                CHECK(line.start == reached);
                CHECK(line.next > line.start);
                CHECK(line.next % static_cast<std::int32_t>(cluster.size()) == 0);
                reached = line.next;
            }
            CHECK(reached == static_cast<std::int32_t>(text.size()));
        }
    }
}

TEST_CASE("a line that ends inside an Arabic word keeps the letters' joined forms") {
    Stage stage;
    BreakIterators breaks;
    const std::u16string word = u"مرحباببببببببب";
    ShapedText shaped(word, parse_language("ar"), Weight::regular, *stage.fonts, breaks);
    const auto whole = shaped.line(0, static_cast<std::int32_t>(word.size()));
    const auto first = shaped.line(0, 9);
    const auto second = shaped.line(9, static_cast<std::int32_t>(word.size()));
    std::vector<std::uint32_t> joined;
    for (const auto* part : {&second, &first}) {
        for (const LineGlyph& glyph : part->glyphs) joined.push_back(glyph.glyph);
    }
    std::vector<std::uint32_t> expected;
    for (const LineGlyph& glyph : whole.glyphs) expected.push_back(glyph.glyph);
    CHECK(joined == expected);
}

}  // namespace text_test::clusters
