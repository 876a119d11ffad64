// Text from outside, made fit to be stored and shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hallcast::content {

// Where the first byte that is no UTF-8 stands (overlong forms and surrogates are none); npos when all is well.
std::size_t invalid_utf8(std::string_view text);

// One line of at most `limit` bytes for a list: what is no UTF-8 becomes '?', control characters become spaces, the
// rest is cut at a character's end.
std::string one_line(std::string_view text, std::size_t limit);

}  // namespace hallcast::content
