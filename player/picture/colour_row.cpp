#include "player/picture/colour_row.h"

#include <algorithm>
#include <cmath>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hallcast::picture {

namespace {

// Sums are kept with this many bits behind the point.
constexpr int fraction_bits = 6;

std::int16_t fixed(double value) { return std::int16_t(std::lround(value * 32768)); }

ColourRow::Coefficients coefficients(ColourMatrix matrix, bool full_range) {
    const auto by = YuvToRgb::of(matrix, full_range);
    return {std::int16_t(by.black), fixed(by.luma / 2),    fixed(by.red_v / 4),
            fixed(by.green_u / 4),  fixed(by.green_v / 4), fixed(by.blue_u / 4)};
}

int multiplied(int a, int b) { return (a * b + 0x4000) >> 15; }

int saturated(int value) { return std::clamp(value, -32768, 32767); }

std::uint8_t byte_of(int sum) { return std::uint8_t(std::clamp(saturated(sum) >> fraction_bits, 0, 255)); }

#if defined(__x86_64__)

// The instructions of the wider registers are those of the narrower ones, so both are written out: a template over them
// cannot carry the target attribute in GCC 12.
__attribute__((target("ssse3"))) void convert_8_each(const ColourRow::Coefficients& by, const std::uint8_t* y,
                                                     const std::uint8_t* u, const std::uint8_t* v, std::uint8_t* bgra,
                                                     int count) {
    const auto zero = _mm_setzero_si128();
    const auto black = _mm_set1_epi16(by.black);
    const auto centre = _mm_set1_epi16(128);
    const auto half = _mm_set1_epi16(1 << (fraction_bits - 1));
    const auto opaque = _mm_set1_epi8(-1);
    for (int i = 0; i < count; ++i, y += 8, u += 4, v += 4, bgra += 32) {
        int four_u, four_v;
        __builtin_memcpy(&four_u, u, 4);
        __builtin_memcpy(&four_v, v, 4);
        const auto u8 = _mm_cvtsi32_si128(four_u), v8 = _mm_cvtsi32_si128(four_v);
        const auto y16 = _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(y)), zero);
        const auto u16 = _mm_unpacklo_epi8(_mm_unpacklo_epi8(u8, u8), zero);
        const auto v16 = _mm_unpacklo_epi8(_mm_unpacklo_epi8(v8, v8), zero);
        const auto uc = _mm_slli_epi16(_mm_sub_epi16(u16, centre), 8);
        const auto vc = _mm_slli_epi16(_mm_sub_epi16(v16, centre), 8);
        const auto yc = _mm_slli_epi16(_mm_sub_epi16(y16, black), 7);
        const auto luma = _mm_add_epi16(_mm_mulhrs_epi16(yc, _mm_set1_epi16(by.luma)), half);
        const auto red = _mm_adds_epi16(luma, _mm_mulhrs_epi16(vc, _mm_set1_epi16(by.red_v)));
        const auto blue = _mm_adds_epi16(luma, _mm_mulhrs_epi16(uc, _mm_set1_epi16(by.blue_u)));
        const auto green = _mm_adds_epi16(luma, _mm_add_epi16(_mm_mulhrs_epi16(uc, _mm_set1_epi16(by.green_u)),
                                                              _mm_mulhrs_epi16(vc, _mm_set1_epi16(by.green_v))));
        const auto r8 = _mm_packus_epi16(_mm_srai_epi16(red, fraction_bits), zero);
        const auto g8 = _mm_packus_epi16(_mm_srai_epi16(green, fraction_bits), zero);
        const auto b8 = _mm_packus_epi16(_mm_srai_epi16(blue, fraction_bits), zero);
        const auto bg = _mm_unpacklo_epi8(b8, g8), ra = _mm_unpacklo_epi8(r8, opaque);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(bgra), _mm_unpacklo_epi16(bg, ra));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(bgra + 16), _mm_unpackhi_epi16(bg, ra));
    }
}

__attribute__((target("avx2"))) void convert_32_each(const ColourRow::Coefficients& by, const std::uint8_t* y,
                                                     const std::uint8_t* u, const std::uint8_t* v, std::uint8_t* bgra,
                                                     int count) {
    const auto zero = _mm256_setzero_si256();
    const auto black = _mm256_set1_epi16(by.black);
    const auto centre = _mm256_set1_epi16(128);
    const auto half = _mm256_set1_epi16(1 << (fraction_bits - 1));
    const auto opaque = _mm256_set1_epi8(-1);
    const auto by_luma = _mm256_set1_epi16(by.luma);
    const auto by_red_v = _mm256_set1_epi16(by.red_v), by_blue_u = _mm256_set1_epi16(by.blue_u);
    const auto by_green_u = _mm256_set1_epi16(by.green_u), by_green_v = _mm256_set1_epi16(by.green_v);
    for (int i = 0; i < count; ++i, y += 32, u += 16, v += 16, bgra += 128) {
        // 16 chroma words, one for two pixels: all that depends on them alone is made once.
        const auto uc = _mm256_slli_epi16(
            _mm256_sub_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(u))), centre), 8);
        const auto vc = _mm256_slli_epi16(
            _mm256_sub_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(v))), centre), 8);
        const auto to_red = _mm256_mulhrs_epi16(vc, by_red_v);
        const auto to_blue = _mm256_mulhrs_epi16(uc, by_blue_u);
        const auto to_green =
            _mm256_add_epi16(_mm256_mulhrs_epi16(uc, by_green_u), _mm256_mulhrs_epi16(vc, by_green_v));
        // Even and odd pixels apart: each then has its chroma in its own place.
        const auto luma32 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(y));
        const auto even = _mm256_and_si256(luma32, _mm256_set1_epi16(0xff)), odd = _mm256_srli_epi16(luma32, 8);
        const auto even_luma =
            _mm256_add_epi16(_mm256_mulhrs_epi16(_mm256_slli_epi16(_mm256_sub_epi16(even, black), 7), by_luma), half);
        const auto odd_luma =
            _mm256_add_epi16(_mm256_mulhrs_epi16(_mm256_slli_epi16(_mm256_sub_epi16(odd, black), 7), by_luma), half);
        // packus(even, zero) in each half, interleaved with the odd ones, gives 16 bytes in order a half.
        const auto woven = [&](__m256i chroma) __attribute__((target("avx2"))) {
            const auto evens =
                _mm256_packus_epi16(_mm256_srai_epi16(_mm256_adds_epi16(even_luma, chroma), fraction_bits), zero);
            const auto odds =
                _mm256_packus_epi16(_mm256_srai_epi16(_mm256_adds_epi16(odd_luma, chroma), fraction_bits), zero);
            return _mm256_unpacklo_epi8(evens, odds);
        };
        const auto red = woven(to_red), green = woven(to_green), blue = woven(to_blue);
        const auto bg_low = _mm256_unpacklo_epi8(blue, green), bg_high = _mm256_unpackhi_epi8(blue, green);
        const auto ra_low = _mm256_unpacklo_epi8(red, opaque), ra_high = _mm256_unpackhi_epi8(red, opaque);
        const auto first = _mm256_unpacklo_epi16(bg_low, ra_low), second = _mm256_unpackhi_epi16(bg_low, ra_low);
        const auto third = _mm256_unpacklo_epi16(bg_high, ra_high), fourth = _mm256_unpackhi_epi16(bg_high, ra_high);
        auto* out = reinterpret_cast<__m256i*>(bgra);
        _mm256_storeu_si256(out, _mm256_permute2x128_si256(first, second, 0x20));
        _mm256_storeu_si256(out + 1, _mm256_permute2x128_si256(third, fourth, 0x20));
        _mm256_storeu_si256(out + 2, _mm256_permute2x128_si256(first, second, 0x31));
        _mm256_storeu_si256(out + 3, _mm256_permute2x128_si256(third, fourth, 0x31));
    }
}

#endif

}  // namespace

YuvToRgb YuvToRgb::of(ColourMatrix matrix, bool full_range) {
    const double kr = matrix == ColourMatrix::bt601 ? 0.299 : matrix == ColourMatrix::bt709 ? 0.2126 : 0.2627;
    const double kb = matrix == ColourMatrix::bt601 ? 0.114 : matrix == ColourMatrix::bt709 ? 0.0722 : 0.0593;
    const double kg = 1 - kr - kb;
    const double luma = full_range ? 1 : 255.0 / 219;
    const double chroma = full_range ? 1 : 255.0 / 224;
    const double red_v = 2 * (1 - kr) * chroma, blue_u = 2 * (1 - kb) * chroma;
    return {full_range ? 0.0f : 16.0f, float(luma),  float(red_v), float(-blue_u * kb / kg),
            float(-red_v * kr / kg),   float(blue_u)};
}

ColourRow::ColourRow(ColourMatrix matrix, bool full_range) : by_(coefficients(matrix, full_range)) {}

void ColourRow::convert(const std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v, std::uint8_t* bgra,
                        int width) const {
    int done = 0;
#if defined(__x86_64__)
    static const bool avx2 = __builtin_cpu_supports("avx2");
    static const bool ssse3 = __builtin_cpu_supports("ssse3");
    if (avx2) {
        convert_32_each(by_, y, u, v, bgra, width / 32);
        done = width / 32 * 32;
    }
    if (ssse3) {
        const int eights = (width - done) / 8;
        convert_8_each(by_, y + done, u + done / 2, v + done / 2, bgra + std::ptrdiff_t(done) * 4, eights);
        done += eights * 8;
    }
#endif
    convert_plainly(y + done, u + done / 2, v + done / 2, bgra + std::ptrdiff_t(done) * 4, width - done);
}

void ColourRow::convert_plainly(const std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v, std::uint8_t* bgra,
                                int width) const {
    constexpr int half = 1 << (fraction_bits - 1);
    for (int x = 0; x < width; ++x, bgra += 4) {
        const int uc = (u[x / 2] - 128) * 256, vc = (v[x / 2] - 128) * 256;
        const int luma = multiplied((y[x] - by_.black) * 128, by_.luma) + half;
        bgra[0] = byte_of(luma + multiplied(uc, by_.blue_u));
        bgra[1] = byte_of(luma + multiplied(uc, by_.green_u) + multiplied(vc, by_.green_v));
        bgra[2] = byte_of(luma + multiplied(vc, by_.red_v));
        bgra[3] = 255;
    }
}

}  // namespace hallcast::picture
