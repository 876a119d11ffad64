// Time and a network that tests decide about: what is sent comes late, twice, in another order, or never.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <vector>

namespace hallcast::simulation {

using Microseconds = std::int64_t;  // of true time since the simulation's start

// What happens next, in order of time; what was planned first of two things at one time.
class Agenda {
  public:
    Microseconds now() const { return now_; }
    void at(Microseconds time, std::function<void()> what) {
        events_.push({std::max(time, now_), ++planned_, std::move(what)});
    }
    void after(Microseconds pause, std::function<void()> what) { at(now_ + pause, std::move(what)); }
    void run_until(Microseconds end) {
        while (!events_.empty() && events_.top().time <= end) {
            Event next = events_.top();
            events_.pop();
            now_ = next.time;
            next.what();
        }
        now_ = end;
    }

  private:
    struct Event {
        Microseconds time;
        std::uint64_t number;
        std::function<void()> what;
        bool operator<(const Event& other) const {
            return time != other.time ? time > other.time : number > other.number;
        }
    };
    std::priority_queue<Event> events_;
    Microseconds now_ = 0;
    std::uint64_t planned_ = 0;
};

// How bad it is, in thousandths; nothing of it in good times.
struct Weather {
    int lost = 0;
    int twice = 0;
    int late = 0;  // by up to three seconds: others overtake it
};

struct FaultCount {
    std::uint64_t lost = 0, twice = 0, late = 0, partitions = 0, restarts = 0, stalls = 0;
    std::uint64_t all() const { return lost + twice + late + partitions + restarts + stalls; }
};

class Network {
  public:
    Network(Agenda& agenda, std::mt19937& random) : agenda_(&agenda), random_(&random) {}

    Weather weather;
    FaultCount faults;

    void carry(std::function<void()> arrives) {
        const auto chance = [&](int thousandths) { return int((*random_)() % 1000) < thousandths; };
        if (chance(weather.lost)) {
            ++faults.lost;
            return;
        }
        if (chance(weather.twice)) {
            ++faults.twice;
            agenda_->after(delay(), arrives);
        }
        agenda_->after(delay(), std::move(arrives));
    }

  private:
    Microseconds delay() {
        if (int((*random_)() % 1000) < weather.late) {
            ++faults.late;
            return 10'000 + (*random_)() % 3'000'000;
        }
        return 100 + Microseconds(std::exponential_distribution<>(1 / 300.0)(*random_));
    }

    Agenda* agenda_;
    std::mt19937* random_;
};

}  // namespace hallcast::simulation
