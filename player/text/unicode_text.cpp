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

// No more than `most` bytes, which are fewer than there are, and no part of a character.
std::string_view cut_to(std::string_view utf8, std::size_t most) {
    std::size_t length = most;
    for (int back = 0; back < 3 && length > 0 && U8_IS_TRAIL(static_cast<std::uint8_t>(utf8[length])); ++back) --length;
    return utf8.substr(0, length);
}

}  // namespace

void Cleaner::add(std::string_view utf8) {
    if (text_.cut) return;
    if (utf8.size() > max_text_bytes - bytes_) {
        text_.cut = true;
        utf8 = cut_to(utf8, max_text_bytes - bytes_);
    }
    bytes_ += utf8.size();
    text_.utf16.reserve(bytes_);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
    const auto length = static_cast<std::int32_t>(utf8.size());
    for (std::int32_t i = 0; i < length;) {
        if (bytes[i] >= 0x20 && bytes[i] < 0x7f) {
            marks_ = 0;
            after_return_ = false;
            text_.utf16.push_back(bytes[i++]);
            continue;
        }
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(bytes, i, length, c);
        const bool second_half = c == '\n' && after_return_;
        after_return_ = c == '\r';
        c = cleaned(c);
        if (c == 0 || second_half) continue;
        marks_ = is_mark(c) ? marks_ + 1 : 0;
        if (marks_ > max_marks_in_a_row) continue;
        if (U_IS_BMP(c)) {
            text_.utf16.push_back(static_cast<char16_t>(c));
        } else {
            text_.utf16.push_back(U16_LEAD(c));
            text_.utf16.push_back(U16_TRAIL(c));
        }
    }
}

CleanText clean(std::string_view utf8) {
    Cleaner cleaner;
    cleaner.add(utf8);
    return cleaner.take();
}

bool is_trailing_blank(char16_t unit) {
    return unit == u' ' || is_line_end(unit) || unit == u'\u3000' || unit == u'\u1680' || unit == u'\u205f' ||
           unit == u'\u200b' || (unit >= u'\u2000' && unit <= u'\u200a' && unit != u'\u2007');
}

}  // namespace hallcast::text
