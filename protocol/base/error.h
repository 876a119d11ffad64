// An error that a user or the world caused, as a value: what happened, where, and what to do about it.
#pragma once

#include <fmt/format.h>

#include <expected>
#include <string>
#include <utility>

namespace hallcast {

struct Error {
    std::string message;  // one line for a person: `layouts/hall.yaml:12:5: 'rows' must be 1..12, is 40`
};

template <typename T>
using Expected = std::expected<T, Error>;

template <typename... Args>
[[nodiscard]] std::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected(Error{fmt::format(format, std::forward<Args>(args)...)});
}

// Stops the program when an invariant of ours is broken, in release builds too: a wrong number on a hall's screen is
// worse than a restart, which takes a second.
[[noreturn]] void invariant_broken(const char* condition, const char* file, int line);

}  // namespace hallcast

#define HALLCAST_ASSERT(condition) \
    ((condition) ? void(0) : ::hallcast::invariant_broken(#condition, __FILE__, __LINE__))
