#include <SDL.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "player/sound/mixer.h"
#include "tests/catch.h"
#include "tests/sound/sound_bench.h"

namespace audio_output_test {

using namespace sound_bench;

// SDL with this driver, if one is begun.
struct Driver {
    explicit Driver(const char* name) { setenv("SDL_AUDIODRIVER", name, 1); }
    ~Driver() {
        SDL_Quit();
        unsetenv("SDL_AUDIODRIVER");
    }
};

bool film_reaches(Mixer& mixer, std::chrono::milliseconds position) {
    const std::vector<float> chunk(4096, 0.01f);
    for (const auto limit = steady_clock::now() + 60s; steady_clock::now() < limit;) {
        mixer.write_film(chunk);
        if (mixer.film_played(steady_clock::now()) >= position) return true;
        std::this_thread::yield();
    }
    return false;
}
bool film_goes_on(Mixer& mixer) {
    const auto reached = mixer.film_played(steady_clock::now());
    return film_reaches(mixer, std::chrono::duration_cast<std::chrono::milliseconds>(reached) + 200ms);
}

// `meanwhile` lets the device do what it must for that.
template <typename Meanwhile>
bool becomes(AudioOutput& output, const std::string& what, Meanwhile meanwhile) {
    const auto limit = steady_clock::now() + 60s;
    while (!output.device().starts_with(what) && steady_clock::now() < limit) {
        meanwhile();
        std::this_thread::yield();
    }
    return output.device().starts_with(what);
}
bool becomes(AudioOutput& output, const std::string& what) {
    return becomes(output, what, [] {});
}

// A device that the test pulls out and plugs in: SDL's disk driver, writing into a pipe.
struct PipeDevice {
    PipeDevice() : folder(std::filesystem::temp_directory_path() / fmt::format("hallcast-pipe-{}", getpid())) {
        std::filesystem::create_directories(folder);
        std::signal(SIGPIPE, SIG_IGN);
        plug_in();
    }
    ~PipeDevice() {
        unplug();
        unsetenv("SDL_DISKAUDIOFILE");
        std::filesystem::remove_all(folder);
    }
    void plug_in() {
        const auto path = folder / fmt::format("device-{}", ++devices);
        REQUIRE(mkfifo(path.c_str(), 0600) == 0);
        descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        REQUIRE(descriptor >= 0);
        setenv("SDL_DISKAUDIOFILE", path.c_str(), 1);
    }
    void unplug() {
        setenv("SDL_DISKAUDIOFILE", (folder / "no-such-folder" / "sound").c_str(), 1);
        if (descriptor >= 0) close(descriptor);
        descriptor = -1;
    }
    void play() {
        std::array<char, 65536> bytes;
        while (read(descriptor, bytes.data(), bytes.size()) > 0) {
        }
    }
    std::filesystem::path folder;
    int descriptor = -1, devices = 0;
};

TEST_CASE("Without a device a film goes on, silently, and says why") {
    const Driver driver("there-is-no-such-driver");
    const auto mixer = make_mixer();
    const auto output = open_audio_output(*mixer);
    CHECK(output->device().starts_with("no device: "));
    CHECK_FALSE(output->has_device());
    CHECK(output->device().size() > std::string("no device: ").size());
    CHECK(film_reaches(*mixer, 200ms));
}

TEST_CASE("SDL's device runs the mixer; pulled out, the silent one goes on; plugged in, SDL's again; and again") {
    PipeDevice device;
    const Driver driver("disk");
    const auto mixer = make_mixer();
    const auto output = open_audio_output(*mixer);
    for (int round = 0; round < 3; ++round) {
        REQUIRE(becomes(*output, "disk: 48000 Hz", [&] { device.play(); }));
        CHECK(output->has_device());
        device.unplug();
        REQUIRE(becomes(*output, "no device: "));
        CHECK_FALSE(output->has_device());
        CHECK(film_goes_on(*mixer));
        device.plug_in();
    }
}

TEST_CASE("A device is chosen by its name, and one that is unknown is told with those that are known") {
    const Driver driver("dummy");
    const auto mixer = make_mixer();
    std::string known;
    {
        const auto output = open_audio_output(*mixer);
        REQUIRE(becomes(*output, "dummy: "));
        known = SDL_GetAudioDeviceName(0, 0);
    }
    const auto unknown = open_audio_output(*mixer, {.device = "Attic"});
    CHECK(becomes(*unknown, "no device: \"Attic\" is not among \"" + known + "\""));
    const auto other = make_mixer();
    const auto output = open_audio_output(*other, {.device = known});
    CHECK(becomes(*output, "dummy: \"" + known + "\", 48000 Hz"));
    CHECK(film_reaches(*other, 200ms));
}

TEST_CASE("The thread that a device calls back on goes before busy programs, where that is allowed") {
    const sched_param priority{.sched_priority = 1};
    if (sched_setscheduler(0, SCHED_RR, &priority) != 0) {
        WARN("left out: real time is not allowed here");
        return;
    }
    const sched_param none{};
    REQUIRE(sched_setscheduler(0, SCHED_OTHER, &none) == 0);
    const auto urgent_threads = [] {
        int urgent = 0;
        for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
            urgent += (sched_getscheduler(std::stoi(task.path().filename())) & ~SCHED_RESET_ON_FORK) == SCHED_RR;
        return urgent;
    };
    CHECK(urgent_threads() == 0);
    const Driver driver("dummy");
    const auto mixer = make_mixer();
    const auto output = open_audio_output(*mixer);
    REQUIRE(becomes(*output, "dummy: "));
    CHECK(film_goes_on(*mixer));
    CHECK(urgent_threads() == 1);
}

TEST_CASE("Where silence is wanted no driver is begun, though there is a device, and the film goes on") {
    const auto driver = [] {
        const char* name = SDL_GetCurrentAudioDriver();
        return std::string(name != nullptr ? name : "none");
    };
    const std::string before = driver();
    PipeDevice device;
    const Driver disk("disk");
    REQUIRE(before != "disk");  // the test before this has another
    const auto mixer = make_mixer();
    const auto output = open_audio_output(*mixer, {.silent = true});
    CHECK(output->device() == "no device: none is wanted");
    CHECK(film_reaches(*mixer, 1500ms));  // longer than from one try to the next
    CHECK_FALSE(output->has_device());
    CHECK(driver() == before);
}

// The last one: until its device answers, SDL keeps its driver.
TEST_CASE("A device that no longer asks for sound is given up, though it cannot be closed, and the film goes on") {
    PipeDevice device;
    const Driver driver("disk");
    const auto mixer = make_mixer();
    const auto output = open_audio_output(*mixer);
    REQUIRE(becomes(*output, "disk: "));
    setenv("SDL_DISKAUDIOFILE", (device.folder / "no-such-folder" / "sound").c_str(), 1);
    // Nobody reads: the pipe fills up, and SDL's thread stands in the driver.
    REQUIRE(becomes(*output, "no device: "));
    CHECK_FALSE(output->has_device());
    CHECK(film_goes_on(*mixer));
}

}  // namespace audio_output_test
