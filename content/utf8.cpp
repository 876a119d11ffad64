#include "content/utf8.h"

#include <cstdint>

namespace hallcast::content {
namespace {

// Bytes of the character that begins `text` (RFC 3629, table of section 4); 0 when it is none.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t at) { return std::uint8_t(at < text.size() ? text[at] : 0); };
    const auto follows = [&](std::size_t at, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
        return byte(at) >= low && byte(at) <= high;
    };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const std::uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t high = lead == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const std::uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace

std::size_t invalid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_length(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

std::string one_line(std::string_view text, std::size_t limit) {
    std::string line;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_length(text.substr(at));
        std::string_view piece = length == 0 ? "?" : text.substr(at, length);
        if (std::uint8_t(piece[0]) < 0x20 || piece[0] == 0x7F) piece = " ";
        if (line.size() + piece.size() > limit) break;
        line += piece;
        at += length == 0 ? 1 : length;
    }
    return line;
}

}  // namespace hallcast::content
