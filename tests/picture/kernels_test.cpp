// Each fast way of drawing against a plain one.
#include <cmath>

#include "player/picture/resample.h"
#include "player/picture/rounded_mask.h"
#include "tests/catch.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::kernels_test {

double over(double front, double alpha, double back) { return front * alpha + back * (1 - alpha); }

// How much of the pixel (x, y) lies in a rectangle with round corners, counted on a fine grid.
double covered(int x, int y, const ScreenRect& box, int radius) {
    constexpr int grid = 32;
    int inside = 0;
    for (int j = 0; j < grid; ++j) {
        for (int i = 0; i < grid; ++i) {
            const double px = x + (i + 0.5) / grid, py = y + (j + 0.5) / grid;
            const double dx = std::max({box.x + radius - px, px - (box.right() - radius), 0.0});
            const double dy = std::max({box.y + radius - py, py - (box.bottom() - radius), 0.0});
            const bool in_box = px > box.x && px < box.right() && py > box.y && py < box.bottom();
            inside += in_box && dx * dx + dy * dy <= double(radius) * radius;
        }
    }
    return double(inside) / (grid * grid);
}

TEST_CASE("A rounded fill covers each pixel by its share of the shape") {
    const made::BlobFonts fonts;
    const Colour back{10, 200, 90, 255};
    const auto radius = GENERATE(values({0, 1, 2, 7, 16, 25}));
    const auto alpha = GENERATE(values({255, 100}));
    const ScreenRect box{5, 3, 60, 50};
    const Colour front{240, 30, 120, std::uint8_t(alpha)};
    made::Board board(fonts, {72, 60});
    board.paint({{72, 60}, back, {{1, box, Fill{front, radius}}}});
    double worst = 0;
    for (int y = 0; y < 60; ++y) {
        for (int x = 0; x < 72; ++x) {
            const double share = covered(x, y, box, radius) * alpha / 255.0;
            const auto shown = board.at(x, y);
            worst =
                std::max({worst, std::abs(shown.red - over(240, share, 10)),
                          std::abs(shown.green - over(30, share, 200)), std::abs(shown.blue - over(120, share, 90))});
        }
    }
    INFO("radius " << radius << " alpha " << alpha);
    CHECK(worst <= 4);  // 1/64 of the range: the two ways of counting, and rounding
}

TEST_CASE("A radius larger than the box makes it round, not broken") {
    const made::BlobFonts fonts;
    made::Board board(fonts, {60, 40});
    board.paint({{60, 40}, {0, 0, 0, 255}, {{1, {10, 10, 21, 11}, Fill{{255, 255, 255, 255}, 500}}}});
    CHECK(board.at(10, 10).red < 60);
    CHECK(board.at(20, 15).red == 255);
    CHECK(board.at(30, 20).red < 60);
    CHECK(board.at(31, 15).red == 0);
}

TEST_CASE("Text is blended by its coverage, at whole pixels from its corner, the accent over the rest") {
    const made::BlobFonts fonts;
    const auto alpha = GENERATE(values({255, 90}));
    const auto seed = GENERATE(values({1u, 2u, 3u, 4u}));
    const bool spans = GENERATE(values({0, 1})) == 1;
    const auto paragraph = made::paragraph(40, 24, seed, false, spans);
    const Colour back{200, 100, 30, 255}, ink{20, 250, 180, std::uint8_t(alpha)}, accent{250, 10, 90, 200};
    const ScreenRect box{4, 2, 700, 60};
    made::Board board(fonts, {720, 64});
    board.paint({{720, 64}, back, {{1, box, Text{paragraph, -80.4f, 8.7f, ink, accent}}}});

    std::vector<double> coverage(720 * 64, 0.0);
    std::vector<double> accented(720 * 64, 0.0);
    for (const auto& placed : paragraph->glyphs) {
        const auto glyph = fonts.rasterise(placed.font, placed.glyph, placed.size_px);
        for (int y = 0; y < glyph.height; ++y) {
            for (int x = 0; x < glyph.width; ++x) {
                const int at_x = -80 + int(std::lround(placed.x)) + glyph.left + x;
                const int at_y = 9 + int(std::lround(placed.y)) - glyph.top + y;
                if (at_x < box.x || at_y < box.y || at_x >= box.right() || at_y >= box.bottom()) continue;
                auto& layer = placed.ink == text::Ink::accent ? accented : coverage;
                layer[std::size_t(at_y * 720 + at_x)] += glyph.pixels[std::size_t(y * glyph.stride + x)];
            }
        }
    }
    double worst = 0;
    double total = 0;
    double accented_total = 0;
    for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 720; ++x) {
            const double share = std::min(255.0, coverage[std::size_t(y * 720 + x)]) / 255 * alpha / 255;
            const double above = std::min(255.0, accented[std::size_t(y * 720 + x)]) / 255 * 200 / 255;
            total += share;
            accented_total += above;
            const auto shown = board.at(x, y);
            worst = std::max({worst, std::abs(shown.red - over(250, above, over(20, share, 200))),
                              std::abs(shown.green - over(10, above, over(250, share, 100))),
                              std::abs(shown.blue - over(90, above, over(180, share, 30)))});
        }
    }
    CHECK(total + accented_total > 500);
    CHECK((accented_total > 200) == spans);
    CHECK(worst <= 2);
}

TEST_CASE("Colour glyphs keep their own colours under the text's alpha") {
    const made::BlobFonts fonts;
    auto paragraph = std::make_shared<text::Paragraph>();
    paragraph->size_px = 24;
    paragraph->glyphs.push_back({.font = 7, .glyph = 3, .size_px = 24, .x = 10, .y = 30});
    const auto glyph = fonts.rasterise(7, 3, 24);
    const auto alpha = GENERATE(values({255, 128}));
    made::Board board(fonts, {64, 64});
    board.paint(
        {{64, 64}, {0, 0, 0, 255}, {{1, {0, 0, 64, 64}, Text{paragraph, 0, 0, {255, 255, 255, std::uint8_t(alpha)}}}}});
    double worst = 0;
    for (int y = 0; y < glyph.height; ++y) {
        for (int x = 0; x < glyph.width; ++x) {
            const auto* pixel = &glyph.pixels[std::size_t(y * glyph.stride + x * 4)];
            const auto shown = board.at(10 + glyph.left + x, 30 - glyph.top + y);
            worst = std::max({worst, std::abs(shown.blue - pixel[0] * alpha / 255.0),
                              std::abs(shown.green - pixel[1] * alpha / 255.0),
                              std::abs(shown.red - pixel[2] * alpha / 255.0)});
        }
    }
    CHECK(worst <= 1);
}

TEST_CASE("A veil and a picture with alpha are blended by the plain formula") {
    const made::BlobFonts fonts;
    const bool opaque = GENERATE(false, true);
    const std::uint8_t strength = GENERATE(255, 100, 0);
    const auto image = made::image(37, 29, opaque, 8);
    made::Board board(fonts, {40, 32});
    board.paint({{40, 32},
                 {90, 140, 250, 255},
                 {{1, {2, 1, 37, 29}, Picture{image, strength}}, {2, {0, 0, 20, 32}, Fill{{255, 0, 60, 77}, 0}}}});
    double worst = 0;
    for (int y = 0; y < 29; ++y) {
        for (int x = 0; x < 37; ++x) {
            const auto* pixel = &image->pixels[std::size_t(y * 37 + x) * 4];
            const double part = strength / 255.0, kept = 1 - part * pixel[3] / 255.0;
            double red = part * pixel[2] + 90 * kept, green = part * pixel[1] + 140 * kept,
                   blue = part * pixel[0] + 250 * kept;
            if (x + 2 < 20) {
                red = over(255, 77 / 255.0, red);
                green = over(0, 77 / 255.0, green);
                blue = over(60, 77 / 255.0, blue);
            }
            const auto shown = board.at(x + 2, y + 1);
            worst = std::max(
                {worst, std::abs(shown.red - red), std::abs(shown.green - green), std::abs(shown.blue - blue)});
        }
    }
    CHECK(worst <= 2);
}

TEST_CASE("Scaling a picture keeps one colour, keeps opaque, and averages what is made smaller") {
    std::vector<std::uint8_t> flat(50 * 40 * 4);
    for (std::size_t i = 0; i < flat.size(); i += 4) {
        flat[i] = 255;
        flat[i + 1] = 7;
        flat[i + 2] = 130;
        flat[i + 3] = 255;
    }
    for (const auto& [width, height] :
         {std::pair{50, 40}, std::pair{7, 3}, std::pair{149, 300}, std::pair{1, 1}, std::pair{33, 41}}) {
        const auto scaled = resample(flat.data(), 200, 50, 40, width, height);
        CHECK(scaled.size() == std::size_t(width * height));
        CHECK(std::all_of(scaled.begin(), scaled.end(), [](std::uint32_t pixel) { return pixel == 0xff8207ffu; }));
    }
    std::vector<std::uint8_t> checks(64 * 64 * 4, 255);
    for (int i = 0; i < 64 * 64; ++i) {
        if ((i % 64 + i / 64) % 2) std::fill_n(&checks[std::size_t(i) * 4], 3, std::uint8_t(0));
    }
    for (const auto pixel : resample(checks.data(), 256, 64, 64, 16, 16)) {
        CHECK(std::abs(int(pixel & 255) - 128) <= 3);
        CHECK(pixel >> 24 == 255);
    }
}

TEST_CASE("A scaled picture leans to no side") {
    // A white middle column stays in the middle.
    std::vector<std::uint8_t> line(9 * 4, 0);
    std::fill_n(&line[16], 4, std::uint8_t(255));
    const auto scaled = resample(line.data(), 36, 9, 1, 27, 1);
    for (std::size_t x = 0; x < 27; ++x) CHECK(scaled[x] == scaled[26 - x]);
    CHECK((scaled[13] & 255) == 255);
}

}  // namespace hallcast::picture::kernels_test
