#include "player/preview/flashes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "player/preview/legibility.h"

namespace hallcast::preview {

namespace {

constexpr int pictures_a_second = 60, pictures = 2 * pictures_a_second;
constexpr std::uint64_t last_second = (std::uint64_t(1) << pictures_a_second) - 1;
constexpr float least_change = 0.1f, darker_below = 0.8f;
// Of the screen. What is smaller is noise, such as the hundredths of a clock.
constexpr double least_area = 0.0005;

screen::WallTime at(screen::WallTime start, int number) {
    using namespace std::chrono;
    return start +
           duration_cast<screen::WallTime::duration>(nanoseconds(number * (1'000'000'000LL / pictures_a_second)));
}

float luminance_of(const std::uint8_t* bgra) {
    static const auto linear = [] {
        std::array<float, 256> table{};
        for (std::size_t i = 0; i < table.size(); ++i)
            table[i] = float(relative_luminance(double(i) / 255, double(i) / 255, double(i) / 255));
        return table;
    }();
    return 0.2126f * linear[bgra[2]] + 0.7152f * linear[bgra[1]] + 0.0722f * linear[bgra[0]];
}

// One pixel through time: where the luminance last turned, and in which of the 60 pictures up to `seen` it changed.
// Those in which it stays the same need not be seen.
struct Pixel {
    float extreme = 0;
    bool rising = true;
    int seen = 0;
    std::uint64_t changes = 0;
    int most = 0;

    void see(float luminance, int picture) {
        const int passed = picture - std::exchange(seen, picture);
        changes = passed < pictures_a_second ? changes << passed & last_second : 0;
        const float difference = rising ? extreme - luminance : luminance - extreme;
        if (difference >= least_change && std::min(extreme, luminance) < darker_below) {
            changes |= 1;
            rising = !rising;
            extreme = luminance;
        } else if (difference < 0) {
            extreme = luminance;  // further the way it was going
        }
        most = std::max(most, std::popcount(changes));
    }
};

}  // namespace

std::optional<Flashing> flashing_of(const std::function<picture::Scene(screen::WallTime)>& scene_at,
                                    screen::WallTime start, const text::FontSet& fonts) {
    std::vector<picture::Scene> scenes;
    int changed = 0;
    for (int number = 0; number < pictures; ++number) {
        auto scene = scene_at(at(start, number));
        if (scenes.empty() || scene.items != scenes.back().items) ++changed;
        scenes.push_back(std::move(scene));
    }
    if (changed <= 2 * most_flashes) return std::nullopt;

    const auto painter = picture::make_memory_painter(fonts);
    painter->paint(scenes[0]);
    auto before = painter->pixels();
    std::vector<Pixel> pixels(before.size() / 4);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i].extreme = luminance_of(before.data() + 4 * i);
    const int width = scenes[0].size.width, height = scenes[0].size.height;
    const auto row_bytes = std::size_t(width) * 4;
    for (int number = 1; number < pictures; ++number) {
        painter->paint(scenes[std::size_t(number)]);
        const auto& bgra = painter->pixels();
        for (std::size_t row = 0; row < bgra.size(); row += row_bytes) {
            if (std::memcmp(bgra.data() + row, before.data() + row, row_bytes) == 0) continue;
            for (std::size_t at = row; at < row + row_bytes; at += 4)
                if (std::memcmp(bgra.data() + at, before.data() + at, 4) != 0)
                    pixels[at / 4].see(luminance_of(bgra.data() + at), number);
        }
        before = bgra;
    }
    int left = width, top = height, right = 0, bottom = 0, most = 0;
    std::size_t area = 0;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const int changes = pixels[std::size_t(y) * std::size_t(width) + std::size_t(x)].most;
            if (changes <= 2 * most_flashes) continue;
            ++area;
            most = std::max(most, changes);
            left = std::min(left, x), top = std::min(top, y);
            right = std::max(right, x + 1), bottom = std::max(bottom, y + 1);
        }
    }
    if (double(area) < least_area * double(pixels.size())) return std::nullopt;
    return Flashing{most, {left, top, right - left, bottom - top}};
}

}  // namespace hallcast::preview
