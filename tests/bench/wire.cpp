// How soon a call is in force on a thousand players, and what they cost, beside bare libzmq in the same run.
//     bench_wire [SCENARIO]... [--players N] [--rate R] [--seconds S] [--turns T]
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <thread>

#include "tests/bench/wire_bare.h"
#include "tests/bench/wire_load.h"
#include "tests/bench/wire_master.h"
#include "tests/bench/wire_player.h"

namespace {

using namespace hallcast;
using namespace hallcast::bench;
namespace fs = std::filesystem;

constexpr const char* help = R"(bench_wire [SCENARIO]... [OPTION]...

How soon a call is in force on a thousand players, and what they cost, beside bare libzmq in the same run. Master and
players are processes of their own on this machine, on loopback, encrypted; a time is from just before the master
publishes until the player has applied the event.

Scenarios (all when none is named):
  latency     PLAYERS players x RATE events/s, hallcast and libzmq's PUB and SUB in turns; memory a player
  many        five times the players, a fifth of the rate
  stopped     200 more players are stopped (SIGSTOP), then 200 subscribers never read: does it move the others?
  reconnect   all players come at once; all connections are cut at once; the master starts anew; clerks go on meanwhile
Options:
  --players N (1000)   --rate R events/s (10)   --seconds S of each measurement (10)   --turns T (2)

Example: bench_wire latency stopped --players 500 --seconds 5
)";

struct Options {
    std::set<std::string> scenarios;
    int players = 1000;
    double rate = 10;
    double seconds = 10;
    int turns = 2;
};

[[noreturn]] void wrong_use(const std::string& what) {
    fmt::print(stderr, "{}\n\n{}", what, help);
    std::exit(2);
}

Options parse(int count, char** arguments) {
    Options options;
    const std::set<std::string> known{"latency", "many", "stopped", "reconnect"};
    for (int i = 1; i < count; ++i) {
        const std::string word = arguments[i];
        if (word == "--help" || word == "-h") {
            fmt::print("{}", help);
            std::exit(0);
        }
        if (known.contains(word)) {
            options.scenarios.insert(word);
            continue;
        }
        const std::set<std::string> numbers{"--players", "--rate", "--seconds", "--turns"};
        if (!numbers.contains(word) || i + 1 == count) wrong_use("bench_wire: what is '" + word + "'?");
        const double value = std::atof(arguments[++i]);
        if (value <= 0) wrong_use(word + ": must be a number above 0");
        if (word == "--players") options.players = int(value);
        if (word == "--rate") options.rate = value;
        if (word == "--seconds") options.seconds = value;
        if (word == "--turns") options.turns = int(value);
    }
    if (options.scenarios.empty()) options.scenarios = known;
    return options;
}

// Keys of everybody, and the master's list of them.
class Keys {
  public:
    explicit Keys(int players) {
        std::string name = (fs::temp_directory_path() / "bench-wire-XXXXXX").string();
        HALLCAST_ASSERT(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        std::ofstream list(authorized());
        for (int i = 0; i < players; ++i) players_.push_back(add(list, "player", i));
        for (int i = 0; i < 10; ++i) clerks_.push_back(add(list, "clerk", i));
    }
    ~Keys() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    fs::path authorized() const { return folder_ / "authorized"; }
    const wire::KeyPair& master() const { return master_; }
    const std::vector<wire::Credentials>& clerks() const { return clerks_; }
    std::vector<wire::Credentials> players(std::size_t first, std::size_t count) const {
        HALLCAST_ASSERT(first + count <= players_.size());
        const auto begin = players_.begin() + std::ptrdiff_t(first);
        return {begin, begin + std::ptrdiff_t(count)};
    }

  private:
    wire::Credentials add(std::ofstream& list, const char* role, int number) {
        wire::Credentials made{master_.public_key, wire::make_key_pair()};
        list << fmt::format("{0} {0}-{1} {2}\n", role, number, made.client.public_key);
        return made;
    }

    fs::path folder_;
    wire::KeyPair master_ = wire::make_key_pair();
    std::vector<wire::Credentials> players_;
    std::vector<wire::Credentials> clerks_;
};

enum class Side { hallcast, bare };
const char* name_of(Side side) { return side == Side::hallcast ? "hallcast" : "libzmq PUB/SUB"; }

// Listeners in eight processes: libzmq's timers of a process take longer the more connections it has (each that is
// ended is looked for among all of them), which would be no player's but the bench's.
class Listeners {
  public:
    enum class Processor { shared, left_to_master };

    Listeners(Side side, std::uint16_t port, const std::vector<wire::Credentials>& credentials,
              Processor processor = Processor::shared) {
        const std::size_t processes = 8;
        for (std::size_t i = 0; i < processes; ++i) {
            const auto at = [&](std::size_t n) {
                return credentials.begin() + std::ptrdiff_t(credentials.size() * n / processes);
            };
            const std::vector<wire::Credentials> share(at(i), at(i + 1));
            processes_.push_back(
                std::make_unique<Process>(side == Side::hallcast ? "players" : "subscribers", [=](Channel& channel) {
                    // Players are machines of their own: what they compute takes nothing from the master.
                    if (processor == Processor::left_to_master) ::setpriority(PRIO_PROCESS, 0, 10);
                    zmq::context_t context;
                    context.set(zmq::ctxopt::max_sockets, int(context.get(zmq::ctxopt::socket_limit)));
                    std::vector<std::unique_ptr<Listener>> made;
                    for (const wire::Credentials& one : share)
                        made.push_back(side == Side::hallcast ? player(context, port, one)
                                                              : bare_subscriber(context, port, one));
                    run_crowd(channel, std::move(made));
                }));
            // More than that at once is another question, which `reconnect` asks: here they come one share at a time.
            if (credentials.size() > 2000) processes_.back()->ask("await 0");
        }
    }

    // When the last one was live, in nanoseconds.
    std::int64_t await(std::int64_t since_ns) {
        std::int64_t last = 0;
        for (const auto& process : processes_) process->channel().send(fmt::format("await {}", since_ns));
        for (const auto& process : processes_)
            last = std::max(last, std::int64_t(std::stoll(process->channel().receive())));
        return last;
    }
    std::int64_t cut(std::uint16_t port) {
        std::int64_t last = 0;
        for (const auto& process : processes_)
            last = std::max(last, std::int64_t(std::stoll(process->ask(fmt::format("cut {}", port)))));
        return last;
    }
    void clear() {
        for (const auto& process : processes_) process->ask("clear");
    }
    Latencies report() {
        Latencies all;
        for (const auto& process : processes_) all.join(process->ask("report"));
        return all;
    }
    void stop() {
        for (const auto& process : processes_) process->stop();
    }
    double processor_seconds() const {
        double all = 0;
        for (const auto& process : processes_) all += process->processor_seconds();
        return all;
    }

  private:
    std::vector<std::unique_ptr<Process>> processes_;
};

// A publisher of either side with its port.
struct Publisher {
    Publisher(Side side, const Keys& keys)
        : process(side == Side::hallcast ? "master" : "publisher",
                  [side, &keys](Channel& channel) {
                      if (side == Side::hallcast) return run_master(channel, keys.authorized(), keys.master());
                      run_bare_publisher(channel, keys.master());
                  }),
          port(std::uint16_t(std::stoi(process.channel().receive()))) {}
    Process process;
    std::uint16_t port;
};

struct Measured {
    Latencies latencies;
    double kib_a_listener = 0;
    double sender_us = 0;  // processor time an event and listener
    double listener_us = 0;
};

void report(const std::string& what, Measured& measured) {
    fmt::print("  {:<44} p50 {:7.2f}  p99 {:7.2f}  longest {:8.2f} ms  ({} samples)", what,
               measured.latencies.at_ms(0.5), measured.latencies.at_ms(0.99), measured.latencies.at_ms(1),
               measured.latencies.count());
    if (measured.kib_a_listener > 0)
        fmt::print("  {:5.1f} KiB a player in the master; processor {:.1f} + {:.1f} us", measured.kib_a_listener,
                   measured.sender_us, measured.listener_us);
    fmt::print("\n");
}

// Nobody may be missing: an event that a listener never had would have no time.
void check_complete(const Measured& measured, std::size_t wanted) {
    if (measured.latencies.count() == wanted) return;
    fmt::print("  !! {} of {} events were measured\n", measured.latencies.count(), wanted);
}

// Each measurement ends with an event that says, once it has come, that all others have.
void publish(Publisher& publisher, Listeners& listeners, double rate, double seconds) {
    publisher.process.ask(fmt::format("publish {} {}", rate, seconds));
    const std::int64_t last = now_ns();
    publisher.process.ask("publish 1 1");
    listeners.await(last);
}

// Until all listeners hear; libzmq's own tell that only by an event.
void await_all(Publisher& publisher, Listeners& listeners) {
    publisher.process.ask("start 2");
    listeners.await(0);
    publisher.process.ask("halt");
    publish(publisher, listeners, 2, 2);
    listeners.clear();
}

Measured measure(Side side, const Keys& keys, std::size_t players, double rate, double seconds) {
    Publisher publisher(side, keys);
    const double before = publisher.process.rss_kib();
    publisher.process.ask("start 1");
    Listeners listeners(side, publisher.port, keys.players(0, players));
    publisher.process.ask("halt");
    await_all(publisher, listeners);
    const double sender = publisher.process.processor_seconds(), receiver = listeners.processor_seconds();
    publish(publisher, listeners, rate, seconds);
    Measured measured;
    measured.latencies = listeners.report();
    const double samples = double(measured.latencies.count());
    measured.kib_a_listener = (publisher.process.rss_kib() - before) / double(players);
    measured.sender_us = (publisher.process.processor_seconds() - sender) / samples * 1e6;
    measured.listener_us = (listeners.processor_seconds() - receiver) / samples * 1e6;
    return measured;
}

void compare(const Keys& keys, std::size_t players, double rate, const Options& options) {
    fmt::print("{} players x {} events/s, {} s, call to applied:\n", players, rate, options.seconds);
    const std::size_t wanted = players * std::size_t(std::lround(rate * options.seconds) + 1);
    std::vector<double> ratios_50, ratios_99;
    for (int turn = 0; turn < options.turns; ++turn) {
        Measured bare = measure(Side::bare, keys, players, rate, options.seconds);
        report(name_of(Side::bare), bare);
        check_complete(bare, wanted);
        Measured ours = measure(Side::hallcast, keys, players, rate, options.seconds);
        report(name_of(Side::hallcast), ours);
        check_complete(ours, wanted);
        ratios_50.push_back(ours.latencies.at_ms(0.5) / bare.latencies.at_ms(0.5));
        ratios_99.push_back(ours.latencies.at_ms(0.99) / bare.latencies.at_ms(0.99));
    }
    for (auto* ratios : {&ratios_50, &ratios_99}) std::ranges::sort(*ratios);
    fmt::print("  ratio hallcast / libzmq, median of {} turns: p50 {:.2f}, p99 {:.2f} (at most 1.2)\n", options.turns,
               ratios_50[ratios_50.size() / 2], ratios_99[ratios_99.size() / 2]);
}

// The others' times while some listeners do not take what they are sent.
void stopped(const Keys& keys, std::size_t players, const Options& options) {
    constexpr std::size_t stopped_players = 200;
    fmt::print("{} of {} listeners take nothing; call to applied of the {} others, {} events/s:\n", stopped_players,
               players + stopped_players, players, options.rate);
    Publisher publisher(Side::hallcast, keys);
    Listeners listeners(Side::hallcast, publisher.port, keys.players(0, players));
    await_all(publisher, listeners);
    const auto phase = [&](const std::string& what) {
        listeners.clear();
        publish(publisher, listeners, options.rate, options.seconds);
        Measured measured;
        measured.latencies = listeners.report();
        report(what, measured);
        check_complete(measured, players * std::size_t(std::lround(options.rate * options.seconds) + 1));
        fmt::print("  {:<44} the master has {:.0f} MiB\n", "", publisher.process.rss_kib() / 1024);
        return measured.latencies.at_ms(0.99);
    };
    const double before = phase("all take what they are sent");
    double worst = 0;
    {
        Listeners more(Side::hallcast, publisher.port, keys.players(players, stopped_players));
        publisher.process.ask("start 10");
        more.await(0);
        publisher.process.ask("halt");
        more.stop();
        worst = phase("200 players' processes are stopped");
    }
    {
        const auto deaf = keys.players(players, stopped_players);
        Process silent(
            "deaf", [&](Channel& channel) { run_deaf_subscribers(channel, std::uint16_t(publisher.port + 1), deaf); });
        silent.channel().receive();
        publisher.process.ask("publish 5 2");
        worst = std::max(worst, phase("200 subscribers read nothing"));
        publisher.process.ask("stuff 60");
        publish(publisher, listeners, 10, 1);
        worst = std::max(worst, phase("the same, after 0.8 MB more for each of them"));
    }
    fmt::print("  p99 with them / without, the worst: {:.2f}\n", worst / before);
}

// How long libzmq alone needs until as many subscribers, of one connection each, have their first message.
double bare_start(const Keys& keys, std::size_t players) {
    Publisher publisher(Side::bare, keys);
    publisher.process.ask("start 20");
    const std::int64_t began = now_ns();
    Listeners listeners(Side::bare, publisher.port, keys.players(0, players), Listeners::Processor::left_to_master);
    return double(listeners.await(began) - began) / 1e9;
}

// All players come at once while clerks work, three times; how long until the last is live again.
void reconnect(const Keys& keys, std::size_t players) {
    fmt::print("{} players connect at once, 10 clerks send 100 commands/s, 5 events/s meanwhile:\n", players);
    fmt::print("  {:<44} all hear after {:.2f} s (one connection each; a player of hallcast has two)\n",
               "libzmq PUB/SUB: subscribers start", bare_start(keys, players));
    Publisher publisher(Side::hallcast, keys);
    Process clerks("clerks", [&](Channel& channel) { run_clerks(channel, publisher.port, keys.clerks()); });
    clerks.ask("run 5 1");
    std::optional<Listeners> listeners;
    const auto storm = [&](const std::string& what, const std::function<std::int64_t()>& begin) {
        publisher.process.ask("start 5");
        clerks.channel().send("run 10 6");
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        const std::int64_t began = begin();
        const double took = double(listeners->await(began) - began) / 1e9;
        Latencies answers;
        answers.join(clerks.channel().receive());
        publisher.process.ask("halt");
        fmt::print(
            "  {:<44} all live after {:.2f} s (at most 5); commands p50 {:.2f}  p99 {:.2f}  longest {:.2f} ms ({})\n",
            what, took, answers.at_ms(0.5), answers.at_ms(0.99), answers.at_ms(1), answers.count());
    };
    storm("the power comes back: players start", [&] {
        const std::int64_t began = now_ns();
        listeners.emplace(Side::hallcast, publisher.port, keys.players(0, players),
                          Listeners::Processor::left_to_master);
        return began;
    });
    storm("all their connections are cut", [&] { return listeners->cut(publisher.port); });
    storm("the master ends and starts (clerks wait too)",
          [&] { return std::int64_t(std::stoll(publisher.process.ask("restart"))); });
}

int run(const Options& options) {
    const std::uint64_t files = raise_file_limit();
    utsname machine{};
    ::uname(&machine);
    double load[1] = {0};
    ::getloadavg(load, 1);
    const v1::HallState state = busy_hall(1);
    v1::StreamMessage message;
    *message.mutable_event() = call_after(state, now_ns());
    fmt::print(
        "bench_wire: {} cores, {} {}, libzmq {}.{}.{}, load {:.1f}, open files {}; a hall's state has {} bytes, an "
        "event {}\n",
        std::thread::hardware_concurrency(), machine.sysname, machine.release, ZMQ_VERSION_MAJOR, ZMQ_VERSION_MINOR,
        ZMQ_VERSION_PATCH, load[0], files, state.ByteSizeLong(), message.ByteSizeLong());
    const auto players = std::size_t(options.players);
    const Keys keys(options.players * 5 + 200);
    if (options.scenarios.contains("latency")) compare(keys, players, options.rate, options);
    if (options.scenarios.contains("many")) compare(keys, players * 5, options.rate / 5, options);
    if (options.scenarios.contains("stopped")) stopped(keys, players, options);
    if (options.scenarios.contains("reconnect")) reconnect(keys, players);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    return run(parse(count, arguments));
}
