// The world's UTF-8 as clean UTF-16 of bounded length, which every later step may trust.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace hallcast::text {

// No text of a hall is longer; what is longer is a mistake or an attack.
inline constexpr std::size_t max_text_bytes = 64 * 1024;

// The one paragraph separator and the one line separator that clean text holds.
inline constexpr char16_t new_paragraph = u'\n';
inline constexpr char16_t new_line = u'\u2028';

struct CleanText {
    std::u16string utf16;
    bool cut = false;  // was longer than max_text_bytes
};

// Valid UTF-16 without control characters: every kind of new line is one of the two above, a tab is a space, what is
// broken is U+FFFD. A run of more than 30 combining marks is shortened to 30 (the limit of UAX #15's stream-safe text).
class Cleaner {
  public:
    // Appends a part of the text. A character does not continue from one part to the next; a new line of two does.
    void add(std::string_view utf8);
    // So far.
    const CleanText& text() const { return text_; }
    CleanText take() { return std::move(text_); }

  private:
    CleanText text_;
    std::size_t bytes_ = 0;
    int marks_ = 0;              // at the end of what was added
    bool after_return_ = false;  // a carriage return, which makes one new line with a line feed
};

CleanText clean(std::string_view utf8);

inline bool is_line_end(char16_t unit) { return unit == new_paragraph || unit == new_line; }

// Blanks that hang over a line's end instead of widening it. Not the no-break spaces.
bool is_trailing_blank(char16_t unit);

}  // namespace hallcast::text
