// What the canvas keeps stays within its bounds, and is drawn once while it is kept.
#include "player/picture/bounded_cache.h"
#include "tests/catch.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::bounds_test {

TEST_CASE("A cache drops what was used longest ago, and never the newest") {
    BoundedCache<int, std::string> cache(1000);
    for (int i = 0; i < 50; ++i) {
        cache.insert(i, std::to_string(i), 200);
        CHECK(cache.bytes() <= 1000);
        cache.insert(-1, "kept by use", 200);
        CHECK(cache.find(-1) != nullptr);
    }
    CHECK(cache.find(3) == nullptr);
    REQUIRE(cache.find(49) != nullptr);
    CHECK(*cache.find(49) == "49");

    cache.insert(100, "huge", 5000);
    CHECK(cache.size() == 1);
    CHECK(*cache.find(100) == "huge");
    cache.insert(101, "small", 10);
    CHECK(cache.find(100) == nullptr);
    cache.erase(101);
    CHECK(cache.bytes() == 0);
}

TEST_CASE("A day of texts, sizes and pictures stays within the bounds of the canvas") {
    const made::BlobFonts fonts;
    const CanvasBounds bounds{60'000, 300'000, 400'000, 30'000};
    made::Board board(fonts, {300, 200}, bounds);
    std::vector<text::ParagraphPtr> alive;
    std::vector<ImagePtr> shown;
    for (unsigned i = 0; i < 400; ++i) {
        alive.push_back(made::paragraph(60, 10 + float(i % 37), i));
        shown.push_back(made::image(40, 40, true, i));
        board.paint({{300, 200},
                     {},
                     {{1, {0, 0, 300, 200}, Picture{shown.back()}},
                      {2, {0, 0, 300, 200}, Fill{{255, 0, 0, 99}, int(i % 100)}},
                      {3, {0, 0, 300, 200}, Text{alive.back(), 0, 0, {255, 255, 255, 255}}}}});
        const auto memory = board.canvas.memory();
        CHECK(memory.glyphs <= bounds.glyphs);
        CHECK(memory.text <= bounds.text);
        CHECK(memory.pictures <= bounds.pictures);
        CHECK(memory.corners <= std::max<std::size_t>(bounds.corners, 200 * 200 + 200));
    }
}

TEST_CASE("Texts take no more than the screen has room for, however many were shown and may be again") {
    const made::BlobFonts fonts;
    made::Board board(fonts, {900, 700});
    std::vector<text::ParagraphPtr> alive;
    for (unsigned i = 0; i < 400; ++i) {
        alive.push_back(made::paragraph(60, 30 + float(i % 37), i));
        board.paint({{900, 700}, {}, {{1, {0, 0, 900, 700}, Text{alive.back(), 0, 0, {255, 255, 255, 255}}}}});
        CHECK(board.canvas.memory().text <= 2 * 900 * 700);
    }
    CHECK(board.canvas.memory().text > 900 * 700);  // else nothing was kept that could have been dropped
}

TEST_CASE("A text that only moves asks the fonts for nothing new") {
    const made::BlobFonts fonts;
    made::Board board(fonts, {640, 80});
    const auto ticker = made::paragraph(500, 40, 3);
    const auto at = [&](float x) {
        return Scene{{640, 80}, {}, {{1, {0, 0, 640, 80}, Text{ticker, x, 10, {255, 255, 255, 255}}}}};
    };
    for (float x = 640; x > -ticker->width; x -= 400) board.paint(at(x));
    const int asked = fonts.asked;
    CHECK(asked > 5);
    CHECK(asked <= 24);  // twelve glyphs of two fonts
    for (float x = 640; x > -ticker->width; x -= 50) board.paint(at(x));
    CHECK(fonts.asked == asked);
}

TEST_CASE("A new paragraph at the address of an old one is drawn as itself") {
    const made::BlobFonts fonts;
    const auto draw = [&](made::Board& board, const text::ParagraphPtr& paragraph) {
        board.paint({{200, 60}, {}, {{1, {0, 0, 200, 60}, Text{paragraph, 0, 0, {255, 255, 255, 255}}}}});
        return board.pixels;
    };
    made::Board old(fonts, {200, 60});
    // The same memory, given to one paragraph after the other.
    alignas(text::Paragraph) std::array<std::byte, sizeof(text::Paragraph)> memory;
    const auto placed = [&](const text::ParagraphPtr& content) {
        return text::ParagraphPtr(std::construct_at(reinterpret_cast<text::Paragraph*>(memory.data()), *content),
                                  [](const text::Paragraph* gone) { std::destroy_at(gone); });
    };
    const auto one = made::paragraph(10, 20, 1), two = made::paragraph(10, 20, 2);
    auto first = placed(one);
    draw(old, first);
    first.reset();
    const auto second = placed(two);
    made::Board fresh(fonts, {200, 60});
    CHECK(draw(old, second) == draw(fresh, two));
}

}  // namespace hallcast::picture::bounds_test
