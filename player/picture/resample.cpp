#include "player/picture/resample.h"

#include <algorithm>
#include <cmath>

#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

constexpr int weight_bits = 14;
constexpr int one = 1 << weight_bits;

// For each pixel of the result the source pixels that count, and how much; the weights of one pixel add up to `one`.
struct Taps {
    struct Run {
        int first;
        int count;
        std::size_t weights;  // place in the list of all weights
    };
    std::vector<Run> runs;
    std::vector<std::int32_t> weights;
};

Taps taps_for(int from, int to) {
    Taps taps;
    const double ratio = double(from) / to;
    const double reach = std::max(1.0, ratio);
    for (int i = 0; i < to; ++i) {
        const double centre = (i + 0.5) * ratio - 0.5;
        const int first = std::max(0, int(std::ceil(centre - reach)));
        const int last = std::min(from - 1, int(std::floor(centre + reach)));
        double sum = 0;
        for (int k = first; k <= last; ++k) sum += std::max(0.0, 1 - std::abs(k - centre) / reach);
        Taps::Run run{first, last - first + 1, taps.weights.size()};
        int left = one;
        std::size_t heaviest = run.weights;
        for (int k = first; k <= last; ++k) {
            const auto weight = std::int32_t(std::lround(std::max(0.0, 1 - std::abs(k - centre) / reach) / sum * one));
            left -= weight;
            taps.weights.push_back(weight);
            if (weight > taps.weights[heaviest]) heaviest = taps.weights.size() - 1;
        }
        taps.weights[heaviest] += left;  // rounding must not change the sum
        taps.runs.push_back(run);
    }
    return taps;
}

}  // namespace

std::vector<std::uint32_t> resample(const std::uint8_t* pixels, int stride, int source_width, int source_height,
                                    int width, int height) {
    HALLCAST_ASSERT(source_width > 0 && source_height > 0 && width > 0 && height > 0);
    const auto across = taps_for(source_width, width);
    const auto down = taps_for(source_height, height);

    std::vector<std::uint32_t> result(std::size_t(width) * std::size_t(height));
    std::vector<std::int32_t> sums(std::size_t(source_width) * 4);
    std::vector<std::uint8_t> line(std::size_t(source_width) * 4);
    for (int y = 0; y < height; ++y) {
        const auto& run = down.runs[std::size_t(y)];
        std::ranges::fill(sums, one / 2);
        for (int k = 0; k < run.count; ++k) {
            const auto weight = down.weights[run.weights + std::size_t(k)];
            const auto* row = pixels + std::ptrdiff_t(run.first + k) * stride;
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += weight * row[i];
        }
        for (std::size_t i = 0; i < sums.size(); ++i) line[i] = std::uint8_t(sums[i] >> weight_bits);

        auto* out = reinterpret_cast<std::uint8_t*>(result.data() + std::size_t(y) * std::size_t(width));
        for (int x = 0; x < width; ++x) {
            const auto& cell = across.runs[std::size_t(x)];
            std::int32_t channels[4] = {one / 2, one / 2, one / 2, one / 2};
            for (int k = 0; k < cell.count; ++k) {
                const auto weight = across.weights[cell.weights + std::size_t(k)];
                const auto* pixel = line.data() + std::size_t(cell.first + k) * 4;
                for (int c = 0; c < 4; ++c) channels[c] += weight * pixel[c];
            }
            for (int c = 0; c < 4; ++c)
                out[std::size_t(x) * 4 + std::size_t(c)] = std::uint8_t(channels[c] >> weight_bits);
        }
    }
    return result;
}

}  // namespace hallcast::picture
