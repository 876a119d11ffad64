// Whether this build has a sanitizer: it is ten times slower and more, and needs less of the same. Random tests then
// try fewer, and nothing is said of times; the release build does all of it.
#pragma once

namespace hallcast::tests {

#if defined(HALLCAST_ASAN) || defined(HALLCAST_TSAN)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace hallcast::tests
