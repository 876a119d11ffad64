#include "player/picture/scale_row.h"

#include <algorithm>

#include "protocol/base/error.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hallcast::picture {

namespace {

struct Position {
    int place;
    int fraction;  // of the next one, in 1/steps
};

// The centre of result `i`, in source coordinates.
Position position(int i, int from, int to, int shift, int steps) {
    const auto centre = (std::int64_t(2 * i + 1) * from - to) * steps / (2 * std::int64_t(to));
    const auto exact = std::max<std::int64_t>(0, centre + shift * steps / 256);
    const int place = int(exact / steps);
    if (place >= from - 1) return {from - 1, 0};
    return {place, int(exact % steps)};
}

constexpr int weight_sum = 128;

}  // namespace

RowScaler::RowScaler(int from, int to, int shift) : from_(from), to_(to), shift_(shift) {
    HALLCAST_ASSERT(from > 0 && to > 0 && from <= 2 * std::int64_t(to));
    if (identity()) return;
    for (int first = 0; first < to; first += block) {
        Block made{};
        made.base = position(first, from, to, shift, weight_sum).place;
        for (int k = 0; k < block; ++k) {
            const auto at = position(std::min(first + k, to - 1), from, to, shift, weight_sum);
            const int left = at.place - made.base;
            // Weight 128 does not fit a signed byte: a result on one source byte takes it twice by half.
            const int right = at.fraction == 0 ? left : left + 1;
            HALLCAST_ASSERT(left >= 0 && right < 16);
            const auto slot = std::size_t(k) * 2;
            made.places[slot] = std::uint8_t(left);
            made.places[slot + 1] = std::uint8_t(right);
            made.weights[slot] = std::int8_t(at.fraction == 0 ? weight_sum / 2 : weight_sum - at.fraction);
            made.weights[slot + 1] = std::int8_t(at.fraction == 0 ? weight_sum / 2 : at.fraction);
        }
        blocks_.push_back(made);
    }
}

#if defined(__x86_64__)
__attribute__((target("ssse3"))) void scale_blocks_ssse3(const std::uint8_t* source, std::uint8_t* out,
                                                         const RowScaler::Block* blocks, int count) {
    const __m128i half = _mm_set1_epi16(weight_sum / 2);
    for (int i = 0; i < count; ++i) {
        const auto& block = blocks[i];
        const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(source + block.base));
        const auto places = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block.places.data()));
        const auto weights = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block.weights.data()));
        const auto sums = _mm_maddubs_epi16(_mm_shuffle_epi8(bytes, places), weights);
        const auto words = _mm_srli_epi16(_mm_add_epi16(sums, half), 7);
        _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i * RowScaler::block), _mm_packus_epi16(words, words));
    }
}
#endif

void RowScaler::scale(const std::uint8_t* source, std::uint8_t* out, int first, int last) const {
#if defined(__x86_64__)
    static const bool fast = __builtin_cpu_supports("ssse3");
    if (fast) {
        HALLCAST_ASSERT(!identity() && first % block == 0 && last <= to_);
        scale_blocks_ssse3(source, out + first, blocks_.data() + first / block, (last - first + block - 1) / block);
        return;
    }
#endif
    scale_plainly(source, out, first, last);
}

void RowScaler::scale_plainly(const std::uint8_t* source, std::uint8_t* out, int first, int last) const {
    for (int i = first; i < last; ++i) {
        const auto at = position(i, from_, to_, shift_, weight_sum);
        const int next = std::min(at.place + 1, from_ - 1);
        out[i] = std::uint8_t(
            (source[at.place] * (weight_sum - at.fraction) + source[next] * at.fraction + weight_sum / 2) / weight_sum);
    }
}

RowPair row_pair(int y, int from, int to, int shift) {
    const auto at = position(y, from, to, shift, 256);
    return {at.place, std::min(at.place + 1, from - 1), at.fraction};
}

}  // namespace hallcast::picture
