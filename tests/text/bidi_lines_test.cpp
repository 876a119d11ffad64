// The levels of UAX #9 in lines of a broken paragraph: blanks at a line's end go to the paragraph's end side (rule L1),
// as ICU's ubidi_setLine has it.
#include <fmt/format.h>
#include <unicode/ubidi.h>

#include <random>

#include "player/text/break_lines.h"
#include "player/text/shaped_text.h"
#include "player/text/unicode_text.h"
#include "tests/text/stage.h"

namespace text_test::bidi_lines {

constexpr char16_t figure_space = 0x2007;  // a blank that is drawn at a line's end

bool is_removed(const std::u16string& text, std::int32_t at) {
    return u_hasBinaryProperty(text[static_cast<std::size_t>(at)], UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

// The units that have a glyph, from left to right.
std::vector<std::int32_t> drawn(ShapedText& shaped, std::int32_t start, std::int32_t end) {
    std::vector<std::int32_t> order;
    for (const LineGlyph& glyph : shaped.line(start, end).glyphs) {
        std::int32_t at = glyph.at;
        while (at < end && is_removed(shaped.text(), at)) ++at;  // HarfBuzz gives those to the glyph beside them
        if (order.empty() || order.back() != at) order.push_back(at);
    }
    return order;
}

// "05D0 0020"
std::string codes(const std::u16string& text) {
    std::string result;
    for (const char16_t unit : text) result += fmt::format("{:04X} ", static_cast<unsigned>(unit));
    return result;
}

TEST_CASE("blanks at the end of a broken line stand at the end side of the paragraph") {
    Stage stage;
    BreakIterators breaks;
    const auto lines_of = [&](const std::u16string& text, const char* language, std::int32_t end) {
        ShapedText shaped(text, parse_language(language), Weight::regular, *stage.fonts, breaks);
        return drawn(shaped, 0, end);
    };
    using Order = std::vector<std::int32_t>;
    INFO("Hebrew in a text from left to right: the blanks are between Hebrew words, but at this line's end");
    CHECK(lines_of(u"ab אב\u2007\u2007גד", "en", 7) == Order{0, 1, 2, 4, 3, 5, 6});
    INFO("and between them where the line goes on");
    CHECK(lines_of(u"ab אב\u2007\u2007גד", "en", 8) == Order{0, 1, 2, 7, 6, 5, 4, 3});
    CHECK(lines_of(u"ab دم\u2007\u2007رد", "en", 7) == Order{0, 1, 2, 4, 3, 5, 6});
    INFO("Latin and numbers in a text from right to left");
    CHECK(lines_of(u"אב ab\u2007\u2007cd", "he", 7) == Order{6, 5, 3, 4, 2, 1, 0});
    CHECK(lines_of(u"אב ab\u2007\u2007cd", "he", 8) == Order{3, 4, 5, 6, 7, 2, 1, 0});
    CHECK(lines_of(u"דם 12\u2007cd", "ar", 6) == Order{5, 3, 4, 2, 1, 0});
    INFO("isolate controls and blanks of several kinds do not hold the others back");
    CHECK(lines_of(u"אב \u2066ab\u2007\u2069\u2007cd", "he", 9) == Order{8, 6, 4, 5, 2, 1, 0});
    INFO("a no-break space is no blank of that rule");
    CHECK(lines_of(u"אב ab\u00a0cd", "he", 6) == Order{3, 4, 5, 2, 1, 0});
}

TEST_CASE("a paragraph without a strong letter goes its own way, after one from right to left") {
    const Directions directions = resolve_directions(u"\u05d0\u05d1\r\n(1)\u2029\u05d0", parse_language("pl"));
    CHECK(directions.levels == std::vector<UBiDiLevel>{1, 1, 1, 1, 0, 0, 0, 0, 1});
    CHECK(directions.base == std::vector<UBiDiLevel>{1, 1, 1, 1, 0, 0, 0, 0, 1});
    CHECK(directions.first_base == 1);
}

TEST_CASE("a line that ends in blanks at a line separator has them at its end, too") {
    // Without a width, what ends a line in the text keeps the blanks before it.
    Stage stage;
    const ParagraphPtr paragraph = stage.set("שלום abc   \u2028def", "he");
    REQUIRE(paragraph->lines == 2);
    const PlacedGlyph& leftmost = paragraph->glyphs.front();
    CHECK(leftmost.glyph == stage.glyph_of(leftmost, U' '));
    const float space = stage.set("ab ab")->width - 2 * stage.set("ab")->width;
    const ParagraphPtr without = stage.set("שלום abc", "he");
    CHECK(paragraph->width == Approx(without->width + 3 * space));
    const PlacedGlyph& letter = paragraph->glyphs[3];
    CHECK(letter.glyph == without->glyphs.front().glyph);
    CHECK(letter.x == Approx(without->glyphs.front().x + 3 * space));
}

TEST_CASE("the width of a line is that of its glyphs, its turned blanks included") {
    Stage stage;
    BreakIterators breaks;
    const std::u16string text = u"אב AVT\u2007\u2007To AV\u2007 12";
    ShapedText shaped(text, parse_language("he"), Weight::regular, *stage.fonts, breaks);
    for (std::int32_t start = 0; start < std::ssize(text); ++start) {
        for (std::int32_t end = start + 1; end <= std::ssize(text); ++end) {
            INFO(start << " to " << end);
            CHECK(shaped.width(start, end) == Approx(shaped.line(start, end).width).margin(1e-6));
        }
    }
}

TEST_CASE("the order in lines broken anywhere is that of ICU's ubidi_setLine") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t most) { return static_cast<std::size_t>(random()) % most; };
    const Listening silence;
    Stage stage;
    BreakIterators breaks;
    // Each of these is a glyph of its own, or none.
    const std::u16string letters =
        u"abcאבגדרم123\u0661\u0662 \u2007\u2007\u2007 \u2003\u00a0.,-+()\u2066\u2067\u2068"
        u"\u2069\u202a\u202b\u202c\u200e\u200f\u200b\n\u2028";
    std::size_t lines = 0;
    std::size_t turned = 0;
    for (int round = 0; round < 4000; ++round) {
        std::u16string text;
        for (std::size_t i = 1 + below(30); i > 0; --i) text += letters[below(letters.size())];
        const bool right_to_left = below(2) == 0;
        INFO("round " << round);
        ShapedText shaped(text, parse_language(right_to_left ? "he" : "pl"), Weight::regular, *stage.fonts, breaks);
        UErrorCode status = U_ZERO_ERROR;
        const std::unique_ptr<UBiDi, decltype(&ubidi_close)> whole(ubidi_open(), ubidi_close);
        const std::unique_ptr<UBiDi, decltype(&ubidi_close)> line(ubidi_open(), ubidi_close);
        for (int i = 0; i < 12; ++i) {
            const auto start = static_cast<std::int32_t>(below(text.size()));
            const auto content_end =
                static_cast<std::int32_t>(std::find_if(text.begin() + start, text.end(), is_line_end) - text.begin());
            if (content_end == start) continue;
            const auto end =
                start + 1 + static_cast<std::int32_t>(below(static_cast<std::size_t>(content_end - start)));
            // One bidi paragraph, as resolve_directions() has it: ICU's levels of several at once are not always right.
            const std::size_t before = text.rfind(u'\n', static_cast<std::size_t>(start));
            const auto first = static_cast<std::int32_t>(before == std::u16string::npos ? 0 : before + 1);
            const std::size_t after = text.find(u'\n', static_cast<std::size_t>(start));
            const auto limit = static_cast<std::int32_t>(after == std::u16string::npos ? text.size() : after + 1);
            ubidi_setPara(whole.get(), text.data() + first, limit - first,
                          right_to_left ? UBiDiLevel{1} : UBIDI_DEFAULT_LTR, nullptr, &status);
            ubidi_setLine(whole.get(), start - first, end - first, line.get(), &status);
            REQUIRE(U_SUCCESS(status));
            // Asked for its levels first: ICU 72 keeps odd blanks that become even in right-to-left order otherwise.
            const UBiDiLevel* levels = ubidi_getLevels(line.get(), &status);
            std::vector<std::int32_t> expected(static_cast<std::size_t>(end - start));
            ubidi_getVisualMap(line.get(), expected.data(), &status);
            REQUIRE(U_SUCCESS(status));
            for (std::int32_t at = 0; at < end - start; ++at) {
                if (levels[at] == ubidi_getLevelAt(whole.get(), start - first + at)) continue;
                ++turned;
                break;
            }
            for (std::int32_t& at : expected) at += start;
            std::erase_if(expected, [&](std::int32_t at) { return is_removed(text, at); });
            const auto order = drawn(shaped, start, end);
            INFO("line " << start << " to " << end << " of " << codes(text));
            CHECK(order == expected);
            ++lines;
        }
    }
    WARN("ubidi_setLine: " << lines << " lines in the same order, in " << turned
                           << " of them blanks turn at the line's end; seed " << seed);
    CHECK(lines > 10'000);
    CHECK(turned > 500);
}

}  // namespace text_test::bidi_lines
