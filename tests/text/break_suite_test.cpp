// GraphemeBreakTest and LineBreakTest of Unicode, through what our lines are divided by.
#include "player/text/break_lines.h"
#include "tests/text/stage.h"
#include "tests/text/unicode_data.h"

namespace text_test::break_suite {

std::vector<std::int32_t> cluster_ends(const std::u16string& text) {
    BreakIterators breaks;
    const auto starts = breaks.cluster_starts(text);
    std::vector<std::int32_t> ends;
    for (std::size_t at = 1; at < starts.size(); ++at) {
        if (starts[at] != 0) ends.push_back(static_cast<std::int32_t>(at));
    }
    return ends;
}

TEST_CASE("GraphemeBreakTest: clusters are those of Unicode's suite") {
    int cases = 0;
    Deviations deviations;
    const bool there = for_each_line("auxiliary/GraphemeBreakTest.txt", [&](std::string_view line) {
        ++cases;
        const BreakCase one = parse_breaks(line);
        if (cluster_ends(one.text) == one.allowed) return;
        deviations.add(one.text.contains(u"\r\n") ? "clean text has no CR LF: it is one new line" : "", line);
    });
    if (!there) return;
    WARN("GraphemeBreakTest: " << cases << " cases; deviations:" << deviations.report());
    CHECK(cases > 600);
    CHECK(deviations.unlisted() == 0);
}

// Where our line breaking may end a line that it fills from the start: the breaks of the language, and line ends.
std::vector<std::int32_t> line_ends(ShapedText& text) {
    std::vector<std::int32_t> ends;
    for (const std::int32_t at : text.line_breaks()) {
        if (text.starts_cluster(at)) ends.push_back(at);
    }
    return ends;
}

int line_break_class(const std::u16string& text, std::int32_t at) {
    UChar32 c = 0;
    U16_GET(text.data(), 0, at, static_cast<std::int32_t>(text.size()), c);
    return u_getIntPropertyValue(c, UCHAR_LINE_BREAK);
}

// The character before `at` that is no combining mark; -1 where there is none.
std::int32_t base_before(const std::u16string& text, std::int32_t at) {
    do {
        if (at == 0) return -1;
        U16_BACK_1(text.data(), 0, at);
    } while (line_break_class(text, at) == U_LB_COMBINING_MARK || line_break_class(text, at) == U_LB_ZWJ);
    return at;
}

// Why only one of us and the suite allows a line's end at `at`; empty when there is no reason.
std::string_view reason_for(const ShapedText& shaped, std::int32_t at) {
    const std::u16string& text = shaped.text();
    if (!shaped.starts_cluster(at)) return "a line is not divided inside a grapheme cluster (UAX #14, 8.2 example 6)";
    const std::int32_t before = base_before(text, at);
    const int next = line_break_class(text, at);
    if (before == 0 && line_break_class(text, before) == U_LB_HYPHEN) {
        return "ICU's rule 20.09: a hyphen that starts a word stays with it (LB20a since Unicode 16)";
    }
    if (next == U_LB_NUMERIC && line_break_class(text, before) == U_LB_INFIX_NUMERIC) {
        return "LB25 as it stands (IS x NU); the suite takes the tailoring of UAX #14, 8.2 example 7";
    }
    const auto after = static_cast<std::size_t>(at) + 1;
    if (next == U_LB_INFIX_NUMERIC && after < text.size() && line_break_class(text, at + 1) == U_LB_NUMERIC) {
        return "ICU's rule 14a: a number may begin with its decimal point";
    }
    return "";
}

TEST_CASE("LineBreakTest: lines may end where Unicode's suite says") {
    int cases = 0;
    Deviations deviations;
    Stage stage;
    BreakIterators breaks;
    const Listening silence;
    const Language language = parse_language("en");
    std::size_t lines = 0;
    const bool there = for_each_line("auxiliary/LineBreakTest.txt", [&](std::string_view line) {
        if (++lines % sanitizer_stride != 0) return;
        ++cases;
        const BreakCase one = parse_breaks(line);
        ShapedText shaped(one.text, language, Weight::regular, *stage.fonts, breaks);
        std::vector<std::int32_t> differing;
        std::ranges::set_symmetric_difference(line_ends(shaped), one.allowed, std::back_inserter(differing));
        for (const std::int32_t at : differing) deviations.add(reason_for(shaped, at), line);
    });
    if (!there) return;
    WARN("LineBreakTest: " << cases << " cases; deviations:" << deviations.report());
    CHECK(cases > 7'600 / static_cast<int>(sanitizer_stride));
    CHECK(deviations.unlisted() == 0);
}

}  // namespace text_test::break_suite
