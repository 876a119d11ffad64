// Time counted in samples of the 48 kHz bus: the unit in which clips join, so that sound is contiguous to the sample.
#pragma once

#include <chrono>
#include <cstdint>

namespace hallcast::media {

using Samples = std::int64_t;
constexpr Samples samples_per_second = 48'000;

// One sample is 62500/3 ns.
constexpr std::chrono::nanoseconds time_of(Samples samples) { return std::chrono::nanoseconds(samples * 62'500 / 3); }
// The nearest sample: so samples_at(time_of(n)) == n.
constexpr Samples samples_at(std::chrono::nanoseconds time) {
    const std::int64_t thirds = time.count() * 3;
    return thirds >= 0 ? (thirds + 31'250) / 62'500 : -((-thirds + 31'250) / 62'500);
}

}  // namespace hallcast::media
