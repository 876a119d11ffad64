#include "player/cli/progress.h"

#include <unistd.h>

#include <cstdio>

namespace hallcast::cli {

void show_progress(const std::string& what, const char* step, double share) {
    if (::isatty(STDERR_FILENO)) std::fprintf(stderr, "\r%s: %s %3.0f %%   ", what.c_str(), step, 100 * share);
}

void end_progress() {
    if (::isatty(STDERR_FILENO)) std::fputs("\r\033[K", stderr);
}

}  // namespace hallcast::cli
