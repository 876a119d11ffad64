// The announcer's thread, on a device that is a thread of the test.
#include "player/sound/announcer.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/catch.h"
#include "tests/sound/fake_voice.h"
#include "tests/sound/sound_bench.h"

namespace announcer_test {

using namespace sound_bench;

// Waits, generously, for what another thread counts.
class Counted {
  public:
    void add() {
        const std::lock_guard lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    bool reaches(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 60s, [&] { return count_ >= count; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

// Pulls blocks at the real pace, as a device does.
class Device {
  public:
    explicit Device(Mixer& mixer)
        : thread_([&mixer](std::stop_token stop) {
              std::vector<float> out(block * channels);
              std::mutex mutex;
              std::condition_variable_any wake;
              auto next = steady_clock::now();
              std::unique_lock lock(mutex);
              while (!stop.stop_requested()) {
                  mixer.mix(out, next + 20ms);
                  next += 20ms;
                  wake.wait_until(lock, stop, next, [] { return false; });
              }
          }) {}

  private:
    std::jthread thread_;
};

TEST_CASE("Voices that change while the announcer runs speak from the next call on; one at a time is open") {
    const auto mixer = make_mixer();
    Device device(*mixer);
    Counted counted;
    std::atomic<int> opened{0}, open_now{0}, most_open{0};
    struct CountedVoice final : Voice {
        explicit CountedVoice(std::atomic<int>& count) : open(count) {}
        ~CountedVoice() override { --open; }
        hallcast::Expected<Pcm> speak(const std::string& text, const std::string& language) override {
            return voice.speak(text, language);
        }
        std::atomic<int>& open;
        fake_voice::FakeVoice voice;
    };
    std::mutex mutex;
    std::vector<std::size_t> languages;  // spoken of each call: none where only the chime was heard
    AnnouncerOptions options;
    options.open_voice = [&]() -> hallcast::Expected<std::unique_ptr<Voice>> {
        if (++opened == 2) return hallcast::fail("the voices are being exchanged");
        auto voice = std::make_unique<CountedVoice>(open_now);
        most_open = std::max(most_open.load(), ++open_now);
        voice->voice.length = 50ms;
        return voice;
    };
    options.finished = [&](const Announcement&, const Heard& heard) {
        {
            const std::lock_guard lock(mutex);
            languages.push_back(heard.languages.size());
        }
        counted.add();
    };
    const auto announcer = make_announcer(*mixer, std::move(options));
    for (int call = 1; call <= 3; ++call) {
        if (call > 1) announcer->open_voice_again();
        announcer->announce({std::to_string(call), 1, "A001", 1, {"pl"}, steady_clock::now() + 600s});
        REQUIRE(counted.reaches(call));
    }
    CHECK(opened == 3);
    CHECK(most_open == 1);
    const std::lock_guard lock(mutex);
    CHECK(languages == std::vector<std::size_t>{1, 0, 1});
}

TEST_CASE("Calls announced from another thread are spoken, in order, and counted") {
    const auto mixer = make_mixer();
    Device device(*mixer);
    Counted counted;
    std::mutex mutex;
    std::vector<std::string> order;
    AnnouncerOptions options;
    options.open_voice = []() -> hallcast::Expected<std::unique_ptr<Voice>> {
        auto voice = std::make_unique<fake_voice::FakeVoice>();
        voice->length = 50ms;
        return voice;
    };
    options.spoken = [&](const Announcement& call, steady_clock::time_point) {
        {
            const std::lock_guard lock(mutex);
            order.push_back(call.ticket);
        }
        counted.add();
    };
    const auto announcer = make_announcer(*mixer, std::move(options));
    for (const char* ticket : {"A001", "A002", "A001"}) {
        announcer->announce({ticket, 1, ticket, 1, {"pl"}, steady_clock::now() + 600s});
    }
    REQUIRE(counted.reaches(2));
    const std::lock_guard lock(mutex);
    CHECK(order == std::vector<std::string>{"A001", "A002"});
}

TEST_CASE("Without a voice the chime is heard") {
    const auto mixer = make_mixer();
    Device device(*mixer);
    Counted counted;
    const auto announcer =
        make_announcer(*mixer, {[]() -> hallcast::Expected<std::unique_ptr<Voice>> { return hallcast::fail("none"); },
                                [&](const Announcement&, steady_clock::time_point) { counted.add(); }});
    announcer->announce({"c", 1, "A001", 1, {"pl"}, steady_clock::now() + 600s});
    CHECK(counted.reaches(1));
}

TEST_CASE("An announcer ends at once while calls wait and no device pulls") {
    const auto mixer = make_mixer();
    const auto announcer = make_announcer(*mixer);
    for (int i = 0; i < 20; ++i)
        announcer->announce({std::to_string(i), 1, "A001", 1, {"pl"}, steady_clock::now() + 600s});
    CHECK(announcer->report().spoken == 0);
}

}  // namespace announcer_test
