#include "player/picture/light.h"

#include <algorithm>
#include <cmath>

namespace hallcast::picture {

namespace {

// Of each table. At the root that a table is looked up by, a step is less than what a byte can show.
constexpr int curve_steps = 4096;

// HLG is rendered as for the screen it was graded on (BT.2100, note 5e), and then treated as PQ is.
constexpr double hlg_peak_nits = 1000;
constexpr double hlg_system_gamma = 1.2;

// BT.1886 with a black of nothing.
constexpr double screen_gamma = 2.4;

// SMPTE ST 2084.
constexpr double m1 = 2610.0 / 16384, m2 = 2523.0 / 4096 * 128;
constexpr double c1 = 3424.0 / 4096, c2 = 2413.0 / 4096 * 32, c3 = 2392.0 / 4096 * 32;

template <typename T, typename Function>
std::vector<T> table(Function function) {
    std::vector<T> made(curve_steps + 1);
    for (int i = 0; i <= curve_steps; ++i) made[std::size_t(i)] = T(function(double(i) / curve_steps));
    return made;
}

std::uint8_t nearest(const std::vector<std::uint8_t>& in, float at) {
    return in[std::size_t(std::clamp(at, 0.0f, 1.0f) * curve_steps + 0.5f)];
}

// Between two steps: of colours outside the screen's gamut little is left but the difference of two large values, and
// a small error of them is many steps of a dark byte.
float between(const std::vector<float>& in, float at) {
    const float place = std::clamp(at, 0.0f, 1.0f) * curve_steps;
    const auto below = std::min(std::size_t(place), std::size_t(curve_steps - 1));
    return in[below] + (in[below + 1] - in[below]) * (place - float(below));
}

double shown_of_pq(double pq, double peak_nits) { return nits_of_pq(rolled_off(pq, peak_nits)) / white_nits; }

}  // namespace

Light light_of(const VideoFrame& frame) {
    const bool pq = frame.transfer == Transfer::pq;
    // A file may say anything; a grader's screen has between 203 and 10,000 nits. The negation catches not-a-number.
    const float said = !(frame.peak_nits > 0) ? 1000 : std::clamp(frame.peak_nits, float(white_nits), 10000.0f);
    return {frame.transfer, frame.wide_gamut, pq ? said : float(hlg_peak_nits)};
}

double pq_of_nits(double nits) {
    const double p = std::pow(std::max(nits, 0.0) / 10000, m1);
    return std::pow((c1 + c2 * p) / (1 + c3 * p), m2);
}

double nits_of_pq(double pq) {
    const double p = std::pow(std::max(pq, 0.0), 1 / m2);
    return 10000 * std::pow(std::max(p - c1, 0.0) / (c2 - c3 * p), 1 / m1);
}

double scene_of_hlg(double hlg) {
    constexpr double a = 0.17883277, b = 0.28466892, c = 0.55991073;
    return hlg <= 0.5 ? hlg * hlg / 3 : (std::exp((hlg - c) / a) + b) / 12;
}

double rolled_off(double pq, double peak_nits) {
    const double peak = pq_of_nits(peak_nits);
    const double most = std::min(1.0, pq_of_nits(white_nits) / peak);
    const double knee = 1.5 * most - 0.5;
    const double e = std::min(pq / peak, 1.0);
    if (e < knee || knee >= 1) return peak * e;
    const double t = (e - knee) / (1 - knee), t2 = t * t, t3 = t2 * t;
    return peak * ((2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (3 * t2 - 2 * t3) * most);
}

std::array<double, 3> luminance_weights(bool wide_gamut) {
    if (wide_gamut) return {0.2627, 0.6780, 0.0593};
    return {0.2126, 0.7152, 0.0722};
}

std::array<double, 9> to_screen_gamut(bool wide_gamut) {
    if (!wide_gamut) return {1, 0, 0, 0, 1, 0, 0, 0, 1};
    return {1.6605, -0.5876, -0.0728, -0.1246, 1.1329, -0.0083, -0.0182, -0.1006, 1.1187};
}

LightMap::LightMap(const Light& light) : light_(light) {
    const auto weights = luminance_weights(light.wide_gamut);
    std::ranges::transform(weights, weights_.begin(), [](double weight) { return float(weight); });
    const auto gamut = to_screen_gamut(light.wide_gamut);
    std::ranges::transform(gamut, gamut_.begin(), [](double factor) { return float(factor); });

    const double peak = light.peak_nits;
    switch (light.transfer) {
        case Transfer::sdr:
            linear_ = table<float>([](double value) { return std::pow(value, screen_gamma); });
            break;
        case Transfer::pq:
            linear_ = table<float>([&](double value) { return shown_of_pq(value, peak); });
            break;
        case Transfer::hlg:
            linear_ = table<float>(scene_of_hlg);
            system_ = table<float>([](double root) { return std::pow(root * root, hlg_system_gamma - 1); });
            shown_ = table<float>(
                [&](double root) { return shown_of_pq(pq_of_nits(hlg_peak_nits * root * root * root * root), peak); });
            break;
    }
    bytes_ = table<std::uint8_t>([](double root) { return std::lround(255 * std::pow(root, 2 / screen_gamma)); });
}

void LightMap::convert(const std::array<float, 3>& rgb, std::uint8_t* bgra) const {
    std::array<float, 3> light;
    for (std::size_t i = 0; i < 3; ++i) light[i] = between(linear_, rgb[i]);
    if (light_.transfer == Transfer::hlg) {
        const float luminance = weights_[0] * light[0] + weights_[1] * light[1] + weights_[2] * light[2];
        const float factor = between(system_, std::sqrt(luminance));
        for (auto& one : light) one = between(shown_, std::sqrt(std::sqrt(one * factor)));
    }
    for (std::size_t i = 0; i < 3; ++i) {
        const float shown = gamut_[3 * i] * light[0] + gamut_[3 * i + 1] * light[1] + gamut_[3 * i + 2] * light[2];
        bgra[2 - i] = nearest(bytes_, std::sqrt(std::max(shown, 0.0f)));
    }
    bgra[3] = 255;
}

}  // namespace hallcast::picture
