#include "player/text/unicode_text.h"

#include <unicode/uchar.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace hallcast::text {
namespace {

constexpr int max_marks_in_a_row = 30;

// What a code point becomes; 0 where it is dropped.
UChar32 cleaned(UChar32 c) {
    switch (c) {
        case '\t':
            return ' ';
        case '\n':
        case '\r':
        case '\v':
        case '\f':
        case 0x85:
        case 0x2029:
            return new_paragraph;
        default:
            return c < 0x20 || (c >= 0x7f && c < 0xa0) ? 0 : c;
    }
}

bool is_mark(UChar32 c) { return c >= 0x300 && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

std::size_t cut_length(std::string_view utf8) {
    std::size_t length = max_text_bytes;
    for (int back = 0; back < 3 && U8_IS_TRAIL(static_cast<std::uint8_t>(utf8[length])); ++back) --length;
    return length;
}

}  // namespace

CleanText clean(std::string_view utf8) {
    CleanText text;
    if (utf8.size() > max_text_bytes) {
        text.cut = true;
        utf8 = utf8.substr(0, cut_length(utf8));
    }
    text.utf16.reserve(utf8.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
    const auto length = static_cast<std::int32_t>(utf8.size());
    int marks = 0;
    for (std::int32_t i = 0; i < length;) {
        if (bytes[i] >= 0x20 && bytes[i] < 0x7f) {
            marks = 0;
            text.utf16.push_back(bytes[i++]);
            continue;
        }
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(bytes, i, length, c);
        if (c == '\r' && i < length && bytes[i] == '\n') ++i;
        c = cleaned(c);
        if (c == 0) continue;
        marks = is_mark(c) ? marks + 1 : 0;
        if (marks > max_marks_in_a_row) continue;
        if (U_IS_BMP(c)) {
            text.utf16.push_back(static_cast<char16_t>(c));
        } else {
            text.utf16.push_back(U16_LEAD(c));
            text.utf16.push_back(U16_TRAIL(c));
        }
    }
    return text;
}

bool is_trailing_blank(char16_t unit) {
    return unit == u' ' || is_line_end(unit) || unit == u'\u3000' || unit == u'\u1680' || unit == u'\u205f' ||
           unit == u'\u200b' || (unit >= u'\u2000' && unit <= u'\u200a' && unit != u'\u2007');
}

}  // namespace hallcast::text
