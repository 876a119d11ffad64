// A day in an office, for the demo: visitors who come, and clerks who call, serve and sometimes miss them.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "player/master/master.h"

namespace hallcast::master {

struct SimulationOptions {
    std::uint64_t seed = 1;
    std::chrono::milliseconds between_visitors{18'000};  // on average, exponentially distributed
    std::chrono::milliseconds service_time{100'000};     // on average
    int most_waiting = 40;                               // nobody comes while so many wait
};

// Works through the same commands as real clerks, on a thread of its own, until destroyed.
class SimulatedOffice {
  public:
    virtual ~SimulatedOffice() = default;
};
// `master` must outlive the simulation.
std::unique_ptr<SimulatedOffice> simulate_office(Master& master, SimulationOptions options);

// For measuring and trying by hand: opens every counter and issues tickets until `waiting` visitors wait whom counter 1
// serves. Returns at once; the commands run on the core's thread.
void prepare_hall(Master& master, int waiting);

}  // namespace hallcast::master
