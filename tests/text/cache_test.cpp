#include <array>

#include "player/text/paragraph_cache.h"
#include "tests/text/stage.h"

namespace text_test::cache {

// One span of that text.
std::array<Span, 1> one(std::string_view utf8) { return {Span{.utf8 = utf8}}; }

ParagraphPtr with_glyphs(std::size_t count) {
    Paragraph paragraph;
    paragraph.glyphs.assign(count, {});
    return std::make_shared<const Paragraph>(std::move(paragraph));
}

TEST_CASE("the same text, style and box is the same paragraph; any difference is another") {
    Stage stage;
    const Style style{32, Weight::regular, "pl"};
    const Box box{.width = 300, .height = 200, .max_lines = 2, .align = Align::start, .min_size_px = 12};
    const auto set = [&](std::string_view text, const Style& s, const Box& b) {
        return stage.typesetter->set(text, s, b);
    };
    const ParagraphPtr first = set("tekst", style, box);
    CHECK(set("tekst", style, box) == first);
    CHECK(set("tekstu", style, box) != first);
    CHECK(set("tekst", {33, Weight::regular, "pl"}, box) != first);
    CHECK(set("tekst", {32, Weight::bold, "pl"}, box) != first);
    CHECK(set("tekst", {32, Weight::regular, "cs"}, box) != first);
    for (const Box& other :
         {Box{301, 200, 2, Align::start, 12}, Box{300, 201, 2, Align::start, 12}, Box{300, 200, 3, Align::start, 12},
          Box{300, 200, 2, Align::end, 12}, Box{300, 200, 2, Align::start, 13}}) {
        CHECK(set("tekst", style, other) != first);
    }
}

TEST_CASE("the cache keeps what was used last, within its bounds") {
    ParagraphCache cache(3, 1 << 20);
    for (const char* text : {"a", "b", "c"}) cache.keep(one(text), {}, {}, with_glyphs(1));
    CHECK(cache.find(one("a"), {}, {}) != nullptr);
    cache.keep(one("d"), {}, {}, with_glyphs(1));
    CHECK(cache.size() == 3);
    CHECK(cache.find(one("b"), {}, {}) == nullptr);
    CHECK(cache.find(one("a"), {}, {}) != nullptr);
    CHECK(cache.find(one("c"), {}, {}) != nullptr);
    CHECK(cache.find(one("d"), {}, {}) != nullptr);
}

TEST_CASE("the cache is bounded in bytes, too") {
    constexpr std::size_t most_bytes = 100'000;
    ParagraphCache cache(1'000'000, most_bytes);
    for (int i = 0; i < 5000; ++i) {
        cache.keep(one(std::to_string(i)), {}, {}, with_glyphs(static_cast<std::size_t>(i % 300)));
        CHECK(cache.bytes() <= most_bytes);
    }
    CHECK(cache.size() > 10);
    CHECK(cache.find(one("4999"), {}, {}) != nullptr);
    const std::size_t before = cache.size();
    cache.keep(one("too large"), {}, {}, with_glyphs(most_bytes));
    CHECK(cache.find(one("too large"), {}, {}) == nullptr);
    CHECK(cache.size() == before);
    cache.keep(one("4999"), {}, {}, with_glyphs(7));
    CHECK(cache.size() == before);
}

}  // namespace text_test::cache
