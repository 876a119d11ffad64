// Scales one row of bytes by linear interpolation: the inner loop of a film that is shown smaller or larger.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace hallcast::picture {

// How to make `to` bytes out of `from`, centre on centre. `to` at least half of `from`: below that, bytes would be
// skipped. Immutable, shared freely.
class RowScaler {
  public:
    static constexpr int block = 8;             // bytes made at once
    static constexpr int input_slack = 16;      // readable bytes that must follow the source row
    static constexpr int output_slack = block;  // writable bytes that must follow the result

    // `shift`: of all places in the source, in 1/256 of a byte: chroma that lies beside the middle of its pixels.
    RowScaler(int from, int to, int shift = 0);

    int from() const { return from_; }
    int to() const { return to_; }
    bool identity() const { return from_ == to_ && shift_ == 0; }

    // Makes the bytes first..last (exclusive) of the result into out[first..last); `first` is a multiple of `block`,
    // and up to block - 1 bytes behind `last` are overwritten. Each byte is the same whatever range it is made in.
    void scale(const std::uint8_t* source, std::uint8_t* out, int first, int last) const;
    // The same by the plain formula; what scale() is tested against, and what it is on other processors.
    void scale_plainly(const std::uint8_t* source, std::uint8_t* out, int first, int last) const;

  private:
    // Eight results from the 16 bytes at `base`: pairs of places in them, and their weights, which add up to 128.
    struct Block {
        std::array<std::uint8_t, 16> places;
        std::array<std::int8_t, 16> weights;
        int base;
    };
    friend void scale_blocks_ssse3(const std::uint8_t*, std::uint8_t*, const Block*, int);

    int from_;
    int to_;
    int shift_;
    std::vector<Block> blocks_;
};

// The same between rows: the two rows that row `y` of `to` lies between, and the weight of the second in 1/256.
struct RowPair {
    int upper;
    int lower;
    int weight;
};
RowPair row_pair(int y, int from, int to, int shift = 0);

}  // namespace hallcast::picture
