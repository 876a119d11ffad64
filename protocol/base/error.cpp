#include "protocol/base/error.h"

#include <cstdio>
#include <cstdlib>

namespace hallcast {

void invariant_broken(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "hallcast: broken invariant at %s:%d: %s\n", file, line, condition);
    std::abort();
}

}  // namespace hallcast
