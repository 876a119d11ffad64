// What the sound's callback costs, when a call begins to be heard, and whether a device ever waits under load.
//     bench_sound callback           microseconds for a block of 1,024 frames: p50, p99, longest
//     bench_sound chime [CALLS]      from the command to the chime's first sample in a block that was mixed (200)
//     bench_sound load SECONDS [nice|plain]
//         two busy processes at nice 0, and a device that asks for a block every 21.3 ms: how often it had none in
//         time. The device's thread has the priority that the player gives to SDL's; nice: what SDL alone gives it;
//         plain: none. Says too for how long the machine itself was taken away (steal of /proc/stat).
#include <SDL.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "player/sound/announcer.h"
#include "player/sound/audio_device.h"

namespace {

using namespace hallcast::sound;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr std::size_t block = 1024;
constexpr nanoseconds period{std::int64_t(block) * 1'000'000'000 / sample_rate};

double microseconds(steady_clock::duration duration) {
    return std::chrono::duration<double, std::micro>(duration).count();
}

struct Times {
    std::vector<double> values;
    double part(double share) {
        std::ranges::sort(values);
        return values.empty() ? 0 : values[std::min(values.size() - 1, std::size_t(share * double(values.size())))];
    }
    std::string text(double unit) {
        return fmt::format("p50 {:8.1f}  p99 {:8.1f}  longest {:8.1f}", part(0.5) / unit, part(0.99) / unit,
                           part(1) / unit);
    }
};

// Noise that is low as films are, or above the ceiling.
std::vector<float> noise(std::size_t samples, float level) {
    std::mt19937 random(7);
    std::uniform_real_distribution<float> value(-level, level);
    std::vector<float> result(samples);
    for (float& sample : result) sample = value(random);
    return result;
}
PcmPtr speech(std::size_t frames) { return std::make_shared<const Pcm>(Pcm{noise(frames, 0.3f)}); }

void time_callback(const char* name, float film, bool speaks) {
    constexpr int blocks = 20'000;
    const auto mixer = make_mixer();
    const auto chunk = noise(2 * block * channels, film);
    const auto said = speech(sample_rate);
    std::vector<float> out(block * channels);
    Times times;
    auto heard_at = steady_clock::now();
    std::uint64_t id = 0;
    for (int i = 0; i < blocks; ++i, heard_at += period) {
        if (film > 0) mixer->write_film(chunk);
        if (speaks) {
            mixer->announce(++id, said);
            mixer->poll_spoken();
        }
        const auto begin = steady_clock::now();
        mixer->mix(out, heard_at);
        if (i > 100) times.values.push_back(microseconds(steady_clock::now() - begin));
    }
    fmt::print("{:48} {} us\n", name, times.text(1));
}

int callback() {
    fmt::print("a block of {} frames lasts {:.0f} us\n", block, microseconds(period));
    time_callback("nothing", 0, false);
    time_callback("film, 20 dB below the ceiling", 0.09f, false);
    time_callback("film near the ceiling", 0.7f, false);
    time_callback("film above the ceiling: limited", 1.5f, false);
    time_callback("film under announcements", 0.7f, true);
    time_callback("loud film under announcements: limited", 3.0f, true);
    return 0;
}

// Seconds of all cores together for which the machine's host ran something else.
double stolen() {
    std::ifstream file("/proc/stat");
    std::string cpu;
    double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
    file >> cpu >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal;
    return steal / double(sysconf(_SC_CLK_TCK));
}

enum class Urgency { plain, nice, player };

// A block that was ready so long after its time came, and what the host took of the machine since the block before.
struct Underrun {
    double late_ms, stolen_ms;
};

// A device that keeps the machine's time: one block plays while the next is made.
class Device {
  public:
    // `heard` is told of each block when it is mixed.
    Device(Mixer& mixer, std::function<void(std::span<const float>, steady_clock::time_point)> heard, Urgency urgency)
        : thread_([&mixer, heard = std::move(heard), urgency, this](std::stop_token stop) {
              if (urgency != Urgency::plain) SDL_SetThreadPriority(SDL_THREAD_PRIORITY_TIME_CRITICAL);
              if (urgency == Urgency::player) make_urgent();
              const bool real_time = (sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) == SCHED_RR;
              priority_ =
                  fmt::format("{}, nice {}", real_time ? "SCHED_RR" : "SCHED_OTHER", getpriority(PRIO_PROCESS, 0));
              std::vector<float> out(block * channels);
              double stolen_before = stolen();
              for (auto due = steady_clock::now(); !stop.stop_requested(); due += period) {
                  std::this_thread::sleep_until(due);
                  mixer.mix(out, due + period);
                  const auto done = steady_clock::now();
                  late_.values.push_back(microseconds(done - due));
                  const double stolen_now = stolen();
                  if (done > due + period) {
                      underruns_.push_back({microseconds(done - due) / 1000, 1000 * (stolen_now - stolen_before)});
                      due = done;
                  }
                  stolen_before = stolen_now;
                  heard(out, done);
              }
          }) {}
    void stop() { thread_ = {}; }
    // Once it has stopped.
    const std::vector<Underrun>& underruns() const { return underruns_; }
    Times& late() { return late_; }
    const std::string& priority() const { return priority_; }

  private:
    std::vector<Underrun> underruns_;
    Times late_;
    std::string priority_;
    std::jthread thread_;
};

// From `give`, at a random moment of a block, to the first sample that is not zero in a block that was mixed.
double first_sample(Mixer& mixer, std::mt19937& random, const std::function<void()>& give) {
    std::atomic<steady_clock::time_point> first{steady_clock::time_point{}};
    Device device(
        mixer,
        [&](std::span<const float> out, steady_clock::time_point done) {
            const auto sounds = std::ranges::find_if(out, [](float sample) { return sample != 0; });
            if (sounds == out.end() || first.load() != steady_clock::time_point{}) return;
            first.store(done);
            first.notify_all();
        },
        Urgency::player);
    std::this_thread::sleep_for(50ms +
                                nanoseconds(std::uniform_int_distribution<std::int64_t>(0, period.count())(random)));
    const auto begin = steady_clock::now();
    give();
    first.wait(steady_clock::time_point{});
    return microseconds(first.load() - begin);
}

int chime(int calls) {
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    fmt::print("seed {}; the limit is 60 ms\n", seed);
    Times alone, whole;
    for (int i = 0; i < calls; ++i) {
        const auto mixer = make_mixer();
        const auto sound = speech(sample_rate / 10);
        alone.values.push_back(first_sample(*mixer, random, [&] { mixer->begin(1, sound); }));
        mixer->finish(nullptr);
    }
    fmt::print("{:48} {} ms\n", "begin() of the mixer", alone.text(1000));
    for (int i = 0; i < calls; ++i) {
        const auto mixer = make_mixer();
        std::atomic<bool> ready{false};
        AnnouncerOptions options;
        options.open_voice = [&]() {
            auto voice = make_espeak_voice();
            if (voice) (void)(*voice)->speak("1", "pl");
            ready = true;
            ready.notify_all();
            return voice;
        };
        const auto announcer = make_announcer(*mixer, options);
        ready.wait(false);
        std::this_thread::sleep_for(100ms);  // it warms its voice up
        whole.values.push_back(first_sample(*mixer, random, [&] {
            announcer->announce({.call_id = "1",
                                 .ticket = fmt::format("A{:03}", i),
                                 .counter = std::uint32_t(i % 30 + 1),
                                 .languages = {"pl", "en"},
                                 .expires_at = steady_clock::now() + 60s});
        }));
    }
    fmt::print("{:48} {} ms\n", "announcer, espeak-ng, Polish and English", whole.text(1000));
    return 0;
}

pid_t busy() {
    const pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (std::atomic<std::uint64_t> turns = 0;;) ++turns;
}

int load(int seconds, Urgency urgency) {
    const pid_t children[] = {busy(), busy()};
    const auto mixer = make_mixer();
    Device device(
        *mixer, [](auto, auto) {}, urgency);
    const double stolen_before = stolen();
    {
        std::jthread film([&](std::stop_token stop) {
            const auto chunk = noise(block * channels, 0.9f);
            while (!stop.stop_requested()) {
                mixer->write_film(chunk);
                std::this_thread::sleep_for(10ms);
            }
        });
        const auto said = speech(3 * sample_rate);
        std::uint64_t id = 0;
        for (const auto end = steady_clock::now() + std::chrono::seconds(seconds); steady_clock::now() < end;) {
            mixer->announce(++id, said);
            mixer->poll_spoken();
            std::this_thread::sleep_for(500ms);
        }
    }
    device.stop();
    for (const pid_t child : children) {
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
    }
    const std::size_t blocks = device.late().values.size();
    fmt::print(
        "{} s, {} blocks of {} frames, {}: {} underruns; a block is ready after its time came: {} ms; the host took "
        "{:.1f} s\n",
        seconds, blocks, block, device.priority(), device.underruns().size(), device.late().text(1000),
        stolen() - stolen_before);
    for (const Underrun& one : device.underruns())
        fmt::print("  an underrun: ready after {:.1f} ms; meanwhile the host took {:.0f} ms (counted in steps of 10)\n",
                   one.late_ms, one.stolen_ms);
    return device.underruns().empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    const std::string mode = count > 1 ? arguments[1] : "";
    const int number = count > 2 ? std::atoi(arguments[2]) : 0;
    if (mode == "callback") return callback();
    if (mode == "chime") return chime(number > 0 ? number : 200);
    if (mode == "load" && number > 0) {
        const std::string urgency = count > 3 ? arguments[3] : "";
        return load(number, urgency == "plain" ? Urgency::plain : urgency == "nice" ? Urgency::nice : Urgency::player);
    }
    fmt::print(stderr, "bench_sound callback | chime [CALLS] | load SECONDS [nice|plain]\n");
    return 2;
}
