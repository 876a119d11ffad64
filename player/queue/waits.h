// What the wait estimator is told of the office's state: places, counters, and who would come now.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "player/queue/state.h"

namespace hallcast::queue {

// The counters that serve a service.
struct Serving {
    std::uint32_t open = 0;
    bool idle = false;  // one of them is open and has nobody, and nobody waits for any of its services
};
Serving serving(const State& state, const std::string& service);

bool is_idle(const State& state, const CounterState& counter);

// Each of the services that the counter serves.
void for_each_service(const State& state, const CounterState& counter,
                      const std::function<void(const std::string&, const ServiceState&)>& visit);

// Visitors who wait for the service and have an earlier place; all who have an appointment count as such.
std::size_t ahead_of(const ServiceState& queue, const Place& place);

// For somebody who comes now, or still waits, with so many ahead.
WaitForecast forecast(const State& state, const std::string& service, std::size_t ahead, std::int64_t now_ms);

}  // namespace hallcast::queue
