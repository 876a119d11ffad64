#include <cstdlib>
#include <random>

#include "tests/catch.h"
#include "tests/sanitized.h"
#include "tests/simulation/office.h"

namespace simulation_test {

using namespace hallcast::simulation;

constexpr Microseconds second = 1'000'000;

// Storms and mending in turn, until so many faults have been.
std::string live_through(Office& office, std::uint64_t faults) {
    while (office.faults().all() < faults) {
        office.storm(15 * second);
        if (const auto wrong = office.heal(10 * second); !wrong.empty()) return wrong;
    }
    return office.check_commands();
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST_CASE(
    "whatever the network and the machines do, all players show what the master knows 10 s after it is mended, and "
    "each command has one effect") {
    const auto seed = std::uint32_t(from_environment("HALLCAST_SEED", std::random_device{}()));
    INFO("HALLCAST_SEED=" << seed);
    Office office({.seed = seed});
    const std::string wrong =
        live_through(office, from_environment("HALLCAST_FAULTS", hallcast::tests::sanitized ? 3000 : 10'000));
    const FaultCount& faults = office.faults();
    WARN("seed " << seed << ": " << faults.all() << " faults (" << faults.lost << " lost, " << faults.twice
                 << " twice, " << faults.late << " late, " << faults.partitions << " partitions, " << faults.restarts
                 << " restarts, " << faults.stalls << " stalls), " << office.events() << " states, "
                 << office.commands_answered() << " commands answered, " << office.commands_given_up() << " given up, "
                 << office.receipts() << " receipts; longest healing " << double(office.longest_healing()) / 1e6
                 << " s, clocks " << office.worst_clock_error() << " us off at worst");
    CHECK(wrong == "");
    CHECK(office.hash_mismatches() == 0);
}

TEST_CASE("the simulation would notice if gaps were not detected") {
    Office office({.seed = 7, .rules = {.detect_gaps = false, .compare_hashes = false}});
    CHECK(live_through(office, 10'000) != "");
}

TEST_CASE("the simulation would notice if a command that comes again were carried out again") {
    Office office({.seed = 7, .dedupe = false});
    CHECK(live_through(office, 2000) != "");
}

}  // namespace simulation_test
