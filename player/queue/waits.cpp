#include "player/queue/waits.h"

#include <algorithm>
#include <iterator>

#include "player/queue/next.h"

namespace hallcast::queue {
namespace {

bool serves(const State& state, const CounterState& counter, const std::string& service) {
    if (const v1::WorkProfile* profile = profile_of(*state.office, counter))
        return std::ranges::find(profile->queues(), service, &v1::ProfileQueue::service) != profile->queues().end();
    return counter.services.empty() || std::ranges::find(counter.services, service) != counter.services.end();
}

}  // namespace

void for_each_service(const State& state, const CounterState& counter,
                      const std::function<void(const std::string&, const ServiceState&)>& visit) {
    const auto look = [&](const std::string& id) {
        if (const auto found = state.services.find(id); found != state.services.end()) visit(id, found->second);
    };
    if (const v1::WorkProfile* profile = profile_of(*state.office, counter)) {
        for (const v1::ProfileQueue& queue : profile->queues()) look(queue.service());
    } else if (!counter.services.empty()) {
        for (const std::string& id : counter.services) look(id);
    } else {
        for (const auto& [id, service] : state.services) visit(id, service);
    }
}

bool is_idle(const State& state, const CounterState& counter) {
    if (!counter.open || counter.visit != 0) return false;
    bool idle = true;
    for_each_service(state, counter, [&](const auto&, const auto& service) { idle = idle && service.waiting() == 0; });
    return idle;
}

Serving serving(const State& state, const std::string& service) {
    Serving found;
    const bool somebody_waits = state.services.find(service)->second.waiting() != 0;
    for (const auto& [number, counter] : state.counters) {
        if (!counter.open || !serves(state, counter, service)) continue;
        ++found.open;
        found.idle = found.idle || (!somebody_waits && is_idle(state, counter));
    }
    return found;
}

std::size_t ahead_of(const ServiceState& queue, const Place& place) {
    // Mostly the last place of all; to count from the front would take long in a long queue.
    const bool last = queue.walk_ins.empty() || *queue.walk_ins.rbegin() < place;
    const auto earlier = last ? queue.walk_ins.size()
                              : std::size_t(std::distance(queue.walk_ins.begin(), queue.walk_ins.lower_bound(place)));
    return earlier + queue.booked.size();
}

WaitForecast forecast(const State& state, const std::string& service, std::size_t ahead, std::int64_t now_ms) {
    return forecast(state.waits, state.services.find(service)->second.waits,
                    {now_ms, std::uint32_t(ahead + 1), ahead == 0 && serving(state, service).idle});
}

}  // namespace hallcast::queue
