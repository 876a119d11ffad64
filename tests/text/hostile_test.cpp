#include <sys/resource.h>

#include <cmath>
#include <ctime>
#include <random>

#include <unicode/unistr.h>

#include "player/text/unicode_text.h"
#include "tests/sanitized.h"
#include "tests/seed.h"
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

std::string repeated(const std::string& piece, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += piece;
    return text;
}

// What an attacker would think of.
std::string crafted_text(std::mt19937& random) {
    const auto some = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    const std::string& piece = pieces()[some(pieces().size())];
    std::string text;
    switch (some(7)) {
        case 0:  // surrogates as bytes, alone and in pairs
            for (std::size_t i = 0; i < 1 + some(60); ++i)
                text += {'\xed', static_cast<char>(0xa0 + some(32)), static_cast<char>(0x80 + some(64))};
            return text + piece;
        case 1:  // isolates, deeper than UAX #9 goes
            return repeated(one_of<std::string>(random, {"\u2066", "\u2067", "\u2068", "\u202b(", "\u2067a["}),
                            some(3000)) +
                   piece + repeated("\u2069", some(3000));
        case 2:  // zalgo
            for (std::size_t i = 0; i < 1 + some(40); ++i) {
                text += static_cast<char>('a' + some(26));
                for (std::size_t mark = 0; mark < some(80); ++mark)
                    text += {'\xcc', static_cast<char>(0x80 + some(64))};
            }
            return text;
        case 3:  // joined emoji without end
            return repeated(one_of<std::string>(random, {"\U0001F468\u200d", "\U0001F44D\U0001F3FD", "\U0001F1F5",
                                                         "\u2764\ufe0f\u200d\U0001F525\u200d"}),
                            some(4000));
        case 4:  // any bytes
            for (std::size_t i = 0; i < some(2000); ++i) text += static_cast<char>(some(256));
            return text;
        case 5:  // one line, as long as a short piece of it allows
            return repeated(piece, some(8000));
        default:  // any code points
            for (std::size_t i = 0; i < 1 + some(200); ++i) {
                icu::UnicodeString(static_cast<UChar32>(some(0x110000))).toUTF8String(text);
            }
            return text;
    }
}

// Every text is a new one for the fuzzer of tests/fuzz/text.cpp, which has sanitizers too.
constexpr int hostile_texts = hallcast::tests::sanitized ? 300 : 3000;
constexpr std::size_t longest_bytes = max_text_bytes / (hallcast::tests::sanitized ? 4 : 1);
constexpr double most_seconds = hallcast::tests::sanitized ? 40 : 5;  // a text; 1 measured
constexpr long most_megabytes =
    hallcast::tests::sanitized ? 4000 : 400;  // of the whole program, with some 200 fonts open

double seconds_of_this_thread() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

long peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

TEST_CASE("thousands of hostile texts are set within the limits of time and memory, and every result is sane") {
    const auto seed = unsigned(hallcast::tests::seed_of_run());
    std::mt19937 random(seed);
    const Listening silence;
    Stage stage;
    double slowest = 0;
    for (int i = 0; i < hostile_texts; ++i) {
        INFO("seed " << seed << ", text " << i);
        std::string text = i % 3 == 0 ? crafted_text(random) : random_text(random, i % 500 == 1 ? 3000 : 60);
        if (i % 500 == 0) text = repeated(text + "\u00e9", 1 << 20);  // a line of 1 MB
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const Style style{one_of(random, {1.0F, 12.0F, 32.0F, 333.0F, 0.0F, -5.0F, 1e9F, nan}),
                          one_of(random, {Weight::regular, Weight::bold}),
                          one_of<std::string>(random, {"", "pl", "ar", "zh-Hant", "ja", "th", "xx-YY", "-", "a_b",
                                                       "\xff", "zh-", "ar-Latn-x-y", std::string(5000, 'a')})};
        const Box box{one_of(random, {0.0F, 0.0F, 1.0F, 50.0F, 300.0F, 2000.0F, -4.0F, nan}),
                      one_of(random, {0.0F, 0.0F, 1.0F, 60.0F, 400.0F}),
                      one_of(random, {0, 0, 1, 2, 7, -3}),
                      one_of(random, {Align::start, Align::centre, Align::end}),
                      one_of(random, {0.0F, 0.0F, 8.0F, 5000.0F, nan}),
                      one_of(random, {false, true})};
        const double before = seconds_of_this_thread();
        const ParagraphPtr paragraph = stage.typesetter->set(text, style, box);
        const double seconds = seconds_of_this_thread() - before;
        slowest = std::max(slowest, seconds);
        CHECK(seconds < most_seconds);
        check_sane(stage, *paragraph, box);
    }
    WARN(hostile_texts << " hostile texts, seed " << seed << ": the slowest took " << slowest
                       << " s; the program's peak is " << peak_megabytes() << " MB");
    CHECK(peak_megabytes() < most_megabytes);
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
    // Quadratic work takes most of a minute for one text.
    const Listening silence;
    Stage stage;
    const auto set_soon = [&](const std::string& text, const Box& box) {
        const double before = seconds_of_this_thread();
        const ParagraphPtr paragraph = stage.set(text, "en", box, 24);
        CHECK(seconds_of_this_thread() - before < most_seconds);
        check_sane(stage, *paragraph, box);
    };
    for (const std::string piece : {"x", "مرحبا", "क्", "\u0301", "\u202e(", "\u2067a", "中", "ก", "\U0001F468\u200d",
                                    "\xff", "fi", "( [", "a\u00ad", "\U0010ABCD"}) {
        INFO("'" << piece << "' again and again");
        std::string text;
        while (text.size() < longest_bytes) text += piece;
        for (const Box& box : {Box{}, Box{.width = 40}, Box{.width = 800, .height = 600, .min_size_px = 8}}) {
            set_soon(text, box);
        }
    }
    INFO("what turns at a line's end, where all of it is near the end of one line");
    for (const std::string turning : {"\u2060", "\u2069", "\u2007", "\u202c"}) {
        for (const float width : {40.0F, 70.0F, 100.0F, 1000.0F}) {
            std::string text = "a\u202bאWWW";
            while (text.size() < longest_bytes - 8) text += turning;
            set_soon(text + "WWW", {.width = width});
            set_soon(text + "WWW", {.width = width, .max_lines = 1});
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
