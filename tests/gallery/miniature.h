// Small pictures that are kept to compare with: brightness, and at half the size the colour.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "player/picture/scene.h"

namespace gallery {

using namespace hallcast;

// Brightness on the left; at its right the two differences of colour (BT.601's Cb and Cr), one over the other. So it is
// a grey picture, which PNG keeps small.
struct Miniature {
    int width = 0, height = 0;  // of the whole
    std::vector<std::uint8_t> pixels;
};
constexpr int shrunk = 5;  // pixels of the screen in one of a miniature, each way

// `bgra` is opaque. The mean of each block.
Miniature miniature_of(picture::ScreenSize size, std::span<const std::uint8_t> bgra);

struct Difference {
    double mean = 0;  // of 255
    int worst = 0;    // of any pixel's brightness
    int colour = 0;   // and of its colour
};
// None of those that differences of antialiasing make is as large: FreeType's versions differ by a few steps where a
// pixel is partly covered, and not in colour. A letter that is missing is.
constexpr double most_mean = 0.6;
constexpr int most_worst = 32, most_colour = 12;
inline bool is_same(const Difference& difference) {
    return difference.mean <= most_mean && difference.worst <= most_worst && difference.colour <= most_colour;
}
Difference difference(const Miniature& a, const Miniature& b);

// Several of one size, one below the other, as a grey PNG.
void write_strip(const std::filesystem::path& path, const std::vector<Miniature>& strip);
// Empty where there is none.
std::vector<Miniature> read_strip(const std::filesystem::path& path, int width, int height);

}  // namespace gallery
