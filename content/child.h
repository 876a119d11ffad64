// Runs a program to its end: an argument list (never a shell), its output in pieces, an end at a deadline or on
// request.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.h"

namespace hallcast::content {

struct ChildResult {
    enum class End { exited, killed_by_signal, stopped, too_long, too_much_output } end = End::exited;
    int code = 0;        // the exit status or the signal
    std::string output;  // stdout, where no `on_line` took it
    std::string errors;  // the last 64 KiB of stderr
};

struct ChildOptions {
    std::chrono::seconds limit{60};                      // after it the child is killed
    std::function<void(std::string_view line)> on_line;  // takes stdout line by line
    std::string input;                                   // what it reads from stdin, and then its end
    // Or that piece by piece, each asked for when the child has read the last; nothing: its end. Called by run_child.
    std::function<std::optional<std::string>()> next_input;
};

// Blocks. The child gets only descriptors 0 to 2, a small fixed environment and a session of its own, which
// is killed as a whole; it is gone when this returns. An error means that it could not be started.
Expected<ChildResult> run_child(const std::vector<std::string>& arguments, const ChildOptions& options,
                                std::stop_token stop = {});

}  // namespace hallcast::content
