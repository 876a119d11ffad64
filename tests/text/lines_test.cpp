#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "player/text/break_lines.h"
#include "tests/text/stage.h"

namespace text_test::lines {

constexpr const char* polish =
    "Osoby oczekujące na wydanie karty pobytu prosimy o pobranie numeru z biletomatu przy wejściu i zajęcie miejsca.";
constexpr const char* arabic = "مرحبًا بكم في دائرة الأجانب. يرجى أخذ رقم A012 والانتظار حتى يُنادى عليكم (الشباك 3).";
constexpr const char* chinese = "请在入口处的取号机取号，然后就座等候。叫到您的号码时，请到显示的窗口办理居留许可。";
constexpr const char* thai = "กรุณาไปที่ช่องบริการหมายเลขสามเมื่อหมายเลขของท่านปรากฏบนหน้าจอ";
constexpr const char* hindi = "कृपया प्रवेश द्वार पर लगी मशीन से टिकट लें और अपनी बारी की प्रतीक्षा करें।";

struct Text {
    const char* language;
    const char* utf8;
};
constexpr Text texts[] = {{"pl", polish}, {"ar", arabic}, {"zh", chinese}, {"th", thai}, {"hi", hindi}};

float advance_of(const Stage& stage, const PlacedGlyph& glyph, float size_px) {
    const FontFace& face = stage.fonts->face(glyph.font);
    return static_cast<float>(hb_font_get_glyph_h_advance(face.font(), glyph.glyph)) / face.units_per_em() * size_px;
}

TEST_CASE("without a width a text is one line, as long as it is") {
    Stage stage;
    std::string ticker;
    for (int i = 0; i < 40; ++i) ticker += std::string(polish) + "   •   " + arabic + "   •   ";
    const ParagraphPtr paragraph = stage.set(ticker, "pl");
    CHECK(paragraph->lines == 1);
    CHECK(paragraph->width > 50000);
    CHECK_FALSE(paragraph->truncated);
    CHECK(paragraph->missing == 0);
}

TEST_CASE("every line is within the width, at every width") {
    Stage stage;
    BreakIterators breaks;
    for (const Text& text : texts) {
        const float whole = stage.set(text.utf8, text.language)->width;
        for (float width = 24; width < 1300; width *= 1.19F) {
            INFO(text.language << " in " << width);
            const ParagraphPtr paragraph = stage.set(text.utf8, text.language, {.width = width});
            CHECK_FALSE(paragraph->truncated);
            // Only a single cluster may be wider than its line; in 60 px and above there is none here.
            if (width >= 60) CHECK(paragraph->width <= width + 0.01F);
            CHECK(static_cast<float>(paragraph->lines) * width >= whole * 0.7F);
            if (width >= 60) {
                for (const PlacedGlyph& glyph : paragraph->glyphs) {
                    CHECK(glyph.x >= -0.01F);
                    CHECK(glyph.x <= width + 0.01F);
                }
            }
        }
    }
}

TEST_CASE("lines end between words, and their blanks hang over") {
    Stage stage;
    BreakIterators breaks;
    const std::u16string text = u"aaa bbb   ccc";
    ShapedText shaped(text, parse_language("en"), Weight::regular, *stage.fonts, breaks);
    const double two_words = shaped.width(0, 7);
    const auto lines = break_lines(shaped, two_words, 10);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].end == 7);
    CHECK(lines[0].next == 10);
    CHECK(lines[1].start == 10);
    CHECK_FALSE(lines[0].inside_word);
    CHECK(break_lines(shaped, two_words - 0.01, 10)[0].end == 3);
}

TEST_CASE("Thai and Chinese are divided by their rules, not at any character") {
    Stage stage;
    BreakIterators breaks;
    const std::u16string chinese_text = u"谢谢。再见";
    ShapedText shaped(chinese_text, parse_language("zh"), Weight::regular, *stage.fonts, breaks);
    // Two characters wide: the full stop may not begin a line.
    const auto lines = break_lines(shaped, 2.05, 10);
    REQUIRE(lines.size() >= 2);
    CHECK(lines[0].next == 1);
    const std::u16string thai_text = u"กรุณาไปที่ช่อง";
    BreakIterators more;
    CHECK(more.line_breaks(thai_text, "th") == std::vector<std::int32_t>{5, 7, 10, 14});
}

TEST_CASE("new lines of every kind start a line, and one at the end starts none") {
    Stage stage;
    CHECK(stage.set("a\nb\r\nc\rd\u2028e\u2029f")->lines == 6);
    CHECK(stage.set("a\n\nb")->lines == 3);
    CHECK(stage.set("a\n")->lines == 1);
    CHECK(stage.set("a\nb", "en", {.width = 500})->lines == 2);
    CHECK(stage.set("")->lines == 0);
    CHECK(stage.set("")->height == 0);
    const ParagraphPtr three = stage.set("a\n\nb");
    CHECK(three->height == Approx(3 * stage.set("a")->height));
}

TEST_CASE("a soft hyphen is seen only where a line ends at it") {
    Stage stage;
    const ParagraphPtr whole = stage.set("Donau\u00addampf", "de");
    CHECK(same_glyphs(*whole, *stage.set("Donaudampf", "de")));
    const ParagraphPtr divided = stage.set("Donau\u00addampf", "de", {.width = whole->width * 0.8F});
    REQUIRE(divided->lines == 2);
    CHECK(divided->glyphs[5].glyph == stage.glyph_of(divided->glyphs[5], U'\u2010'));
    CHECK(divided->width <= whole->width * 0.8F);
}

TEST_CASE("what does not fit ends in an ellipsis, in the width") {
    Stage stage;
    for (const Text& text : texts) {
        for (const float width : {100.0F, 200.0F, 333.0F}) {
            for (const int lines : {1, 2}) {
                INFO(text.language << " in " << width << " and " << lines << " lines");
                const ParagraphPtr paragraph =
                    stage.set(text.utf8, text.language, {.width = width, .max_lines = lines});
                REQUIRE(paragraph->truncated);
                CHECK(paragraph->lines == lines);
                CHECK(paragraph->width <= width + 0.01F);
                const float last_baseline = paragraph->glyphs.back().y;
                auto last_line = paragraph->glyphs;
                std::erase_if(last_line, [&](const PlacedGlyph& g) { return std::abs(g.y - last_baseline) > 20; });
                // At the line's end: left, where it runs right to left.
                const PlacedGlyph& tail = paragraph->right_to_left ? last_line.front() : last_line.back();
                CHECK(tail.glyph == stage.glyph_of(tail, U'…'));
            }
        }
    }
    const ParagraphPtr fitting = stage.set("krótki", "pl", {.width = 400, .height = 60, .max_lines = 1});
    CHECK_FALSE(fitting->truncated);
    CHECK(stage.set("a\nb", "pl", {.max_lines = 1})->truncated);
    CHECK(stage.set("a\nb", "pl", {.max_lines = 1})->lines == 1);
}

TEST_CASE("a height bounds the number of lines") {
    Stage stage;
    const float line = stage.set("x", "pl")->height;
    const ParagraphPtr paragraph = stage.set(polish, "pl", {.width = 300, .height = 3 * line + 1});
    CHECK(paragraph->lines == 3);
    CHECK(paragraph->truncated);
    CHECK(paragraph->height <= 3 * line + 1);
    INFO("at least one line is shown");
    CHECK(stage.set(polish, "pl", {.width = 300, .height = 5})->lines == 1);
}

TEST_CASE("fit finds the largest size at which all of the text fits") {
    Stage stage;
    for (const Text& text : texts) {
        for (const auto& [width, height] :
             {std::pair(400.0F, 200.0F), std::pair(900.0F, 60.0F), std::pair(250.0F, 700.0F)}) {
            INFO(text.language << " in " << width << " x " << height);
            const Box box{.width = width, .height = height, .min_size_px = 6};
            const ParagraphPtr fitted = stage.set(text.utf8, text.language, box, 120);
            CHECK_FALSE(fitted->truncated);
            CHECK(fitted->width <= width + 0.01F);
            CHECK(fitted->height <= height);
            REQUIRE(fitted->size_px < 120);
            REQUIRE(fitted->size_px > 6);

            INFO("as it is when set at that size");
            const ParagraphPtr plain =
                stage.set(text.utf8, text.language, {.width = width, .height = height}, fitted->size_px);
            CHECK(same_glyphs(*plain, *fitted));

            INFO("one pixel more is too much: it is cut, or a word is divided");
            Box exact = box;
            exact.min_size_px = fitted->size_px + 1;
            const ParagraphPtr larger = stage.set(text.utf8, text.language, exact, fitted->size_px + 1);
            const ParagraphPtr free = stage.set(text.utf8, text.language, {.width = width}, fitted->size_px + 1);
            bool divides_word = false;
            {
                BreakIterators breaks;
                const CleanText clean_text = clean(text.utf8);
                ShapedText shaped(clean_text.utf16, parse_language(text.language), Weight::regular, *stage.fonts,
                                  breaks);
                for (const Line& line : break_lines(shaped, double{width} / (fitted->size_px + 1), 1000)) {
                    divides_word = divides_word || line.inside_word;
                }
            }
            CHECK((larger->truncated || free->height > height || divides_word));
        }
    }
}

TEST_CASE("fit keeps the style's size where that fits, and goes no lower than it may") {
    Stage stage;
    CHECK(stage.set("A012", "pl", {.width = 1000, .height = 200, .min_size_px = 10}, 61.5F)->size_px == 61.5F);
    const ParagraphPtr cut = stage.set(polish, "pl", {.width = 120, .height = 40, .min_size_px = 20}, 60);
    CHECK(cut->size_px == 20);
    CHECK(cut->truncated);
    const ParagraphPtr word = stage.set("Konstantynopolitańczykowianeczka", "pl", {.width = 200, .min_size_px = 5}, 60);
    CHECK(word->lines == 1);
    CHECK(word->width <= 200);
}

TEST_CASE("lines are aligned in the box's width") {
    Stage stage;
    const float free = 500 - stage.set("abc")->width;
    const auto left_of = [&](Align align, const char* text, const char* language) {
        const ParagraphPtr paragraph = stage.set(text, language, {.width = 500, .align = align});
        return paragraph->glyphs.front().x;
    };
    CHECK(left_of(Align::start, "abc", "en") == 0);
    CHECK(left_of(Align::centre, "abc", "en") == Approx(free / 2));
    CHECK(left_of(Align::end, "abc", "en") == Approx(free));
    INFO("a right-to-left paragraph starts on the right");
    const ParagraphPtr start = stage.set("مرحبا", "ar", {.width = 500, .align = Align::start});
    const ParagraphPtr end = stage.set("مرحبا", "ar", {.width = 500, .align = Align::end});
    const PlacedGlyph& last = start->glyphs.back();
    CHECK(last.x + advance_of(stage, last, 32) == Approx(500).margin(0.5));
    CHECK(end->glyphs.front().x == Approx(0).margin(0.5));
}

TEST_CASE("the width of any part is what its line will have") {
    Stage stage;
    BreakIterators breaks;
    const unsigned seed = 20261123;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (const Text& text : texts) {
        const CleanText clean_text = clean(text.utf8);
        ShapedText shaped(clean_text.utf16, parse_language(text.language), Weight::regular, *stage.fonts, breaks);
        const auto length = static_cast<std::int32_t>(clean_text.utf16.size());
        for (int i = 0; i < 200; ++i) {
            const auto at = [&] { return std::uniform_int_distribution<std::int32_t>(0, length)(random); };
            const auto [start, end] = std::minmax({at(), at()});
            if (!shaped.starts_cluster(start) || !shaped.starts_cluster(end)) continue;
            INFO(text.language << " " << start << ".." << end);
            CHECK(shaped.width(start, end) == Approx(shaped.line(start, end).width).margin(1e-4));
        }
    }
}

// Of each line, its first and last glyph's distance.
std::vector<float> spreads(const Paragraph& paragraph) {
    std::map<int, std::pair<float, float>> lines;  // by baseline
    for (const PlacedGlyph& glyph : paragraph.glyphs) {
        const auto [line, is_first] = lines.try_emplace(int(std::lround(glyph.y / 20)), glyph.x, glyph.x);
        line->second = {std::min(line->second.first, glyph.x), std::max(line->second.second, glyph.x)};
    }
    std::vector<float> result;
    for (const auto& [baseline, ends] : lines) result.push_back(ends.second - ends.first);
    return result;
}

TEST_CASE("balanced lines are as many, and their longest is no longer; the last is no crumb") {
    Stage stage;
    for (const Text& text : texts) {
        for (float width = 240; width < 1300; width *= 1.1F) {
            INFO(text.language << " in " << width);
            const ParagraphPtr greedy = stage.set(text.utf8, text.language, {.width = width});
            const ParagraphPtr balanced = stage.set(text.utf8, text.language, {.width = width, .balanced = true});
            if (std::string_view(text.language) != "pl") CHECK(balanced->lines == greedy->lines);
            CHECK(balanced->lines >= greedy->lines);  // a word of one letter may need a line more
            CHECK(balanced->width <= width + 0.01F);
            CHECK_FALSE(balanced->truncated);
        }
    }
    const float room = stage.set("No number has been called", "en")->width + 4;
    const auto crumb = spreads(*stage.set("No number has been called yet", "en", {.width = room}));
    REQUIRE(crumb.size() == 2);
    CHECK(crumb[1] < crumb[0] / 4);
    const auto even = spreads(*stage.set("No number has been called yet", "en", {.width = room, .balanced = true}));
    REQUIRE(even.size() == 2);
    CHECK(std::min(even[0], even[1]) > std::max(even[0], even[1]) * 0.7F);
}

TEST_CASE("careful lines do not begin with a dash, nor end with a word of one letter where Slavs are read") {
    Stage stage;
    BreakIterators breaks;
    // Where the second line begins, in a width in which all before `rest` has room.
    const auto second_line = [&](const std::u16string& text, const char* language, std::u16string_view rest,
                                 Breaks which) -> std::u16string {
        ShapedText shaped(text, parse_language(language), Weight::regular, *stage.fonts, breaks);
        const double width = shaped.width(0, std::int32_t(text.find(rest) - 1));
        const auto lines = break_lines(shaped, width, 10, which);
        return lines.size() < 2 ? u"" : text.substr(std::size_t(lines[1].start));
    };
    using enum Breaks;
    CHECK(second_line(u"Zamek w Krakowie", "pl", u"Krakowie", all) == u"Krakowie");
    CHECK(second_line(u"Zamek w Krakowie", "pl", u"Krakowie", careful) == u"w Krakowie");
    CHECK(second_line(u"звернiться у вікно", "uk", u"вікно", careful) == u"у вікно");
    CHECK(second_line(u"Window A is", "en", u"is", careful) == u"is");
    CHECK(second_line(u"Counter I b", "pl-PL", u"b", careful) == u"I b");
    CHECK(second_line(u"pokój 4B i 5", "pl", u"i", careful) == u"i 5");
    const std::u16string dash = u"Urząd \u2013 Sala";
    CHECK(second_line(dash, "de", u"\u2013", all) == u"\u2013 Sala");
    INFO("but rather so than inside a word");
    ShapedText narrow(dash, parse_language("pl"), Weight::regular, *stage.fonts, breaks);
    const auto lines = break_lines(narrow, narrow.width(0, 5), 10, careful);
    CHECK(std::ranges::none_of(lines, &Line::inside_word));
    REQUIRE(lines.size() >= 2);
    CHECK(lines[1].start == 6);
}

}  // namespace text_test::lines
