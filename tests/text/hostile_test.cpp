#include <cmath>
#include <random>

#include "player/text/unicode_text.h"
#include "tests/text/stage.h"

namespace text_test::hostile {

const std::vector<std::string>& pieces() {
    static const std::vector<std::string> all = {
        "a",
        "W",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        ".",
        "(",
        ")",
        "[",
        "12",
        "ż",
        "ї",
        "ფ",
        "ệ",
        "中",
        "の",
        "한",
        "ก",
        "ที่",
        "ក្ស",
        "م",
        "لا",
        "ـ",
        "١",
        "ش",
        "א",
        "क्",
        "ष",
        "ि",
        "र्",
        "ক্ষ",
        "བསྒྲུ",
        "က္က",
        "ߒ",
        "𞤀",
        "\u0301",
        "\u0323",
        "\u20dd",
        "\u0951",
        "\u200d",
        "\u200c",
        "\u200b",
        "\u00ad",
        "\u2060",
        "\ufe0f",
        "\ufeff",
        "\u202a",
        "\u202b",
        "\u202c",
        "\u202d",
        "\u202e",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
        "\u200e",
        "\u200f",
        "\u061c",
        "\u2028",
        "\u2029",
        "\u034f",
        "\u3000",
        "\u00a0",
        "\U0001F468",
        "\U0001F469",
        "\U0001F3FD",
        "\U0001F1F5",
        "\U000E0067",
        "\U0010FFFF",
        "\uFFFF",
        "\uE000",
        "\U00020000",
        "\U0001D11E",
        "\xff",
        "\xc3",
        "\xe2\x82",
        "\xf0\x9f",
        "\xed\xa0\x80",
        std::string(1, '\0'),
        "\x1b",
        "\x7f",
        "\u0085",
        "→",
        "ﷺ",
        "ﬁ",
        "ffi",
        "fi",
        "\u2044",
        "\u0600",
        "\u06dd",
        "\u1100\u1161\u11a8",
        "\u0e33",
        "\U00011d45",
        "\u115f",
    };
    return all;
}

std::string random_text(std::mt19937& random, int most) {
    std::string text;
    const auto some = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    const std::size_t count = some(static_cast<std::size_t>(most)) + 1;
    std::vector<std::size_t> palette;
    for (std::size_t i = 0; i < 1 + some(12); ++i) palette.push_back(some(pieces().size()));
    for (std::size_t i = 0; i < count; ++i)
        text += pieces()[some(8) == 0 ? some(pieces().size()) : palette[some(palette.size())]];
    return text;
}

template <typename T>
T one_of(std::mt19937& random, std::initializer_list<T> values) {
    return *(values.begin() + std::uniform_int_distribution<std::ptrdiff_t>(0, std::ssize(values) - 1)(random));
}

void check_sane(const Stage& stage, const Paragraph& paragraph, const Box& box) {
    CHECK(std::isfinite(paragraph.width));
    CHECK(std::isfinite(paragraph.height));
    CHECK(paragraph.size_px >= 1);
    CHECK(paragraph.size_px <= 2000);
    CHECK(paragraph.missing >= 0);
    if (box.max_lines > 0) CHECK(paragraph.lines <= box.max_lines);
    if (box.height > 0) CHECK((paragraph.height <= box.height || paragraph.lines == 1));
    bool sane = true;
    for (const PlacedGlyph& glyph : paragraph.glyphs) {
        sane = sane && glyph.glyph != 0 && std::isfinite(glyph.x) && std::isfinite(glyph.y) &&
               glyph.font < stage.fonts->opened();
    }
    CHECK(sane);
}

TEST_CASE("2000 hostile texts are set, and every result is sane") {
    const unsigned seed = 4711;
    std::mt19937 random(seed);
    const Listening silence;
    Stage stage;
    for (int i = 0; i < 2000; ++i) {
        INFO("seed " << seed << ", text " << i);
        const std::string text = random_text(random, i % 100 == 0 ? 3000 : 120);
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const Style style{one_of(random, {1.0F, 12.0F, 32.0F, 333.0F, 0.0F, -5.0F, 1e9F, nan}),
                          one_of(random, {Weight::regular, Weight::bold}),
                          one_of<std::string>(random, {"", "pl", "ar", "zh-Hant", "ja", "th", "xx-YY", "-", "a_b",
                                                       "\xff", "zh-", "ar-Latn-x-y", std::string(5000, 'a')})};
        const Box box{one_of(random, {0.0F, 0.0F, 1.0F, 50.0F, 300.0F, 2000.0F, -4.0F, nan}),
                      one_of(random, {0.0F, 0.0F, 1.0F, 60.0F, 400.0F}), one_of(random, {0, 0, 1, 2, 7, -3}),
                      one_of(random, {Align::start, Align::centre, Align::end}),
                      one_of(random, {0.0F, 0.0F, 8.0F, 5000.0F, nan})};
        check_sane(stage, *stage.typesetter->set(text, style, box), box);
    }
}

TEST_CASE("megabytes of any text are cut to a bounded one that ends in an ellipsis") {
    const Listening silence;
    Stage stage;
    const std::string megabytes(3'000'000, 'x');
    const ParagraphPtr paragraph = stage.set(megabytes);
    CHECK(paragraph->truncated);
    CHECK(paragraph->glyphs.size() == max_text_bytes + 1);
    CHECK(paragraph->glyphs.back().glyph == stage.glyph_of(paragraph->glyphs.back(), U'…'));
    INFO("and the cut is between characters");
    std::string letters;
    while (letters.size() < max_text_bytes + 9) letters += "中";
    CHECK(clean(letters).cut);
    CHECK(clean(letters).utf16 == std::u16string(max_text_bytes / 3, u'中'));
}

TEST_CASE("the longest texts take no more than linear time in the narrowest box") {
    // Quadratic work here takes minutes and runs into the test's limit.
    const Listening silence;
    Stage stage;
    for (const std::string piece : {"x", "مرحبا", "क्", "\u0301", "\u202e(", "\u2067a", "中", "ก", "\U0001F468\u200d",
                                    "\xff", "fi", "( [", "a\u00ad", "\U0010ABCD"}) {
        INFO("'" << piece << "' again and again");
        std::string text;
        while (text.size() < max_text_bytes) text += piece;
        for (const Box& box : {Box{}, Box{.width = 40}, Box{.width = 800, .height = 600, .min_size_px = 8}}) {
            check_sane(stage, *stage.set(text, "en", box, 24), box);
        }
    }
}

TEST_CASE("a tower of combining marks is lowered to what Unicode calls stream-safe") {
    std::string tower = "a";
    for (int i = 0; i < 5000; ++i) tower += "\u0301";
    CHECK(clean(tower + "b").utf16.size() == 32);
    const Listening silence;
    Stage stage;
    CHECK(stage.set(tower)->glyphs.size() <= 32);
}

}  // namespace text_test::hostile
