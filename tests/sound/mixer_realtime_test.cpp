// What the device's callback must not do; and that readers, writers and the callback may meet in any order.
#include <atomic>
#include <mutex>
#include <thread>

#include "player/sound/mixer.h"
#include "tests/catch.h"
#include "tests/sanitized.h"
#include "tests/sound/allocation_watch.h"
#include "tests/sound/sound_bench.h"

namespace mixer_realtime_test {

using namespace sound_bench;

constexpr bool watch_works = !hallcast::tests::sanitized;

TEST_CASE("Mixing allocates nothing, frees nothing and takes no lock") {
    const auto speech = make_mixer();
    Bench bench;
    bench.mixer = make_mixer({.speech_only = speech.get()});
    std::vector<float> out(block * channels);
    std::size_t allocations = 0, locks = 0, cancelled = 0, ended = 0;
    for (int i = 0; i < 400; ++i) {
        if (i < 300) bench.write_tone(1.5f);  // also limited; then it runs dry
        if (i % 40 == 0) bench.mixer->announce(std::uint64_t(i) + 1, constant_pcm(4000, 0.3f));
        if (i % 40 == 20) bench.mixer->begin(std::uint64_t(i) + 1, constant_pcm(4000, 0.3f));
        if (i % 40 == 22) bench.mixer->finish(constant_pcm(4000, 0.3f));
        if (i % 120 == 28) bench.mixer->cancel_announcements();
        if (i % 30 == 0) bench.mixer->set_film_gain(i % 60 == 0 ? 1.0f : 0.5f);
        if (i % 30 == 20) bench.mixer->set_duck({.depth_db = i % 60 == 20 ? -6 : -18});
        if (i % 30 == 10) bench.mixer->set_speech_gain(i % 60 == 10 ? 1.0f : 3.0f);
        {
            const allocation_watch::Watch watch;
            bench.mixer->mix(out, bench.heard_at(std::size_t(i) * block));
            speech->mix(out, bench.heard_at(std::size_t(i) * block));
            allocations += watch.allocations();
            locks += watch.locks();
        }
        if (i % 10 != 0) continue;
        for (const Spoken& spoken : bench.mixer->poll_spoken()) {
            ended += !spoken.started;
            cancelled += spoken.cancelled;
        }
    }
    CHECK(allocations == 0);
    CHECK(locks == 0);
    CHECK(ended >= 15);
    CHECK(cancelled >= 2);
}

// One that a careless change could have made of it: a copy of the block, and a lock around the cues.
class CarelessMixer {
  public:
    void mix(std::span<float> out) {
        const std::lock_guard lock(mutex_);
        const std::vector<float> copy(out.begin(), out.end());
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = copy[out.size() - 1 - i];
    }

  private:
    std::mutex mutex_;
};

TEST_CASE("The watch over mixing sees an allocation and a lock") {
    if (!watch_works) {
        WARN("skipped: a sanitizer replaces the allocator and the locks");
        return;
    }
    CarelessMixer careless;
    std::vector<float> out(block * channels);
    std::size_t allocations = 0, locks = 0;
    {
        const allocation_watch::Watch watch;
        careless.mix(out);
        allocations = watch.allocations();
        locks = watch.locks();
    }
    CHECK(allocations == 2);
    CHECK(locks == 1);
}

TEST_CASE("Film, announcements, clock and callback run on four threads at once") {
    const auto mixer = make_mixer();
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> mixed{0};
    const steady_clock::time_point start{1000s};
    std::jthread device([&] {
        std::vector<float> out(block * channels);
        while (!done.load()) {
            mixer->mix(out, start + nanoseconds(std::int64_t(mixed.load()) * 20'000'000));
            mixed.fetch_add(1);
        }
    });
    std::jthread film([&] {
        const std::vector<float> chunk(2048, 0.1f);
        while (!done.load()) {
            if (mixer->write_film(chunk) == 0) std::this_thread::yield();
        }
    });
    std::atomic<bool> went_back{false};
    std::jthread reader([&] {
        auto last = 0ns;
        while (!done.load()) {
            const auto now = start + nanoseconds(std::int64_t(mixed.load()) * 20'000'000) - 40ms;
            const auto played = mixer->film_played(now);
            if (played < last) went_back = true;
            last = played;
            mixer->idle();
            mixer->set_duck({.depth_db = now.time_since_epoch() % 40ms == 0ms ? -6 : -18, .lead = 60ms});
        }
    });
    std::size_t ended = 0;
    std::uint64_t id = 0;
    while (ended < 50) {
        mixer->announce(++id, constant_pcm(1000, 0.2f));
        for (const Spoken& spoken : mixer->poll_spoken()) ended += !spoken.started;
        std::this_thread::yield();
    }
    done = true;
    CHECK_FALSE(went_back.load());
}

}  // namespace mixer_realtime_test
