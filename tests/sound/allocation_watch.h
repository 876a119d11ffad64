// Counts what a real-time thread must not do, allocate, free or lock, while a Watch lives on the calling thread.
#pragma once

#include <cstddef>

namespace allocation_watch {

class Watch {
  public:
    Watch();
    ~Watch();
    std::size_t allocations() const;  // and frees
    std::size_t locks() const;
};

}  // namespace allocation_watch
