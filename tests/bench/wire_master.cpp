#include "tests/bench/wire_master.h"

#include <fmt/format.h>

#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <sstream>
#include <thread>
#include <zmq.hpp>

#include "protocol/hall_state.h"
#include "protocol/server.h"
#include "tests/bench/wire_load.h"

namespace hallcast::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// Publishes calls, and answers commands on a thread of its own, as the queue core does.
class Master {
  public:
    Master(std::filesystem::path authorized, wire::KeyPair keys)
        : authorized_(std::move(authorized)), keys_(std::move(keys)), state_(share(busy_hall(1))) {
        open(0);
        core_ = std::jthread([this](const std::stop_token& stop) { answer_commands(stop); });
    }

    std::uint16_t port() const { return server_->port(); }

    void publish() {
        const std::lock_guard order(publishing_);
        auto next = std::make_shared<v1::HallState>(*state());
        const v1::HallEvent event = call_after(*next, now_ns());
        wire::apply(*next, event);
        keep(std::move(next));
        server_->publish(event);
    }

    // A new profile of the hall, which is nearly as large as its whole state.
    void publish_profile() {
        const std::lock_guard order(publishing_);
        auto next = std::make_shared<v1::HallState>(*state());
        v1::HallEvent event;
        event.set_hall(next->hall());
        event.set_epoch(next->epoch());
        event.set_seq(next->seq() + 1);
        *event.add_changes()->mutable_profile() = next->profile();
        wire::apply(*next, event);
        keep(std::move(next));
        server_->publish(event);
    }

    void restart() {
        const std::lock_guard order(publishing_);
        const std::uint16_t port = server_->port();
        server_.reset();
        context_.reset();
        keep(share(busy_hall(state()->epoch() + 1)));
        open(port);
    }

  private:
    using State = std::shared_ptr<const v1::HallState>;
    using Reply = std::function<void(const v1::CommandReply&)>;

    static State share(v1::HallState state) { return std::make_shared<const v1::HallState>(std::move(state)); }
    State state() const {
        const std::lock_guard lock(mutex_);
        return state_;
    }
    void keep(State state) {
        const std::lock_guard lock(mutex_);
        state_ = std::move(state);
    }

    void open(std::uint16_t port) {
        context_ = std::make_unique<zmq::context_t>();
        wire::ServerHandlers handlers;
        handlers.snapshot = [this](const std::string& name) {
            return name.empty() || name == hall ? state() : nullptr;
        };
        handlers.command = [this](v1::Command command, Reply reply) {
            const std::lock_guard lock(mutex_);
            commands_.emplace_back(std::move(command), std::move(reply));
            come_.notify_one();
        };
        auto server = wire::make_server(*context_, {"127.0.0.1", port, keys_, authorized_}, std::move(handlers));
        if (!server) {
            fmt::print(stderr, "{}\n", server.error().message);
            std::exit(1);
        }
        server_ = std::move(*server);
    }

    void answer_commands(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            std::unique_lock lock(mutex_);
            if (!come_.wait(lock, stop, [this] { return !commands_.empty(); })) return;
            const auto [command, reply] = std::move(commands_.front());
            commands_.pop_front();
            lock.unlock();
            v1::CommandReply answer;
            answer.set_cmd_id(command.cmd_id());
            answer.mutable_counter()->set_number(command.open_counter().counter());
            reply(answer);
        }
    }

    const std::filesystem::path authorized_;
    const wire::KeyPair keys_;
    std::mutex publishing_;  // one event after the other
    mutable std::mutex mutex_;
    State state_;                                         // protected by mutex_
    std::deque<std::pair<v1::Command, Reply>> commands_;  // protected by mutex_
    std::condition_variable_any come_;
    std::unique_ptr<zmq::context_t> context_;
    std::unique_ptr<wire::Server> server_;
    std::jthread core_;
};

// At an even pace, whether the last one was taken or not.
void publish_evenly(double rate, std::uint64_t count, const std::function<void()>& publish_one,
                    const std::stop_token& stop) {
    const auto pause = std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(1 / rate));
    auto due = steady_clock::now();
    for (std::uint64_t i = 0; i < count && !stop.stop_requested(); ++i) {
        publish_one();
        std::this_thread::sleep_until(due += pause);
    }
}

class Clerk {
  public:
    Clerk(zmq::context_t& context, std::uint16_t port, const wire::Credentials& credentials)
        : client_(wire::make_command_client(context, {"127.0.0.1", port}, credentials)) {}

    // Answer times from when a command was due: a late answer delays the clerk's next command, and counts for it too.
    Latencies work(double rate, double seconds, double offset) {
        Latencies times;
        const auto begin = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                                     std::chrono::duration<double>(offset / rate));
        for (int i = 0; i < int(seconds * rate); ++i) {
            const auto due = begin + std::chrono::duration_cast<steady_clock::duration>(
                                         std::chrono::duration<double>(double(i) / rate));
            std::this_thread::sleep_until(due);
            v1::Command command;
            command.mutable_open_counter()->set_counter(1);
            const auto reply = client_->send(std::move(command), 10s);
            const auto took = reply ? steady_clock::now() - due : steady_clock::duration(10s);
            times.add_ns(std::chrono::nanoseconds(took).count());
        }
        return times;
    }

  private:
    std::unique_ptr<wire::CommandClient> client_;
};

}  // namespace

void run_publishing(Channel& channel, const std::function<void()>& publish_one,
                    const std::function<void(const std::string& order)>& other) {
    std::jthread publisher;
    for (;;) {
        const std::string order = channel.receive();
        std::istringstream words(order);
        std::string verb;
        double rate = 0, seconds = 0;
        words >> verb >> rate >> seconds;
        if (verb == "publish") {
            publish_evenly(rate, std::uint64_t(std::llround(rate * seconds)), publish_one, {});
            channel.send("published");
        } else if (verb == "start") {
            publisher = std::jthread([=, &publish_one](const std::stop_token& stop) {
                publish_evenly(rate, ~std::uint64_t(0), publish_one, stop);
            });
            channel.send("started");
        } else if (verb == "halt") {
            publisher = {};
            channel.send("halted");
        } else {
            other(order);
        }
    }
}

void run_master(Channel& channel, const std::filesystem::path& authorized, const wire::KeyPair& keys) {
    Master master(authorized, keys);
    channel.send(std::to_string(master.port()));
    run_publishing(
        channel, [&] { master.publish(); },
        [&](const std::string& order) {
            if (order.starts_with("stuff "))
                for (int i = std::stoi(order.substr(6)); i > 0; --i) master.publish_profile();
            else
                master.restart();
            channel.send(std::to_string(now_ns()));
        });
}

void run_clerks(Channel& channel, std::uint16_t port, const std::vector<wire::Credentials>& clerks) {
    zmq::context_t context;
    std::vector<std::unique_ptr<Clerk>> working;
    for (const wire::Credentials& clerk : clerks) working.push_back(std::make_unique<Clerk>(context, port, clerk));
    for (;;) {
        std::istringstream words(channel.receive());
        std::string verb;
        double rate = 0, seconds = 0;
        words >> verb >> rate >> seconds;
        std::vector<Latencies> times(working.size());
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < working.size(); ++i)
                threads.emplace_back(
                    [&, i] { times[i] = working[i]->work(rate, seconds, double(i) / double(working.size())); });
        }
        Latencies all;
        for (const Latencies& one : times) all.join(one.pack());
        channel.send(all.pack());
    }
}

}  // namespace hallcast::bench
