// The ceiling is in true peaks, as libebur128 measures them and as a finer interpolation than its own finds them.
#include "player/sound/limiter.h"

#include <ebur128.h>

#include <algorithm>
#include <functional>
#include <random>

#include "tests/catch.h"
#include "tests/sanitized.h"
#include "tests/sound/sound_bench.h"

namespace limiter_test {

using namespace sound_bench;

std::vector<float> stereo(std::size_t frames, const std::function<float(std::size_t)>& sample) {
    std::vector<float> wave;
    for (std::size_t i = 0; i < frames; ++i) wave.insert(wave.end(), 2, sample(i));
    return wave;
}

double true_peak(std::span<const float> wave) {
    ebur128_state* state = ebur128_init(channels, sample_rate, EBUR128_MODE_TRUE_PEAK);
    REQUIRE(state != nullptr);
    REQUIRE(ebur128_add_frames_float(state, wave.data(), wave.size() / channels) == EBUR128_SUCCESS);
    double highest = 0;
    for (unsigned channel = 0; channel < channels; ++channel) {
        double peak = 0;
        ebur128_true_peak(state, channel, &peak);
        highest = std::max(highest, peak);
    }
    ebur128_destroy(&state);
    return 20 * std::log10(highest);
}

// Of the left channel, by a sinc of 64 taps at 16 points: what a converter's own filter makes of it, nearly.
double fine_peak(std::span<const float> wave) {
    constexpr int reach = 32, points = 16;
    double highest = 0;
    for (int point = 0; point < points; ++point) {
        std::array<double, 2 * reach> weights{};
        for (int k = 0; k < 2 * reach; ++k) {
            const double x = k - (reach - 1) - double(point) / points;
            const double turn = std::numbers::pi * x;
            weights[std::size_t(k)] = (x == 0 ? 1 : std::sin(turn) / turn) * 0.5 * (1 + std::cos(turn / reach));
        }
        for (std::size_t i = 0; i + 2 * reach <= wave.size() / channels; ++i) {
            double sum = 0;
            for (std::size_t k = 0; k < 2 * reach; ++k) sum += weights[k] * double(wave[(i + k) * channels]);
            highest = std::max(highest, std::abs(sum));
        }
    }
    return 20 * std::log10(highest);
}

std::vector<float> limited(std::vector<float> wave) {
    Limiter limiter;
    limiter.process(wave);
    return wave;
}

struct Hostile {
    const char* name;
    std::function<float(std::size_t)> sample;
    bool whole_band =
        true;  // up to half the rate, where four points are too few for a peak, and no converter passes it
};

std::vector<Hostile> hostile_signals(std::uint32_t seed) {
    const auto random = std::make_shared<std::mt19937>(seed);
    const auto noise = [random](float level) { return std::uniform_real_distribution<float>(-level, level)(*random); };
    const auto quarter = [](std::size_t i) { return float(std::sin(std::numbers::pi * (double(i) / 2 + 0.25))); };
    const float level = 0.6f + 0.4f * noise(1);
    const double pitch = std::uniform_real_distribution<double>(0.01, 0.41)(*random);
    return {
        {"a quarter of the rate at 45 degrees, samples at -1 dBFS", [=](auto i) { return 1.26f * quarter(i); }, false},
        {"the same, +12 dB", [=](auto i) { return 4.0f * quarter(i); }, false},
        {"the same in bursts of 20 ms", [=](auto i) { return i / 960 % 2 == 0 ? 2.5f * quarter(i) : 0.0f; }, false},
        {"the same, begun anew at each frame of a window",
         [=](auto i) { return i % 311 < 200 ? 3.0f * quarter(i) : 0.1f; }},
        {"clicks of one sample", [](auto i) { return i % 1999 == 0 ? 10.0f : 0.0f; }},
        {"clicks of two samples", [](auto i) { return i % 1999 < 2 ? 5.0f : 0.0f; }},
        {"clicks of +80 dB", [](auto i) { return i % 4001 == 0 ? 9.9e3f : 0.5f; }},
        {"steps", [](auto i) { return i / 500 % 2 == 0 ? 1.5f : -1.5f; }},
        {"a sign that changes at every sample but one",
         [](auto i) { return (i % 64 < 32 ? 1 : -1) * (i % 2 == 0 ? 1.5f : -1.5f); }},
        {"noise", [=](auto) { return noise(2.0f); }},
        {"noise in bursts", [=](auto i) { return noise(i / 300 % 3 == 0 ? 8.0f : 0.2f); }},
        {"rare loud samples",
         [=](auto) {
             const float x = noise(1);
             return x > 0.998f ? 6 * level : x * 0.3f;
         }},
        {"a random high tone",
         [=](auto i) { return 2.0f * float(std::sin(2 * std::numbers::pi * pitch * double(i))); }},
    };
}

TEST_CASE("No true peak is above -1 dBTP, whatever comes") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    double least = 0;
    for (const Hostile& hostile : hostile_signals(seed)) {
        INFO(hostile.name);
        const auto wave = stereo(hallcast::tests::sanitized ? sample_rate / 2 : 2 * sample_rate, hostile.sample);
        const auto out = limited(wave);
        const double peak = true_peak(out), fine = fine_peak(out);
        if (std::getenv("HALLCAST_FIGURES") != nullptr)
            fmt::print("{:60} in {:+6.2f}  out {:+.3f} dBTP (libebur128), {:+.3f} (16 points, 64 taps)\n", hostile.name,
                       true_peak(wave), peak, fine);
        CHECK(peak <= -1.0);
        if (!hostile.whole_band) CHECK(fine <= -1.0);
        least = std::min(least, peak);
    }
    CHECK(least > -3);  // nor is it turned down by more than it needs
}

TEST_CASE("A limiter of samples alone would let these through: what is measured does tell") {
    const auto wave = stereo(
        sample_rate, [](std::size_t i) { return 1.26f * float(std::sin(std::numbers::pi * (double(i) / 2 + 0.25))); });
    CHECK(std::ranges::all_of(wave, [](float sample) { return std::abs(sample) < ceiling; }));
    CHECK(true_peak(wave) > 1.5);
}

TEST_CASE("What is below the ceiling is not limited, what is above is turned down without a step") {
    std::vector<float> before;
    for (std::size_t i = 0; i < sample_rate; ++i) {
        before.insert(before.end(), 2, tone_at(i, i >= 9600 && i < 19200 ? 2.0f : 0.5f, 100));
    }
    const std::vector<float> wave = limited(before);
    for (std::size_t i = 0; i < 2 * 9500; ++i) REQUIRE(wave[i + 2 * Limiter::delay_frames] == before[i]);
    for (std::size_t i = 2 * 40000; i < 2 * 47000; ++i) REQUIRE(wave[i + 2 * Limiter::delay_frames] == before[i]);
    float steepest = 0;
    for (std::size_t i = 1; i < sample_rate; ++i)
        steepest = std::max(steepest, std::abs(wave[2 * i] - wave[2 * i - 2]));
    CHECK(steepest < 2 * 0.0131f + 0.9f / 86);  // of the tone, and of a gain that moves over the look-ahead
}

TEST_CASE("Tones just below the ceiling are heard to the bit, high ones as well") {
    for (const double frequency : {100.0, 997.0, 4000.0, 9000.0, 15000.0, 19000.0}) {
        const auto before = stereo(sample_rate, [&](std::size_t i) {
            return tone_at(i, i < sample_rate / 10 ? float(i) / (sample_rate / 10) * 0.89f : 0.89f, frequency);
        });
        const auto wave = limited(before);
        INFO(frequency);
        CHECK(std::equal(before.begin(), before.end() - 2 * Limiter::delay_frames,
                         wave.begin() + 2 * Limiter::delay_frames));
    }
}

// The short cut for pieces that need no limiting, against the long way, which the same wave in single frames takes
// nearly never and in long blocks often.
TEST_CASE("The limiter gives the same sound however it is cut into blocks") {
    std::vector<float> wave;
    for (std::size_t i = 0; i < 2 * sample_rate; ++i) {
        wave.insert(wave.end(), 2, tone_at(i, i / 7001 % 3 == 1 ? 1.7f : i / 7001 % 3 == 2 ? 0.0f : 0.6f, 300));
    }
    const auto cut = [&](std::size_t frames) {
        std::vector<float> result = wave;
        Limiter limiter;
        for (std::size_t at = 0; at < result.size(); at += frames * 2) {
            limiter.process(std::span(result).subspan(at, std::min(frames * 2, result.size() - at)));
        }
        return result;
    };
    const auto whole = cut(wave.size());
    CHECK(cut(1) == whole);
    CHECK(cut(37) == whole);
    CHECK(cut(960) == whole);
}

}  // namespace limiter_test
