// Ten bits, high dynamic range, wide gamut and the place of chroma: both painters against the standards' formulas.
#include <cmath>
#include <functional>

#include "player/picture/gl_painter.h"
#include "player/picture/light.h"
#include "tests/catch.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::light_test {

using Triple = std::array<double, 3>;
using Seen = std::function<Colour(int x, int y)>;

// Shows `frame` over a whole screen of that size with each painter that this machine has.
void with_each_painter(const VideoFramePtr& frame, ScreenSize size,
                       const std::function<void(const char* name, const Seen&)>& look) {
    static const made::BlobFonts fonts;
    static const auto cpu = make_memory_painter(fonts);
    static const auto gl = open_gl_memory_painter(fonts).value_or(nullptr);
    const auto show = [&](MemoryPainter& painter, const char* name) {
        painter.paint({size, {}, {{1, {0, 0, size.width, size.height}, Video{frame}}}});
        look(name, [&](int x, int y) {
            const auto* pixel =
                painter.pixels().data() + (std::size_t(y) * std::size_t(size.width) + std::size_t(x)) * 4;
            return Colour{pixel[2], pixel[1], pixel[0], pixel[3]};
        });
    };
    show(*cpu, "cpu");
    if (gl) show(*gl, "gl");
}

// A frame of ten-bit values, luma by pixel and chroma by sample; given to the painters in any format.
VideoFramePtr frame_of(int width, int height, PixelFormat format, const std::function<int(int, int)>& luma,
                       const std::function<std::array<int, 2>(int, int)>& chroma) {
    auto frame = std::make_shared<VideoFrame>();
    const bool ten = is_ten_bit(format), pairs = is_interleaved(format);
    const int across = (width + 1) / 2, down = (height + 1) / 2;
    auto memory = std::make_shared<std::vector<std::uint8_t>>();
    const auto put = [&](int value) {
        if (!ten) return memory->push_back(std::uint8_t(value / 4));
        const auto word = std::uint16_t(format == PixelFormat::p010 ? value << 6 : value);
        memory->resize(memory->size() + 2);
        std::memcpy(memory->data() + memory->size() - 2, &word, 2);
    };
    std::array<std::size_t, 3> begins{};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) put(luma(x, y));
    for (std::size_t plane = 0; plane < (pairs ? 1u : 2u); ++plane) {
        begins[plane + 1] = memory->size();
        for (int y = 0; y < down; ++y)
            for (int x = 0; x < across; ++x) {
                const auto uv = chroma(x, y);
                if (pairs)
                    put(uv[0]), put(uv[1]);
                else
                    put(uv[plane]);
            }
    }
    frame->format = format;
    frame->width = frame->display_width = width;
    frame->height = frame->display_height = height;
    const int bytes = ten ? 2 : 1;
    frame->planes = {memory->data(), memory->data() + begins[1], pairs ? nullptr : memory->data() + begins[2]};
    frame->strides = {width * bytes, across * bytes * (pairs ? 2 : 1), pairs ? 0 : across * bytes};
    frame->keep = memory;
    return frame;
}

// ITU-R BT.2020, table 4 and 5, from R'G'B' 0..1 to ten bits of limited range.
std::array<int, 3> coded(const Triple& rgb) {
    const double y = 0.2627 * rgb[0] + 0.678 * rgb[1] + 0.0593 * rgb[2];
    const auto code = [](double value, double width, double zero) { return int(std::lround(value * width + zero)); };
    return {code(y, 876, 64), code((rgb[2] - y) / 1.8814, 896, 512), code((rgb[0] - y) / 1.4746, 896, 512)};
}

// The long way, written down a second time from the standards: light.h's functions are what is tested.
double pq_inverse(double nits) {
    const double y = std::pow(nits / 10000, 0.1593017578125);
    return std::pow((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y), 78.84375);
}
double pq_light(double value) {
    double low = 0, high = 10000;  // by bisection: no second formula that could share a slip
    for (int i = 0; i < 60; ++i) (pq_inverse((low + high) / 2) < value ? low : high) = (low + high) / 2;
    return low;
}
double made_to_fit(double nits, double peak) {
    const double source = pq_inverse(peak), target = pq_inverse(203) / source;
    const double e1 = std::min(1.0, pq_inverse(nits) / source), ks = 1.5 * target - 0.5;
    double e2 = e1;
    if (e1 >= ks && ks < 1) {
        const double t = (e1 - ks) / (1 - ks);
        e2 = (2 * std::pow(t, 3) - 3 * t * t + 1) * ks + (std::pow(t, 3) - 2 * t * t + t) * (1 - ks) +
             (-2 * std::pow(t, 3) + 3 * t * t) * target;
    }
    return pq_light(e2 * source) / 203;
}
Triple shown(const Triple& wide) {
    const double m[3][3] = {{1.6605, -0.5876, -0.0728}, {-0.1246, 1.1329, -0.0083}, {-0.0182, -0.1006, 1.1187}};
    Triple out{};
    for (std::size_t i = 0; i < 3; ++i) {
        const double light = m[i][0] * wide[0] + m[i][1] * wide[1] + m[i][2] * wide[2];
        out[i] = 255 * std::pow(std::clamp(light, 0.0, 1.0), 1 / 2.4);
    }
    return out;
}

double far(const Colour& seen, const Triple& expected) {
    return std::max(
        {std::abs(seen.red - expected[0]), std::abs(seen.green - expected[1]), std::abs(seen.blue - expected[2])});
}

const std::vector<Triple> some_colours = {{0, 0, 0},          {0.1, 0.1, 0.1},    {0.3, 0.3, 0.3},  {0.5, 0.5, 0.5},
                                          {0.58, 0.58, 0.58}, {0.75, 0.75, 0.75}, {0.9, 0.9, 0.9},  {1, 1, 1},
                                          {0.5, 0.3, 0.3},    {0.3, 0.5, 0.35},   {0.35, 0.3, 0.5}, {0.7, 0.5, 0.2},
                                          {0.4, 0.42, 0.44},  {0.62, 0.6, 0.45},  {0.45, 0.62, 0.6}};

VideoFramePtr flat(const Triple& rgb, PixelFormat format, Transfer transfer, float peak) {
    const auto code = coded(rgb);
    auto frame = std::make_shared<VideoFrame>(*frame_of(
        16, 8, format, [&](int, int) { return code[0]; },
        [&](int, int) {
            return std::array{code[1], code[2]};
        }));
    frame->matrix = ColourMatrix::bt2020;
    frame->wide_gamut = true;
    frame->transfer = transfer;
    frame->peak_nits = peak;
    return frame;
}

// What the codes say, which is not quite what went into them.
Triple decoded(const std::array<int, 3>& code) {
    const double y = (code[0] - 64) / 876.0, cb = (code[1] - 512) / 896.0, cr = (code[2] - 512) / 896.0;
    const double red = y + 1.4746 * cr, blue = y + 1.8814 * cb;
    Triple rgb{red, (y - 0.2627 * red - 0.0593 * blue) / 0.678, blue};
    for (auto& one : rgb) one = std::clamp(one, 0.0, 1.0);
    return rgb;
}

TEST_CASE("PQ is shown as BT.2100, BT.2390 and BT.2087 say") {
    const auto format = GENERATE(values({PixelFormat::i010, PixelFormat::p010}));
    const auto peak = GENERATE(values({203.0f, 1000.0f, 4000.0f}));
    for (const auto& rgb : some_colours) {
        Triple light = decoded(coded(rgb));
        for (auto& one : light) one = made_to_fit(pq_light(one), double(peak));
        const auto expected = shown(light);
        with_each_painter(flat(rgb, format, Transfer::pq, peak), {16, 8}, [&](const char* name, const Seen& at) {
            INFO(name << ", peak " << peak << ", " << rgb[0] << ' ' << rgb[1] << ' ' << rgb[2] << " expected "
                      << expected[0] << ' ' << expected[1] << ' ' << expected[2] << ", seen " << int(at(8, 4).red)
                      << ' ' << int(at(8, 4).green) << ' ' << int(at(8, 4).blue));
            CHECK(far(at(8, 4), expected) <= 2);
        });
    }
}

TEST_CASE("HLG is shown as on a screen of 1000 nits, made to fit") {
    const auto format = GENERATE(values({PixelFormat::i010, PixelFormat::p010}));
    for (const auto& rgb : some_colours) {
        Triple light = decoded(coded(rgb));
        for (auto& one : light)
            one = one <= 0.5 ? one * one / 3 : (std::exp((one - 0.55991073) / 0.17883277) + 0.28466892) / 12;
        const double luminance = 0.2627 * light[0] + 0.678 * light[1] + 0.0593 * light[2];
        for (auto& one : light) one = one > 0 ? made_to_fit(1000 * one * std::pow(luminance, 0.2), 1000) : 0;
        const auto expected = shown(light);
        with_each_painter(flat(rgb, format, Transfer::hlg, 0), {16, 8}, [&](const char* name, const Seen& at) {
            INFO(name << ", " << rgb[0] << ' ' << rgb[1] << ' ' << rgb[2] << " expected " << expected[0] << ' '
                      << expected[1] << ' ' << expected[2] << ", seen " << int(at(8, 4).red) << ' '
                      << int(at(8, 4).green) << ' ' << int(at(8, 4).blue));
            CHECK(far(at(8, 4), expected) <= 2);
        });
    }
}

TEST_CASE("what the light of a film is used for is sane") {
    for (const double peak : {203.0, 600.0, 1000.0, 4000.0, 10000.0}) {
        double before = -1;
        for (int i = 0; i <= 1000; ++i) {
            const double out = rolled_off(i / 1000.0, peak);
            CHECK(out >= before);  // never darker for more light
            CHECK(out <= pq_of_nits(white_nits) + 1e-9);
            before = out;
        }
        CHECK(rolled_off(pq_of_nits(peak), peak) == Approx(pq_of_nits(white_nits)));
        CHECK(rolled_off(pq_of_nits(5), peak) == Approx(pq_of_nits(5)));  // shadows stay as they are
    }
    for (const double nits : {0.0, 0.1, 1.0, 100.0, 203.0, 10000.0})
        CHECK(nits_of_pq(pq_of_nits(nits)) == Approx(nits).margin(1e-6));
    CHECK(scene_of_hlg(1) == Approx(1).margin(1e-6));
    VideoFrame frame;
    frame.transfer = Transfer::pq;
    for (const float nonsense : {-1.0f, 0.0f, 1e9f, std::nanf(""), INFINITY}) {
        frame.peak_nits = nonsense;
        const auto peak = light_of(frame).peak_nits;
        CHECK((peak >= float(white_nits) && peak <= 10000));
    }
}

TEST_CASE("ten bits are shown as eight would be, and finer") {
    const auto format = GENERATE(values({PixelFormat::i010, PixelFormat::p010}));
    const auto full = GENERATE(values({0, 1}));
    for (int value = 64; value < 940; value += 3) {
        auto frame = std::make_shared<VideoFrame>(*frame_of(
            8, 8, format, [&](int, int) { return value; },
            [](int, int) {
                return std::array{512, 512};
            }));
        frame->full_range = full != 0;
        const double grey = full ? value / 1023.0 * 255 : (value - 64) / 876.0 * 255;
        with_each_painter(frame, {8, 8}, [&](const char* name, const Seen& at) {
            INFO(name << ' ' << value);
            // The cpu painter cuts to eight bits first: three quarters of a step of limited range, and rounding.
            CHECK(far(at(4, 4), {grey, grey, grey}) <= (name == std::string_view("cpu") ? 1.5 : 0.75));
        });
    }
}

// A step in blue chroma at a known place; how much of it each pixel has, by linear interpolation from where the samples
// lie (ITU-T H.273, figure 1).
TEST_CASE("chroma lies where the film says") {
    const auto site = GENERATE(values({ChromaSite::left, ChromaSite::centre, ChromaSite::top_left}));
    const auto format = GENERATE(values({PixelFormat::i420, PixelFormat::nv12, PixelFormat::i010, PixelFormat::p010}));
    const auto zoom = GENERATE(values({1, 2, 4}));
    const auto upright = GENERATE(values({0, 1}));
    constexpr int size = 32;
    auto frame = std::make_shared<VideoFrame>(*frame_of(
        size, size, format, [](int, int) { return 400; },
        [&](int x, int y) {
            return std::array{(upright ? y : x) < size / 4 ? 440 : 584, 512};
        }));
    frame->chroma_site = site;
    const bool beside = upright ? site == ChromaSite::top_left : site != ChromaSite::centre;
    const auto share = [&](double pixel) {
        const double luma_place = (pixel + 0.5) / zoom - 0.5;
        const double sample = beside ? luma_place / 2 : (luma_place - 0.5) / 2;
        return std::clamp(sample - (size / 4 - 1), 0.0, 1.0);
    };
    // Where the film is shown larger, the fast painter gives two neighbours the chroma of their middle.
    const auto shared = [&](int pixel) { return share((pixel & ~1) + 0.5); };
    with_each_painter(frame, {size * zoom, size * zoom}, [&](const char* name, const Seen& at) {
        const auto blue = [&](int i) {
            return double(upright ? at(size * zoom / 2, i).blue : at(i, size * zoom / 2).blue);
        };
        const double low = blue(0), high = blue(size * zoom - 1);
        CHECK(high - low > 60);
        double worst = 0;
        for (int i = 0; i < size * zoom; ++i) {
            const double seen = (blue(i) - low) / (high - low);
            worst = std::max(worst, std::min(std::abs(seen - share(i)), std::abs(seen - shared(i))));
        }
        INFO(name << " site " << int(site) << " format " << int(format) << " zoom " << zoom << " upright " << upright);
        CHECK(worst < 0.03);
    });
}

}  // namespace hallcast::picture::light_test
