#include "tests/sound/allocation_watch.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace allocation_watch {

namespace {

thread_local bool watching = false;
thread_local std::size_t seen_allocations = 0, seen_locks = 0;

[[maybe_unused]] void note_allocation() {
    if (watching) ++seen_allocations;
}

}  // namespace

Watch::Watch() {
    seen_allocations = seen_locks = 0;
    watching = true;
}
Watch::~Watch() { watching = false; }
std::size_t Watch::allocations() const { return seen_allocations; }
std::size_t Watch::locks() const { return seen_locks; }

}  // namespace allocation_watch

// Sanitizers bring operators and locks of their own that must not be replaced; there the watch sees nothing.
#if !defined(HALLCAST_ASAN) && !defined(HALLCAST_TSAN)

void* operator new(std::size_t size) {
    allocation_watch::note_allocation();
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept {
    allocation_watch::note_allocation();
    std::free(memory);
}
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }

extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) {
    using Lock = int (*)(pthread_mutex_t*);
    // No static local: its guard may lock.
    static std::atomic<Lock> next{nullptr};
    Lock lock = next.load();
    if (lock == nullptr) {
        lock = reinterpret_cast<Lock>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
        next.store(lock);
    }
    if (allocation_watch::watching) ++allocation_watch::seen_locks;
    return lock(mutex);
}

#endif
