#include "tests/gallery/miniature.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "player/picture/image_file.h"
#include "tests/catch.h"

namespace gallery {

namespace {

// Mean blue, green and red of a block.
std::array<double, 3> mean_of(picture::ScreenSize size, std::span<const std::uint8_t> bgra, int left, int top,
                              int side) {
    std::array<double, 3> sum{};
    for (int y = top; y < top + side; ++y)
        for (int x = left; x < left + side; ++x)
            for (std::size_t channel = 0; channel < 3; ++channel)
                sum[channel] += bgra[std::size_t(y * size.width + x) * 4 + channel];
    for (double& one : sum) one /= side * side;
    return sum;
}

// In steps: what they leave out nobody sees, and the files are half as large.
std::uint8_t stepped(double value, int step) {
    return std::uint8_t(std::clamp(int(std::lround(value / step)) * step, 0, 255));
}

double brightness(const std::array<double, 3>& bgr) { return 0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2]; }

}  // namespace

Miniature miniature_of(picture::ScreenSize size, std::span<const std::uint8_t> bgra) {
    const int width = size.width / shrunk, height = size.height / shrunk;
    Miniature made{width + width / 2, height, {}};
    made.pixels.resize(std::size_t(made.width * made.height));
    const auto set = [&](int x, int y, std::uint8_t value) { made.pixels[std::size_t(y * made.width + x)] = value; };
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            set(x, y, stepped(brightness(mean_of(size, bgra, x * shrunk, y * shrunk, shrunk)), 4));
    for (int y = 0; y < height / 2; ++y) {
        for (int x = 0; x < width / 2; ++x) {
            const auto bgr = mean_of(size, bgra, x * 2 * shrunk, y * 2 * shrunk, 2 * shrunk);
            set(width + x, y, stepped(128 + 0.564 * (bgr[0] - brightness(bgr)), 8));
            set(width + x, height / 2 + y, stepped(128 + 0.713 * (bgr[2] - brightness(bgr)), 8));
        }
    }
    return made;
}

Difference difference(const Miniature& a, const Miniature& b) {
    if (a.width != b.width || a.height != b.height || a.pixels.empty()) return {255, 255, 255};
    Difference made;
    double sum = 0;
    for (int i = 0; i < a.width * a.height; ++i) {
        const int apart = std::abs(int(a.pixels[std::size_t(i)]) - int(b.pixels[std::size_t(i)]));
        const bool is_colour = i % a.width >= a.width * 2 / 3;
        int& most = is_colour ? made.colour : made.worst;
        most = std::max(most, apart);
        sum += apart;
    }
    made.mean = sum / (a.width * a.height);
    return made;
}

void write_strip(const std::filesystem::path& path, const std::vector<Miniature>& strip) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
    REQUIRE(file);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    REQUIRE(info);
    png_init_io(png, file.get());
    const Miniature& first = strip.at(0);
    png_set_IHDR(png, info, png_uint_32(first.width), png_uint_32(first.height) * png_uint_32(strip.size()), 8,
                 PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    // Rows as they are: much of a picture stands in the one before, too.
    png_set_filter(png, 0, PNG_FILTER_NONE);
    png_set_compression_level(png, 9);
    png_write_info(png, info);
    for (const Miniature& one : strip)
        for (int y = 0; y < one.height; ++y) png_write_row(png, &one.pixels[std::size_t(y * one.width)]);
    png_write_end(png, nullptr);
    png_destroy_write_struct(&png, &info);
}

std::vector<Miniature> read_strip(const std::filesystem::path& path, int width, int height) {
    std::vector<Miniature> strip;
    const auto image = picture::read_png(path);
    if (!image || (*image)->width != width) return strip;
    const auto& bgra = (*image)->pixels;
    for (int top = 0; top + height <= (*image)->height; top += height) {
        Miniature one{width, height, {}};
        for (int i = 0; i < width * height; ++i) one.pixels.push_back(bgra[std::size_t(top * width + i) * 4]);
        strip.push_back(std::move(one));
    }
    return strip;
}

}  // namespace gallery
