// What the fuzzers share: an input that is a row of messages, and a mutator that changes one of them at a time.
#pragma once

#include <google/protobuf/stubs/logging.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace hallcast::fuzz {

// A promise that the input broke; the fuzzer keeps the input.
inline void require(bool holds) {
    if (!holds) std::abort();
}

// What is wrong with an input is what the log is full of here.
inline void be_quiet() {
    static const bool quiet = [] {
        spdlog::set_level(spdlog::level::off);
        google::protobuf::SetLogHandler(nullptr);
        return true;
    }();
    (void)quiet;
}

// One message: how it comes (the target says what the byte means), and its bytes.
struct Piece {
    std::uint8_t kind = 0;
    std::string_view bytes;
};

constexpr std::size_t piece_head = 3;  // kind, then the length, low byte first

// Any bytes are a row: a length that goes past the end means the rest.
inline std::vector<Piece> pieces_of(const std::uint8_t* data, std::size_t size) {
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at + piece_head <= size;) {
        const std::size_t length =
            std::min<std::size_t>(data[at + 1] + std::size_t(256) * data[at + 2], size - at - piece_head);
        pieces.push_back({data[at], {reinterpret_cast<const char*>(data) + at + piece_head, length}});
        at += piece_head + length;
    }
    return pieces;
}

// libFuzzer's own mutations, inside one piece, whose length then still fits; or pieces come twice, go, or change
// places.
inline std::size_t mutate_pieces(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
    std::minstd_rand chance(seed);
    std::vector<std::string> row;
    for (const Piece& piece : pieces_of(data, size)) row.push_back(char(piece.kind) + std::string(piece.bytes));
    if (row.empty() || chance() % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
    const std::size_t one = chance() % row.size();
    const std::size_t other = chance() % row.size();
    switch (chance() % 8) {
        case 0:
            row.insert(row.begin() + std::ptrdiff_t(other), std::string(row[one]));
            break;
        case 1:
            row.erase(row.begin() + std::ptrdiff_t(one));
            break;
        case 2:
            std::swap(row[one], row[other]);
            break;
        case 3:
            row[one][0] = char(chance());
            break;
        default: {
            std::string& bytes = row[one];
            const std::size_t before = bytes.size();
            const std::size_t most = std::min<std::size_t>(before + 64, 0xffff);
            bytes.resize(std::max(before, most));
            bytes.resize(1 + LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()) + 1, before - 1, most - 1));
        }
    }
    std::size_t at = 0;
    for (const std::string& bytes : row) {
        const std::size_t length = bytes.size() - 1;
        if (at + piece_head + length > max_size) break;
        data[at] = std::uint8_t(bytes[0]);
        data[at + 1] = std::uint8_t(length & 0xff);
        data[at + 2] = std::uint8_t(length >> 8);
        std::memcpy(data + at + piece_head, bytes.data() + 1, length);
        at += piece_head + length;
    }
    return at;
}

}  // namespace hallcast::fuzz

// For a target whose input is a row of messages.
#define HALLCAST_FUZZ_PIECES                                                                                   \
    extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, \
                                                   unsigned seed) {                                            \
        return hallcast::fuzz::mutate_pieces(data, size, max_size, seed);                                      \
    }
