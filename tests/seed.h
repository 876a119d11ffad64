// The seed of a random test. HALLCAST_SEED repeats a run; a test prints its seed.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace hallcast::tests {

inline std::uint64_t seed_of_run() {
    const char* wanted = std::getenv("HALLCAST_SEED");
    return wanted ? std::stoull(wanted) : std::random_device{}();
}

}  // namespace hallcast::tests
