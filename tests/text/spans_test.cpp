// Parts of a paragraph in styles of their own: one text still, for its letters, its direction and its lines.
#include <unicode/unistr.h>
#include <array>
#include <cmath>
#include <random>

#include "player/text/break_iterators.h"
#include "player/text/shaped_text.h"
#include "tests/text/samples.h"
#include "tests/text/stage.h"

namespace text_test::spans {

ParagraphPtr set(Stage& stage, const std::vector<Span>& spans, std::string language, const Box& box = {},
                 float size_px = 32) {
    return stage.typesetter->set(spans, {size_px, Weight::regular, std::move(language)}, box);
}

Span bold(std::string_view utf8) { return {.utf8 = utf8, .weight = Weight::bold}; }

struct Words {
    const char* language;
    const char* utf8;
};

std::vector<Words> samples() {
    std::vector<Words> all;
    for (const ScriptSample& sample : script_samples) all.push_back({sample.language, sample.text});
    all.insert(
        all.end(),
        {{"ar", "الرقم A012 (القاعة 3) إلى الشباك 12, من 8:30."},
         {"pl", "Witamy مرحبا 12-34 欢迎 (ласкаво) בית"},
         {"ja", "番号をお呼びするまで 直骨"},
         {"pl", "直骨 の"},
         {"en",
          "👩‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 e\u0301x\u20dd 🇵🇱🇺🇦 1️⃣ a\u00adb"},
         {"en", "one\r\ntwo\n\nthree\u2028four "},
         {"vi", "ẪỆ A\u0302\u0303\u0323 E\u0302\u0309\u0323"}});
    return all;
}

// Where a cluster starts, in bytes of UTF-8.
std::vector<std::size_t> cluster_bytes(std::string_view utf8) {
    const auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
    const std::u16string units(text.getBuffer(), static_cast<std::size_t>(text.length()));
    BreakIterators breaks;
    const auto starts = breaks.cluster_starts(units);
    std::vector<std::size_t> bytes;
    for (std::int32_t at = 0; at < text.length(); ++at) {
        if (starts[static_cast<std::size_t>(at)] == 0) continue;
        std::string before;
        text.tempSubString(0, at).toUTF8String(before);
        bytes.push_back(before.size());
    }
    return bytes;
}

std::vector<Span> divided(std::string_view utf8, const std::vector<std::size_t>& at, const Span& style = {}) {
    std::vector<Span> spans;
    std::size_t start = 0;
    const auto add = [&](std::size_t end) {
        spans.push_back(style);
        spans.back().utf8 = utf8.substr(start, end - start);
        start = end;
    };
    for (const std::size_t end : at) add(end);
    add(utf8.size());
    return spans;
}

// All that a painter sees.
bool same(const Paragraph& one, const Paragraph& other) {
    return same_glyphs(one, other) && one.width == other.width && one.height == other.height &&
           one.baseline == other.baseline && one.lines == other.lines && one.missing == other.missing &&
           one.size_px == other.size_px && one.truncated == other.truncated &&
           std::ranges::equal(one.glyphs, other.glyphs, {}, &PlacedGlyph::size_px, &PlacedGlyph::size_px);
}

const std::array<Box, 4> boxes = {Box{}, Box{.width = 260}, Box{.width = 200, .max_lines = 2},
                                  Box{.width = 300, .height = 90, .align = Align::centre, .min_size_px = 8}};

TEST_CASE("one span is the text set plainly") {
    Stage spans;
    Stage plain;
    for (const Words& words : samples()) {
        INFO(words.language << ": " << words.utf8);
        for (const Box& box : boxes) {
            for (const Weight weight : {Weight::regular, Weight::bold}) {
                const auto as_span = set(spans, {{.utf8 = words.utf8, .weight = weight, .language = words.language}},
                                         words.language, box);
                CHECK(same(*as_span, *plain.set(words.utf8, words.language, box, 32, weight)));
            }
        }
    }
}

TEST_CASE("spans of the same style, wherever they meet between clusters, change nothing") {
    Stage stage;
    std::size_t divisions = 0;
    for (const Words& words : samples()) {
        INFO(words.language << ": " << words.utf8);
        const auto starts = cluster_bytes(words.utf8);
        REQUIRE(starts.size() > 3);
        for (const Box& box : boxes) {
            const ParagraphPtr whole = stage.set(words.utf8, words.language, box);
            CHECK(same(*set(stage, divided(words.utf8, starts), words.language, box), *whole));
        }
        const ParagraphPtr whole = stage.set(words.utf8, words.language);
        for (const std::size_t at : starts) {
            INFO("divided before byte " << at);
            CHECK(same(*set(stage, divided(words.utf8, {at}), words.language), *whole));
            ++divisions;
        }
    }
    CHECK(divisions > 700);
}

TEST_CASE("another ink, wherever it begins, moves no glyph and changes none") {
    Stage stage;
    for (const Words& words : samples()) {
        INFO(words.language << ": " << words.utf8);
        for (const Box& box : boxes) {
            const ParagraphPtr whole = stage.set(words.utf8, words.language, box);
            auto spans = divided(words.utf8, cluster_bytes(words.utf8));
            for (std::size_t i = 0; i < spans.size(); i += 2) spans[i].ink = Ink::accent;
            const ParagraphPtr coloured = set(stage, spans, words.language, box);
            CHECK(same(*coloured, *whole));
            const auto accented = std::ranges::count(coloured->glyphs, Ink::accent, &PlacedGlyph::ink);
            CHECK(accented > std::ssize(coloured->glyphs) / 5);
            CHECK(accented < std::ssize(coloured->glyphs) * 4 / 5);
            CHECK(std::ranges::count(whole->glyphs, Ink::accent, &PlacedGlyph::ink) == 0);
        }
    }
}

TEST_CASE("a bold part has the bold font's glyphs, and its neighbours keep theirs") {
    Stage stage;
    const ParagraphPtr mixed = set(stage, {{"Please go "}, bold("to counter"), {" three"}}, "en");
    const ParagraphPtr regular = stage.set("Please go to counter three", "en");
    const ParagraphPtr strong = stage.set("Please go to counter three", "en", {}, 32, Weight::bold);
    REQUIRE(mixed->glyphs.size() == regular->glyphs.size());
    for (std::size_t i = 0; i < mixed->glyphs.size(); ++i) {
        const PlacedGlyph& expected = (i >= 10 && i < 20 ? strong : regular)->glyphs[i];
        CHECK(mixed->glyphs[i].font == expected.font);
        CHECK(mixed->glyphs[i].glyph == expected.glyph);
    }
    // The regular parts are as far apart within themselves as they are in the plain text.
    for (std::size_t i = 21; i < mixed->glyphs.size(); ++i) {
        CHECK(mixed->glyphs[i].x - mixed->glyphs[i - 1].x ==
              Approx(regular->glyphs[i].x - regular->glyphs[i - 1].x).margin(0.001));
    }
    CHECK(mixed->glyphs[9].x == regular->glyphs[9].x);
}

TEST_CASE("the letters of an Arabic word stay joined where its weight or its size changes") {
    Stage stage;
    const auto ids = [](const ParagraphPtr& paragraph) { return glyph_ids(*paragraph); };
    // Without ligatures, so that each letter is a glyph of its own.
    for (const std::string_view word : {"بيت", "شمس", "سبعين"}) {
        const auto whole = ids(stage.set(word, "ar"));
        const auto strong = ids(stage.set(word, "ar", {}, 32, Weight::bold));
        REQUIRE(whole.size() == word.size() / 2);
        for (std::size_t at = 2; at < word.size(); at += 2) {
            INFO(word << " divided at " << at);
            const auto first = word.substr(0, at), second = word.substr(at);
            CHECK(ids(set(stage, {{first}, {.utf8 = second, .scale = 2}}, "ar")) == whole);
            auto mixed = whole;  // from left to right: the second part is first
            std::copy_n(strong.begin(), second.size() / 2, mixed.begin());
            CHECK(ids(set(stage, {{first}, bold(second)}, "ar")) == mixed);
        }
    }
}

TEST_CASE("a part of twice the size is twice as wide, and raises its line") {
    Stage stage;
    for (const ScriptSample& sample : script_samples) {
        INFO(sample.language << ": " << sample.text);
        const ParagraphPtr plain = stage.set(sample.text, sample.language, {}, 20);
        const ParagraphPtr large = set(stage, {{.utf8 = sample.text, .scale = 2}}, sample.language, {}, 20);
        CHECK(same_glyphs(*large, *stage.set(sample.text, sample.language, {}, 40)));
        CHECK(large->height == stage.set(sample.text, sample.language, {}, 40)->height);
        CHECK(large->width == Approx(2 * plain->width).epsilon(1e-5));
        CHECK(large->size_px == 20);
        CHECK(std::ranges::all_of(large->glyphs, [](const PlacedGlyph& glyph) { return glyph.size_px == 40; }));

        const ParagraphPtr both = set(stage, {{"aaa "}, {.utf8 = sample.text, .scale = 2}}, sample.language, {}, 20);
        CHECK(both->width == Approx(stage.set("aaa ", "en", {}, 20)->width + large->width).epsilon(1e-5));
        CHECK(both->baseline == std::max(large->baseline, stage.set("aaa", "en", {}, 20)->baseline));
        for (const PlacedGlyph& glyph : both->glyphs) CHECK((glyph.size_px == 20 || glyph.size_px == 40));
    }
}

TEST_CASE("only the lines of a large part are higher") {
    Stage stage;
    const float plain = stage.set("a")->height;
    const float large = stage.set("a", "en", {}, 64)->height;
    CHECK(set(stage, {{"a\n"}, {.utf8 = "b", .scale = 2}, {"\nc"}}, "en")->height == 2 * plain + large);
    INFO("an empty line, too");
    CHECK(set(stage, {{"a\n"}, {.utf8 = "\n", .scale = 2}, {"c"}}, "en")->height == 2 * plain + large);
}

TEST_CASE("all spans are one text for its direction") {
    Stage stage;
    // The number and the brackets are in spans of their own; alone, each would stand elsewhere.
    const std::vector<std::vector<Span>> texts = {
        {{"الرقم "},
         {"12-34", Weight::regular, Ink::accent},
         {" (القاعة "},
         {"3", Weight::regular, Ink::accent},
         {")."}},
        {{"Hall שלום "}, {"(", Weight::regular, Ink::accent}, {"12"}, {")", Weight::regular, Ink::accent}, {" מספר"}},
        {{"\u2067abc"}, {" אב\u2069", Weight::regular, Ink::accent}, {"!"}}};
    for (const auto& spans : texts) {
        for (const char* language : {"ar", "en"}) {
            std::string all;
            for (const Span& span : spans) all += span.utf8;
            INFO(all);
            const ParagraphPtr whole = stage.set(all, language);
            CHECK(same(*set(stage, spans, language), *whole));
            // Other fonts, in the same order.
            auto strong = spans;
            for (Span& span : strong) span.weight = span.ink == Ink::accent ? Weight::bold : Weight::regular;
            const ParagraphPtr mixed = set(stage, strong, language);
            REQUIRE(mixed->glyphs.size() == whole->glyphs.size());
            CHECK(mixed->right_to_left == whole->right_to_left);
            const bool bold_in_place = std::ranges::all_of(mixed->glyphs, [&](const PlacedGlyph& glyph) {
                return stage.fonts->face(glyph.font).name().ends_with("-Bold.ttf") == (glyph.ink == Ink::accent);
            });
            CHECK(bold_in_place);
            CHECK(std::ranges::is_sorted(mixed->glyphs, {}, &PlacedGlyph::x));
        }
    }
}

TEST_CASE("a span that ends inside a cluster divides nothing: the cluster has the style of its start") {
    Stage stage;
    struct Case {
        const char* language;
        std::string text;
        std::size_t at;
    };
    const std::vector<Case> cases = {{"en", "e\u0301x", 1},
                                     {"en", "👩🏽‍💻", 4},
                                     {"en", "👩🏽‍💻", 8},
                                     {"en", "🇵🇱", 4},
                                     {"hi", "क्षमा", 6},
                                     {"hi", "क्षमा", 3},
                                     {"th", "ที่", 3},
                                     {"my", "က္က", 6},
                                     {"vi", "A\u0302\u0303\u0323", 3},
                                     {"en", "a\r\nb", 2},
                                     {"ar", "لِلَّهِ", 2}};
    for (const Case& one : cases) {
        INFO(one.text << " at " << one.at);
        const std::string_view text = one.text;
        const ParagraphPtr whole = stage.set(text, one.language);
        const ParagraphPtr spans =
            set(stage, {{text.substr(0, one.at)}, {.utf8 = text.substr(one.at), .ink = Ink::accent}}, one.language);
        CHECK(same_glyphs(*spans, *whole));
    }
    const ParagraphPtr strong = set(stage, {{"e"}, bold("\u0301"), bold("x")}, "en");
    CHECK(stage.font_names(*strong) == std::set<std::string>{"NotoSans-Regular.ttf", "NotoSans-Bold.ttf"});
    CHECK(strong->glyphs.front().glyph == stage.set("é")->glyphs.front().glyph);
    INFO("bytes of a character in two spans are broken at the end of the one and the start of the other");
    const std::string_view zet = "ż";
    CHECK(same_glyphs(*set(stage, {{zet.substr(0, 1)}, {zet.substr(1)}}, "en"), *stage.set("\ufffd\ufffd")));
    CHECK(same_glyphs(*set(stage, {{"\xed\xa0\xbd"}, {"\xed\xb8\x80"}}, "en"), *stage.set("\xed\xa0\xbd\xed\xb8\x80")));
}

TEST_CASE("Han characters and Serbian letters take the forms of their span's language") {
    Stage stage;
    const auto glyphs = [&](const std::vector<Span>& spans, const char* language) {
        return glyph_ids(*set(stage, spans, language));
    };
    const auto in = [&](const char* language) { return glyph_ids(*stage.set("直骨", language)); };
    for (const char* language : {"ja", "zh-Hans", "zh-Hant", "zh-HK", "ko"}) {
        INFO(language);
        CHECK(glyphs({{.utf8 = "直骨", .language = language}}, "pl") == in(language));
        auto both = in("ja");
        const auto second = in(language);
        both.insert(both.end(), second.begin(), second.end());
        CHECK(glyphs({{.utf8 = "直骨"}, {.utf8 = "直骨", .language = language}}, "ja") == both);
    }
    CHECK(stage.font_names(*set(stage, {{.utf8 = "براہِ", .language = "ur"}}, "pl")) ==
          std::set<std::string>{"NotoNastaliqUrdu-Regular.ttf"});
}

TEST_CASE("fit counts the parts in their sizes") {
    Stage stage;
    const std::vector<Span> spans = {
        {"Prosimy podejść do stanowiska "}, {"12", Weight::bold, Ink::accent, 2}, {" teraz."}};
    float before = 0;
    for (float width = 150; width < 1200; width *= 1.25F) {
        INFO("width " << width);
        const Box box{.width = width, .height = 90, .min_size_px = 6};
        const ParagraphPtr fitted = set(stage, spans, "pl", box, 60);
        CHECK_FALSE(fitted->truncated);
        CHECK(fitted->width <= width + 0.01F);
        CHECK(fitted->height <= 90);
        CHECK(fitted->size_px >= before);
        before = fitted->size_px;
        std::set<float> sizes;
        for (const PlacedGlyph& glyph : fitted->glyphs) sizes.insert(glyph.size_px);
        CHECK(sizes == std::set<float>{fitted->size_px, 2 * fitted->size_px});
        if (fitted->size_px >= 60) continue;
        INFO("the next size does not fit");
        const ParagraphPtr larger = set(stage, spans, "pl", {.width = width}, fitted->size_px + 1);
        CHECK((larger->height > 90 || larger->width > width));
    }
    CHECK(before > 30);
}

TEST_CASE("an ellipsis has the style of what it follows") {
    Stage stage;
    const std::vector<Span> spans = {{"Prosimy podejść "},
                                     {"do stanowiska numer dwanaście teraz", Weight::bold, Ink::accent, 1.5F},
                                     {" albo później"}};
    const float first = stage.set("Prosimy podejść do", "pl")->width;
    const ParagraphPtr in_bold = set(stage, spans, "pl", {.width = 1.5F * first, .max_lines = 1});
    CHECK(in_bold->truncated);
    const PlacedGlyph& tail = in_bold->glyphs.back();
    CHECK(tail.glyph == stage.glyph_of(tail, U'…'));
    CHECK(stage.fonts->face(tail.font).name() == "NotoSans-Bold.ttf");
    CHECK(tail.ink == Ink::accent);
    CHECK(tail.size_px == 48);
    CHECK(in_bold->width <= 1.5F * first + 0.01F);
    const ParagraphPtr in_regular = set(stage, spans, "pl", {.width = first / 2, .max_lines = 1});
    const PlacedGlyph& other = in_regular->glyphs.back();
    CHECK(stage.fonts->face(other.font).name() == "NotoSans-Regular.ttf");
    CHECK(other.ink == Ink::usual);
    CHECK(other.size_px == 32);
}

TEST_CASE("spans are cut together, and other spans are another paragraph") {
    const Listening silence;
    Stage stage;
    const std::string third(max_text_bytes / 3 + 10, 'x');
    const ParagraphPtr cut = set(stage, {{third}, bold(third), {third}, {"y"}}, "en");
    CHECK(cut->truncated);
    CHECK(cut->glyphs.size() == max_text_bytes + 1);
    CHECK(same_glyphs(*set(stage, {{third}, {third}, {third}}, "en"), *stage.set(third + third + third)));

    const std::vector<Span> spans = {{"ab"}, bold("cd")};
    const ParagraphPtr first = set(stage, spans, "en");
    const std::string other_place = "abcd";
    CHECK(set(stage, {{std::string_view(other_place).substr(0, 2)}, bold(std::string_view(other_place).substr(2))},
              "en") == first);
    for (const auto& other :
         std::vector<std::vector<Span>>{{{"abc"}, bold("d")},
                                        {{"ab"}, {"cd"}},
                                        {{"abcd"}},
                                        {{"ab"}, {.utf8 = "cd", .weight = Weight::bold, .ink = Ink::accent}},
                                        {{"ab"}, {.utf8 = "cd", .weight = Weight::bold, .scale = 1.5F}},
                                        {{"ab"}, {.utf8 = "cd", .weight = Weight::bold, .language = "sr"}},
                                        {{"ab"}, bold("cd"), {""}}})
        CHECK(set(stage, other, "en") != first);
    CHECK(set(stage, {}, "en")->lines == 0);
    CHECK(set(stage, {{""}, bold("")}, "en")->height == 0);
}

TEST_CASE("a size is never out of bounds, whatever the scale") {
    Stage stage;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto size_of = [&](float scale, float size_px) {
        return set(stage, {{.utf8 = "x", .scale = scale}}, "en", {}, size_px)->glyphs.front().size_px;
    };
    CHECK(size_of(nan, 32) == 32);
    CHECK(size_of(-1, 32) == 4);
    CHECK(size_of(0, 32) == 4);
    CHECK(size_of(1e9F, 32) == 256);
    CHECK(size_of(8, 1e9F) == 2000);
    CHECK(size_of(8, 1000) == 2000);
    // Sizes of which the quotient and the product round up: a fuzzer found one.
    for (float size_px = 1000; size_px < 2000; size_px += 7.3F) CHECK(size_of(8, size_px) <= 2000);
    CHECK(set(stage, {{.utf8 = "x", .scale = nan}}, "en") == set(stage, {{.utf8 = "x", .scale = nan}}, "en"));
}

// Ink of the glyphs lies within the paragraph's height.
void check_ink_inside(const Stage& stage, const Paragraph& paragraph) {
    for (const PlacedGlyph& glyph : paragraph.glyphs) {
        const GlyphBitmap bitmap = stage.fonts->rasterise(glyph.font, glyph.glyph, glyph.size_px);
        const int top = static_cast<int>(std::lround(glyph.y)) - bitmap.top;
        if (bitmap.height == 0 || (top >= 0 && top + bitmap.height <= static_cast<int>(paragraph.height))) continue;
        FAIL_CHECK("glyph " << glyph.glyph << " of " << stage.fonts->face(glyph.font).name() << " in " << glyph.size_px
                            << " px at y " << glyph.y << " reaches from " << top << " to " << top + bitmap.height
                            << " in a height of " << paragraph.height);
    }
}

TEST_CASE("the ink of every size lies within the paragraph's height") {
    Stage stage;
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (const Words& words : samples()) {
        INFO(words.language << ": " << words.utf8);
        auto spans = divided(words.utf8, cluster_bytes(words.utf8));
        for (Span& span : spans) {
            span.scale = static_cast<float>(1 + random() % 24) / 8;
            span.weight = random() % 2 == 0 ? Weight::bold : Weight::regular;
        }
        for (const Box& box : boxes)
            check_ink_inside(stage, *set(stage, spans, words.language, box, static_cast<float>(8 + random() % 30)));
    }
}

TEST_CASE("random spans of random bytes in random styles give a sane paragraph") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const Listening silence;
    Stage stage;
    const auto below = [&](std::size_t most) { return static_cast<std::size_t>(random()) % most; };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<std::string> pieces = {
        "a",        "W ",         "AV",     "\n",     "\r",     "\n\r",   "مرحبا",  "لا",   "ـ",
        "א",        "12",         "(",      ")",      "क्",      "ष",      "ที่",      "中",   "の",
        "한",       "\U0001F468", "\u200d", "\u0301", "\u202e", "\u2067", "\u2069", "\xff", "\xc5",
        "\xf0\x9f", "\x98\x80",   "\u00ad", "ffi",    "\u2007", "براہِ",   "\ufe0f", "བསྒྲུབས", "   "};
    const std::vector<std::string> languages = {"", "pl", "ar", "ur", "zh-Hant", "ja", "\xff", std::string(300, 'a')};
    for (int round = 0; round < 3000; ++round) {
        INFO("round " << round);
        std::vector<std::string> texts(below(12));
        std::vector<Span> spans;
        for (std::string& text : texts) {
            for (std::size_t i = below(8); i > 0; --i) {
                text += pieces[below(pieces.size())];
                if (below(20) == 0) text += static_cast<char>(below(256));
            }
            const float scales[] = {1, 1, 0.5F, 2, 7.7F, 1e9F, 0, -1, nan};
            spans.push_back({text, below(2) == 0 ? Weight::bold : Weight::regular,
                             below(2) == 0 ? Ink::accent : Ink::usual, scales[below(std::size(scales))],
                             languages[below(languages.size())]});
        }
        const float widths[] = {0, 0, 1, 50, 300, -4, nan};
        const float heights[] = {0, 0, 1, 60, 400};
        const float smallest[] = {0, 0, 8, 5000, nan};
        const Box box{widths[below(std::size(widths))], heights[below(std::size(heights))], static_cast<int>(below(4)),
                      static_cast<Align>(below(3)), smallest[below(std::size(smallest))]};
        const float sizes[] = {12, 32, 1, 200, nan, 1e9F};
        const ParagraphPtr paragraph =
            set(stage, spans, languages[below(languages.size())], box, sizes[below(std::size(sizes))]);
        CHECK(std::isfinite(paragraph->width));
        CHECK(std::isfinite(paragraph->height));
        if (box.max_lines > 0) CHECK(paragraph->lines <= box.max_lines);
        if (box.height > 0) CHECK((paragraph->height <= box.height || paragraph->lines == 1));
        bool sane = true;
        for (const PlacedGlyph& glyph : paragraph->glyphs) {
            sane = sane && glyph.glyph != 0 && glyph.font < stage.fonts->opened() && std::isfinite(glyph.x) &&
                   std::isfinite(glyph.y) && glyph.size_px > 0 && glyph.size_px <= 2000 && glyph.y >= 0 &&
                   glyph.y <= paragraph->height;
        }
        CHECK(sane);
        if (paragraph->size_px <= 32) check_ink_inside(stage, *paragraph);
    }
}

}  // namespace text_test::spans
