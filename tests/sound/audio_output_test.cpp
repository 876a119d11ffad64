#include <SDL.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "player/sound/mixer.h"
#include "tests/catch.h"
#include "tests/sound/sound_bench.h"

namespace audio_output_test {

using namespace sound_bench;

// SDL with this driver, and nothing of it left afterwards.
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

TEST_CASE("Without a device a film goes on, silently, and says why") {
    const Driver driver("there-is-no-such-driver");
    const auto mixer = make_mixer();
    const auto output = open_audio_output(*mixer);
    CHECK(output->device().starts_with("no device: "));
    CHECK(output->device().size() > std::string("no device: ").size());
    CHECK(film_reaches(*mixer, 200ms));
}

// SDL's disk driver can be made to fail while the program runs: by the folder of its file.
TEST_CASE("SDL's device runs the mixer; pulled out, the silent one goes on; plugged in, SDL's again") {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("hallcast-disk-{}", getpid());
    std::filesystem::create_directories(folder);
    setenv("SDL_DISKAUDIOFILE", (folder / "sound.raw").c_str(), 1);
    const Driver driver("disk");
    const auto mixer = make_mixer();
    {
        const auto output = open_audio_output(*mixer);
        REQUIRE(output->device().starts_with("disk: 48000 Hz"));
        REQUIRE(film_reaches(*mixer, 200ms));

        SDL_Event event{};
        event.type = SDL_AUDIODEVICEREMOVED;
        event.adevice.which = 99;
        output->handle_event(event);  // another device
        CHECK(output->device().starts_with("disk"));
        setenv("SDL_DISKAUDIOFILE", (folder / "no-such-folder" / "sound.raw").c_str(), 1);
        for (SDL_AudioDeviceID id = 1; id < 8; ++id) {
            event.adevice.which = id;
            output->handle_event(event);
        }
        const auto becomes = [&](const char* name) {
            const auto limit = steady_clock::now() + 60s;
            while (!output->device().starts_with(name) && steady_clock::now() < limit) std::this_thread::yield();
            return output->device().starts_with(name);
        };
        REQUIRE(becomes("no device: "));
        const auto reached = mixer->film_played(steady_clock::now());
        CHECK(film_reaches(*mixer, std::chrono::duration_cast<std::chrono::milliseconds>(reached) + 200ms));

        setenv("SDL_DISKAUDIOFILE", (folder / "again.raw").c_str(), 1);
        event.type = SDL_AUDIODEVICEADDED;
        output->handle_event(event);
        CHECK(becomes("disk: "));
        CHECK(std::filesystem::exists(folder / "again.raw"));
    }
    unsetenv("SDL_DISKAUDIOFILE");
    std::filesystem::remove_all(folder);
}

}  // namespace audio_output_test
