#include "player/master/simulated_office.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "protocol/cmd_id.h"

namespace hallcast::master {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

v1::Command make_command(const char* actor) {
    v1::Command command;
    command.set_cmd_id(wire::make_cmd_id());
    command.set_actor(actor);
    return command;
}

// A simulated clerk is a little state machine, moved on when its time has come.
struct Clerk {
    std::uint32_t counter = 0;
    Clock::time_point next;
    int recalls = 0;
};

class Simulation final : public SimulatedOffice {
  public:
    Simulation(Master& master, SimulationOptions options)
        : master_(master),
          options_(options),
          random_(options.seed),
          thread_([this](std::stop_token stop) { run(stop); }) {}

  private:
    // Waits for the core's answer; the commands of one simulation come one after the other.
    v1::CommandReply ask(v1::Command command) {
        std::optional<v1::CommandReply> answer;
        master_.submit(std::move(command), [this, &answer](const v1::CommandReply& reply) {
            const std::scoped_lock lock(mutex_);
            answer = reply;
            wake_.notify_all();
        });
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return answer.has_value(); });
        return *answer;
    }

    milliseconds exponential(milliseconds mean) {
        const double drawn = std::exponential_distribution<double>(1.0)(random_) * double(mean.count());
        return milliseconds(std::int64_t(std::min(drawn, 4.0 * double(mean.count()))));
    }
    double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

    void run(const std::stop_token& stop) {
        open_counters();
        Clock::time_point next_visitor = Clock::now();
        for (int i = 0; i < 12 && !stop.stop_requested(); ++i) visitor_comes();
        while (!stop.stop_requested()) {
            const auto now = Clock::now();
            if (now >= next_visitor) {
                visitor_comes();
                next_visitor = now + exponential(options_.between_visitors);
            }
            Clock::time_point next = next_visitor;
            for (Clerk& clerk : clerks_) {
                if (now >= clerk.next) work(clerk, now);
                next = std::min(next, clerk.next);
            }
            std::unique_lock lock(mutex_);
            wake_.wait_until(lock, stop, next, [] { return false; });
        }
    }

    void open_counters() {
        const auto office = master_.office();
        milliseconds first{500};
        for (const v1::Counter& counter : office->counters()) {
            v1::Command command = make_command("simulation");
            command.mutable_open_counter()->set_counter(counter.number());
            ask(std::move(command));  // rejected when it is open already, which is as good
            clerks_.push_back({counter.number(), Clock::now() + first, 0});
            first += milliseconds(18'000);  // the first calls come one after the other, with the film in between
        }
    }

    void visitor_comes() {
        const auto office = master_.office();
        const auto state = master_.hall_state("");
        unsigned waiting = 0;
        for (const v1::ServiceStatus& service : state->services()) waiting += service.waiting();
        if (office->services().empty() || waiting >= unsigned(options_.most_waiting)) return;
        v1::Command command = make_command("simulated kiosk");
        auto& issue = *command.mutable_issue_ticket();
        issue.set_service(office->services(int(random_() % std::uint64_t(office->services_size()))).id());
        // A third speaks the office's language; the others are spread over the rest.
        const int languages = office->languages_size();
        const int language = chance() < 0.33 || languages < 2 ? 0 : 1 + int(random_() % std::uint64_t(languages - 1));
        issue.set_language(office->languages(language));
        ask(std::move(command));
    }

    void work(Clerk& clerk, Clock::time_point now) {
        const auto state = master_.hall_state("");
        const auto status = std::find_if(state->counters().begin(), state->counters().end(),
                                         [&](const v1::CounterStatus& s) { return s.number() == clerk.counter; });
        if (status == state->counters().end()) {
            clerk.next = now + std::chrono::seconds(60);
            return;
        }
        v1::Command command = make_command("simulated clerk");
        switch (status->activity()) {
            case v1::COUNTER_ACTIVITY_CALLING:
                // Most come at once; some need a second call, and a few never come.
                if (chance() < 0.8) {
                    command.mutable_start_service()->set_counter(clerk.counter);
                    clerk.next = now + options_.service_time / 4 + exponential(options_.service_time * 3 / 4);
                } else if (clerk.recalls++ < 1) {
                    command.mutable_recall()->set_counter(clerk.counter);
                    clerk.next = now + milliseconds(14'000);
                } else {
                    command.mutable_mark_no_show()->set_counter(clerk.counter);
                    clerk.next = now + milliseconds(3'000);
                }
                break;
            case v1::COUNTER_ACTIVITY_SERVING:
                command.mutable_finish_service()->set_counter(clerk.counter);
                clerk.next = now + milliseconds(2'000) + exponential(milliseconds(3'000));
                break;
            default:
                command.mutable_call_next()->set_counter(clerk.counter);
                clerk.recalls = 0;
                clerk.next = now + milliseconds(8'000) + exponential(milliseconds(5'000));
        }
        ask(std::move(command));
    }

    Master& master_;
    const SimulationOptions options_;
    std::mt19937_64 random_;
    std::vector<Clerk> clerks_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // last: stops before what it uses goes
};

}  // namespace

std::unique_ptr<SimulatedOffice> simulate_office(Master& master, SimulationOptions options) {
    return std::make_unique<Simulation>(master, options);
}

void prepare_hall(Master& master, int waiting) {
    const auto office = master.office();
    const auto state = master.hall_state("");
    if (office->counters().empty() || office->services().empty()) return;
    auto ignore = [](const v1::CommandReply&) {};
    for (const v1::Counter& counter : office->counters()) {
        v1::Command command = make_command("preparation");
        command.mutable_open_counter()->set_counter(counter.number());
        master.submit(std::move(command), ignore);
    }
    std::vector<std::string> services(office->counters(0).services().begin(), office->counters(0).services().end());
    if (services.empty())
        for (const v1::Service& service : office->services()) services.push_back(service.id());
    int there = 0;
    for (const v1::ServiceStatus& status : state->services())
        if (std::find(services.begin(), services.end(), status.id()) != services.end()) there += int(status.waiting());
    for (int i = there; i < waiting; ++i) {
        v1::Command command = make_command("preparation");
        command.mutable_issue_ticket()->set_service(services[std::size_t(i) % services.size()]);
        command.mutable_issue_ticket()->set_language(office->languages(i % office->languages_size()));
        master.submit(std::move(command), ignore);
    }
}

}  // namespace hallcast::master
