// BidiTest and BidiCharacterTest of Unicode, through our paragraphs: levels, and the order of the glyphs in a line.
#include "player/text/direction.h"
#include "player/text/shaped_text.h"
#include "tests/text/stage.h"
#include "tests/text/unicode_data.h"

namespace text_test::bidi_suite {

constexpr int no_level = -1;  // "x": the algorithm removes the character

struct Case {
    std::u16string text;
    std::vector<int> levels;          // of each character; all are of one unit here
    std::vector<std::int32_t> order;  // characters from left to right, without the removed ones
};

std::vector<int> parse_levels(std::string_view text) {
    std::vector<int> levels;
    for (const std::string_view part : split(text, " \t"))
        levels.push_back(part == "x" ? no_level : std::stoi(std::string(part)));
    return levels;
}

std::vector<std::int32_t> parse_order(std::string_view text) {
    const std::vector<int> numbers = parse_levels(text);
    return {numbers.begin(), numbers.end()};
}

enum class Base { automatic, left_to_right, right_to_left };

// We have no language that forces left to right, but a text whose first strong character is a mark of that direction.
Case based(Case one, Base base) {
    if (base != Base::left_to_right) return one;
    one.text.insert(one.text.begin(), u'\u200e');
    one.levels.insert(one.levels.begin(), 0);
    for (std::int32_t& at : one.order) ++at;
    one.order.insert(one.order.begin(), 0);
    return one;
}

const Language& language_for(Base base) {
    static const Language arabic = parse_language("ar");
    static const Language polish = parse_language("pl");
    return base == Base::right_to_left ? arabic : polish;
}

// ICU does not work out levels where all characters go one way: it gives them all the paragraph's level. What is seen,
// their order, is the same.
constexpr std::string_view one_way = "all characters go one way: ICU gives them the paragraph's level";

// What ICU 72 does otherwise than the suite, in texts that nobody writes in a hall.
constexpr std::string_view overridden = "ICU does not override the direction of brackets and isolate marks (X5a, X6a)";
constexpr std::string_view marked_bracket =
    "ICU leaves a mark after a bracket its own level (N0); drawn, it is a part of the bracket";
constexpr std::string_view deep_brackets = "ICU pairs brackets beyond 63 open ones (BD16)";

std::string_view reason_for(const Case& one) {
    constexpr std::u16string_view overrides = u"\u202d\u202e";
    constexpr std::u16string_view isolates = u"\u2066\u2067\u2068\u2069";
    constexpr std::u16string_view brackets = u"()[]{}\u2329\u232a\u3008\u3009";
    const auto has_any = [&](std::u16string_view of) { return one.text.find_first_of(of) != std::u16string::npos; };
    if (has_any(overrides) && (has_any(isolates) || has_any(brackets))) return overridden;
    if (std::ranges::count(one.text, u'(') > 63) return deep_brackets;
    const bool marked =
        std::ranges::any_of(one.text, [](char16_t c) { return u_charDirection(c) == U_DIR_NON_SPACING_MARK; });
    return marked && has_any(brackets) ? marked_bracket : "";
}

enum class Agreement { none, in_direction, full };

Agreement compare_levels(const Case& one, Base base) {
    const Directions directions = resolve_directions(one.text, language_for(base));
    bool same = true;
    unsigned ways = 0;
    bool same_ways = true;
    for (std::size_t i = 0; i < one.levels.size(); ++i) {
        if (one.levels[i] == no_level) continue;
        same = same && one.levels[i] == directions.levels[i];
        same_ways = same_ways && one.levels[i] % 2 == directions.levels[i] % 2;
        ways |= 1U << (one.levels[i] % 2);
    }
    if (same) return Agreement::full;
    return same_ways && ways != 3 ? Agreement::in_direction : Agreement::none;
}

void check_levels(const Case& one, Base base, std::string_view line, Deviations& deviations) {
    switch (compare_levels(one, base)) {
        case Agreement::full:
            break;
        case Agreement::in_direction:
            deviations.add(one_way, line);
            break;
        case Agreement::none:
            deviations.add(reason_for(one), "levels of " + std::string(line));
            break;
    }
}

// The glyphs of the line that our paragraph would draw. Characters without a glyph of their own have no place in it:
// line ends, what is default-ignorable, and marks, which are a part of their base's cluster.
bool order_agrees(const Case& one, Base base, Stage& stage, BreakIterators& breaks) {
    ShapedText shaped(one.text, language_for(base), Weight::regular, *stage.fonts, breaks);
    auto end = static_cast<std::int32_t>(one.text.size());
    while (end > 0 && is_line_end(one.text[static_cast<std::size_t>(end - 1)])) --end;
    const auto is_drawn = [&](std::int32_t at) {
        const char16_t c = one.text[static_cast<std::size_t>(at)];
        return at < end && shaped.starts_cluster(at) && u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) == 0;
    };
    std::vector<std::int32_t> drawn;
    for (const LineGlyph& glyph : shaped.line(0, end).glyphs) {
        std::int32_t at = glyph.at;
        while (at < end && !is_drawn(at)) ++at;  // HarfBuzz gives what it removes to the glyph of the next character
        if (drawn.empty() || drawn.back() != at) drawn.push_back(at);
    }
    std::vector<std::int32_t> expected = one.order;
    std::erase_if(expected, [&](std::int32_t at) { return !is_drawn(at); });
    return drawn == expected;
}

char16_t example_of(std::string_view bidi_class) {
    static const std::map<std::string_view, char16_t> examples = {
        {"L", u'a'},        {"R", u'\u05d0'},   {"AL", u'\u062f'},  {"EN", u'1'},       {"ES", u'+'},
        {"ET", u'#'},       {"AN", u'\u0661'},  {"CS", u','},       {"B", u'\n'},       {"S", u'\t'},
        {"WS", u' '},       {"ON", u'!'},       {"BN", u'\u00ad'},  {"NSM", u'\u0301'}, {"LRE", u'\u202a'},
        {"RLE", u'\u202b'}, {"PDF", u'\u202c'}, {"LRO", u'\u202d'}, {"RLO", u'\u202e'}, {"LRI", u'\u2066'},
        {"RLI", u'\u2067'}, {"FSI", u'\u2068'}, {"PDI", u'\u2069'},
    };
    return examples.at(bidi_class);
}

TEST_CASE("BidiTest: every sequence of four classes has the levels of Unicode's suite") {
    std::vector<int> levels;
    std::vector<std::int32_t> order;
    std::size_t lines = 0;
    int cases = 0;
    int ordered = 0;
    Deviations deviations;
    Stage stage;
    BreakIterators breaks;
    const Listening silence;
    const bool there = for_each_line("BidiTest.txt", [&](std::string_view line) {
        constexpr std::string_view levels_key = "@Levels:";
        constexpr std::string_view order_key = "@Reorder:";
        if (line.starts_with(levels_key)) {
            levels = parse_levels(line.substr(levels_key.size()));
        } else if (line.starts_with(order_key)) {
            order = parse_order(line.substr(order_key.size()));
        } else if (++lines % sanitizer_stride == 0) {
            const std::size_t semicolon = line.find(';');
            Case one{{}, levels, order};
            bool has_tab = false;
            for (const std::string_view name : split(line.substr(0, semicolon), " \t")) {
                one.text.push_back(example_of(name));
                has_tab = has_tab || name == "S";
            }
            const int bits = std::stoi(std::string(line.substr(semicolon + 1)), nullptr, 16);
            for (const auto& [bit, base] : {std::pair(1, Base::automatic), std::pair(2, Base::left_to_right),
                                            std::pair(4, Base::right_to_left)}) {
                if ((bits & bit) == 0) continue;
                ++cases;
                const Case based_case = based(one, base);
                check_levels(based_case, base, line, deviations);
                // Clean text has no tabs, and no font a glyph for one. Every 16th line is enough to shape.
                if (has_tab || lines % 16 != 0) continue;
                ++ordered;
                if (!order_agrees(based_case, base, stage, breaks)) deviations.add("", "order of " + std::string(line));
            }
        }
    });
    if (!there) return;
    WARN("BidiTest: " << lines << " lines, " << cases << " cases, " << ordered
                      << " of them drawn in order; deviations:" << deviations.report());
    CHECK(cases > 490'000 / static_cast<int>(sanitizer_stride));
    CHECK(deviations.unlisted() == 0);
}

TEST_CASE("BidiCharacterTest: brackets, isolates and numbers have the levels and the order of Unicode's suite") {
    std::size_t lines = 0;
    int cases = 0;
    Deviations deviations;
    Stage stage;
    BreakIterators breaks;
    const Listening silence;
    const bool there = for_each_line("BidiCharacterTest.txt", [&](std::string_view line) {
        if (++lines % sanitizer_stride != 0) return;
        std::vector<std::string_view> fields;
        for (std::size_t start = 0; start <= line.size();) {  // the last field may be empty
            const std::size_t end = std::min(line.find(';', start), line.size());
            fields.push_back(line.substr(start, end - start));
            start = end + 1;
        }
        REQUIRE(fields.size() == 5);
        Case one{{}, parse_levels(fields[3]), parse_order(fields[4])};
        for (const std::string_view hex : split(fields[0], " ")) append(one.text, code_point(hex));
        REQUIRE(one.text.size() == one.levels.size());
        const Base base = fields[1] == "0"   ? Base::left_to_right
                          : fields[1] == "1" ? Base::right_to_left
                                             : Base::automatic;
        ++cases;
        one = based(one, base);
        check_levels(one, base, line, deviations);
        if (!order_agrees(one, base, stage, breaks)) deviations.add(reason_for(one), "order of " + std::string(line));
    });
    if (!there) return;
    WARN("BidiCharacterTest: " << cases << " cases, levels and order; deviations:" << deviations.report());
    CHECK(cases > 91'000 / static_cast<int>(sanitizer_stride));
    CHECK(deviations.unlisted() == 0);
    CHECK(deviations.of(overridden) <= 40);
    CHECK(deviations.of(marked_bracket) <= 11);
    CHECK(deviations.of(deep_brackets) <= 2);
}

}  // namespace text_test::bidi_suite
