// Films: right colours, right place, the same pixels however they are cut.
#include <cmath>

#include "player/picture/colour_row.h"
#include "player/picture/scale_row.h"
#include "tests/catch.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::film_test {

struct Rgb {
    double red, green, blue;
};

// ITU-R BT.601, BT.709 and BT.2020: luma weights of red and blue; limited range is 16..235 and 16..240 (BT.709, 3.5).
Rgb by_formula(int y, int u, int v, ColourMatrix matrix, bool full) {
    const double kr = matrix == ColourMatrix::bt601 ? 0.299 : matrix == ColourMatrix::bt709 ? 0.2126 : 0.2627;
    const double kb = matrix == ColourMatrix::bt601 ? 0.114 : matrix == ColourMatrix::bt709 ? 0.0722 : 0.0593;
    const double luma = full ? y / 255.0 : (y - 16) / 219.0;
    const double cb = (u - 128) / (full ? 255.0 : 224.0), cr = (v - 128) / (full ? 255.0 : 224.0);
    const auto byte = [](double value) { return std::min(255.0, std::max(0.0, value * 255)); };
    const double red = luma + 2 * (1 - kr) * cr, blue = luma + 2 * (1 - kb) * cb;
    return {byte(red), byte((luma - kr * red - kb * blue) / (1 - kr - kb)), byte(blue)};
}

VideoFramePtr flat_frame(int width, int height, std::array<int, 3> yuv, ColourMatrix matrix, bool full,
                         PixelFormat format) {
    const auto random = made::film_frame(width, height, format, 1);
    auto frame = std::make_shared<VideoFrame>(*random);
    auto memory = std::make_shared<std::vector<std::uint8_t>>();
    const auto luma = std::size_t(width * height), chroma = std::size_t((width + 1) / 2 * ((height + 1) / 2));
    memory->assign(luma, std::uint8_t(yuv[0]));
    if (format == PixelFormat::i420) {
        memory->insert(memory->end(), chroma, std::uint8_t(yuv[1]));
        memory->insert(memory->end(), chroma, std::uint8_t(yuv[2]));
    } else {
        for (std::size_t i = 0; i < chroma; ++i) {
            memory->push_back(std::uint8_t(yuv[1]));
            memory->push_back(std::uint8_t(yuv[2]));
        }
    }
    frame->planes = {memory->data(), memory->data() + luma,
                     format == PixelFormat::i420 ? memory->data() + luma + chroma : nullptr};
    frame->matrix = matrix;
    frame->full_range = full;
    frame->keep = memory;
    return frame;
}

TEST_CASE("A flat film has the colour that its matrix and range say") {
    const made::BlobFonts fonts;
    const auto matrix = GENERATE(values({ColourMatrix::bt601, ColourMatrix::bt709, ColourMatrix::bt2020}));
    const auto full = GENERATE(values({0, 1}));
    const auto format = GENERATE(values({PixelFormat::i420, PixelFormat::nv12}));
    made::Board board(fonts, {48, 32});
    double worst = 0;
    for (const int y : {16, 60, 128, 180, 235}) {
        for (const int u : {40, 90, 128, 170, 220}) {
            for (const int v : {40, 90, 128, 170, 220}) {
                const auto frame = flat_frame(64, 48, {y, u, v}, matrix, full != 0, format);
                board.paint({{48, 32}, {}, {{1, {0, 0, 48, 32}, Video{frame}}}});
                const auto expected = by_formula(y, u, v, matrix, full != 0);
                for (const auto& [x, row] : {std::pair{0, 0}, std::pair{47, 31}, std::pair{20, 15}}) {
                    const auto shown = board.at(x, row);
                    worst = std::max({worst, std::abs(shown.red - expected.red), std::abs(shown.green - expected.green),
                                      std::abs(shown.blue - expected.blue)});
                    CHECK(shown.alpha == 255);
                }
            }
        }
    }
    INFO("matrix " << int(matrix) << " full " << full << " format " << int(format));
    CHECK(worst <= 3);
}

TEST_CASE("A film in the wrong matrix would be noticed") {
    const auto as_709 = by_formula(100, 60, 200, ColourMatrix::bt709, false);
    const auto as_601 = by_formula(100, 60, 200, ColourMatrix::bt601, false);
    CHECK(std::abs(as_709.green - as_601.green) > 6);
}

TEST_CASE("A film fills its box from edge to edge, at any scale") {
    const made::BlobFonts fonts;
    // A dark film whose four edges are white.
    for (const auto& [width, height] : {std::pair{64, 48}, std::pair{96, 72}, std::pair{200, 150}, std::pair{31, 23}}) {
        auto frame = std::make_shared<VideoFrame>(
            *flat_frame(64, 48, {16, 128, 128}, ColourMatrix::bt709, false, PixelFormat::i420));
        auto memory = std::make_shared<std::vector<std::uint8_t>>(
            *std::static_pointer_cast<const std::vector<std::uint8_t>>(frame->keep));
        for (int y = 0; y < 48; ++y) {
            for (int x = 0; x < 64; ++x) {
                if (x < 4 || y < 4 || x >= 60 || y >= 44) (*memory)[std::size_t(y * 64 + x)] = 235;
            }
        }
        frame->planes = {memory->data(), memory->data() + 64 * 48, memory->data() + 64 * 48 * 5 / 4};
        frame->keep = memory;
        made::Board board(fonts, {220, 170});
        board.paint({{220, 170}, {200, 0, 0, 255}, {{1, {7, 9, width, height}, Video{frame}}}});
        INFO(width << "x" << height);
        CHECK(board.at(7, 9).green > 240);
        CHECK(board.at(7 + width - 1, 9 + height - 1).green > 240);
        CHECK(board.at(7 + width / 2, 9 + height - 1).green > 240);
        CHECK(board.at(7 + width / 2, 9 + height / 2).green < 10);
        CHECK(board.at(6, 9 + height / 2) == Colour{200, 0, 0, 255});
        CHECK(board.at(7 + width, 9 + height / 2) == Colour{200, 0, 0, 255});
        CHECK(board.at(7 + width / 2, 8) == Colour{200, 0, 0, 255});
        CHECK(board.at(7 + width / 2, 9 + height) == Colour{200, 0, 0, 255});
    }
}

TEST_CASE("The fast row scaler makes the bytes of the plain one, in any range") {
    std::minstd_rand random(11);
    std::vector<std::uint8_t> source, fast, plain;
    for (int round = 0; round < 400; ++round) {
        const int to = 1 + int(random() % 700);
        const int from = 1 + int(random() % unsigned(2 * to));
        const RowScaler scaler(from, to);
        if (scaler.identity()) continue;
        source.assign(std::size_t(from) + RowScaler::input_slack, 0);
        for (auto& byte : source) byte = std::uint8_t(random() % 5 == 0 ? 255 : random() % 256);
        fast.assign(std::size_t(to) + RowScaler::output_slack, 0);
        plain = fast;
        const int first = int(random() % unsigned(to)) / RowScaler::block * RowScaler::block;
        const int last = first + 1 + int(random() % unsigned(to - first));
        scaler.scale(source.data(), fast.data(), first, last);
        scaler.scale_plainly(source.data(), plain.data(), first, last);
        INFO(from << " to " << to << ", " << first << ".." << last);
        CHECK(std::equal(fast.begin() + first, fast.begin() + last, plain.begin() + first));
    }
}

TEST_CASE("The fast colour conversion makes the pixels of the plain one, of any length") {
    std::minstd_rand random(12);
    for (int round = 0; round < 300; ++round) {
        const ColourRow colour(ColourMatrix(round % 3), round % 2 == 0);
        const int width = 1 + int(random() % 200);
        std::vector<std::uint8_t> y(std::size_t(width) + 1), u(std::size_t(width) + 1), v(std::size_t(width) + 1);
        for (auto* plane : {&y, &u, &v}) {
            for (auto& byte : *plane) byte = std::uint8_t(random() % 4 == 0 ? (random() % 2) * 255 : random() % 256);
        }
        std::vector<std::uint8_t> fast(std::size_t(width) * 4 + 4, 0x5a), plain = fast;
        colour.convert(y.data(), u.data(), v.data(), fast.data(), width);
        colour.convert_plainly(y.data(), u.data(), v.data(), plain.data(), width);
        INFO("round " << round << " width " << width);
        CHECK(fast == plain);
        CHECK(fast.back() == 0x5a);
    }
}

TEST_CASE("A film far larger than its box is averaged, not sampled") {
    const made::BlobFonts fonts;
    // Columns of black and white, one pixel each: every sample would be one of the two.
    auto frame = std::make_shared<VideoFrame>(
        *flat_frame(512, 256, {16, 128, 128}, ColourMatrix::bt709, false, PixelFormat::i420));
    auto memory = std::make_shared<std::vector<std::uint8_t>>(
        *std::static_pointer_cast<const std::vector<std::uint8_t>>(frame->keep));
    for (int i = 0; i < 512 * 256; i += 2) (*memory)[std::size_t(i)] = 235;
    frame->planes = {memory->data(), memory->data() + 512 * 256, memory->data() + 512 * 256 * 5 / 4};
    frame->keep = memory;
    made::Board board(fonts, {100, 50});
    board.paint({{100, 50}, {}, {{1, {0, 0, 100, 50}, Video{frame}}}});
    int lowest = 255, highest = 0;
    for (int x = 0; x < 100; ++x) {
        lowest = std::min<int>(lowest, board.at(x, 25).green);
        highest = std::max<int>(highest, board.at(x, 25).green);
    }
    CHECK(lowest > 90);
    CHECK(highest < 165);
}

TEST_CASE("A call with a veil over a film shows both, and comes off clean") {
    const made::BlobFonts fonts;
    const auto film = made::film_frame(90, 60, PixelFormat::i420, 4);
    const Item playing{1, {0, 0, 60, 40}, Video{film}};
    const Item veil{2, {10, 10, 30, 20}, Fill{{0, 0, 0, 128}, 0}};
    const Scene bare{{60, 40}, {}, {playing}};
    const Scene veiled{{60, 40}, {}, {playing, veil}};
    made::Board board(fonts, {60, 40});
    board.paint(bare);
    const auto before = board.pixels;
    board.paint(veiled, damage_between(bare, veiled));
    for (int x = 12; x < 38; ++x) {
        const auto i = std::size_t(20 * 60 + x) * 4;
        CHECK(std::abs(board.pixels[i] - before[i] * 127.0 / 255) <= 1);
    }
    board.paint(bare, damage_between(veiled, bare));
    CHECK(board.pixels == before);
}

}  // namespace hallcast::picture::film_test
