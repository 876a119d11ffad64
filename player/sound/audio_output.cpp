// The device that runs the mixer: SDL's default one, or a thread that keeps the same time.
#include <SDL.h>
#include <spdlog/spdlog.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>

#include "player/sound/mixer.h"

namespace hallcast::sound {

namespace {

using std::chrono::steady_clock;

// 20 ms in whole milliseconds: SDL's disk driver sleeps no fractions of one.
constexpr int block_frames = 960;
constexpr std::chrono::nanoseconds block_length{std::int64_t(block_frames) * 1'000'000'000 / sample_rate};
constexpr std::chrono::milliseconds idle_sleep{50};
// The silent thread makes up for so much of a late wake-up; more is lost time, as with a real device.
constexpr std::chrono::milliseconds most_catch_up{200};
constexpr std::chrono::seconds first_retry{2}, last_retry{60};
constexpr std::chrono::seconds first_try_limit{3};

class SdlOutput final : public AudioOutput {
  public:
    // Subsystems of SDL are counted without a lock, hence on the caller's thread, where the others are.
    explicit SdlOutput(Mixer& mixer)
        : mixer_(mixer),
          initialised_(SDL_InitSubSystem(SDL_INIT_AUDIO) == 0),
          why_not_(initialised_ ? "" : SDL_GetError()),  // SDL keeps errors by thread
          thread_([this](std::stop_token stop) { run(stop); }) {}
    ~SdlOutput() override {
        thread_.request_stop();
        thread_.join();
        if (initialised_) SDL_QuitSubSystem(SDL_INIT_AUDIO);
    }
    SdlOutput(const SdlOutput&) = delete;
    SdlOutput& operator=(const SdlOutput&) = delete;

    std::string device() const override {
        std::unique_lock lock(mutex_);
        tried_.wait_for(lock, first_try_limit, [this] { return !name_.empty(); });
        return name_.empty() ? "no device: it is still being opened" : name_;
    }

    void handle_event(const SDL_Event& event) override {
        if (event.type != SDL_AUDIODEVICEREMOVED && event.type != SDL_AUDIODEVICEADDED) return;
        if (event.adevice.iscapture != 0) return;
        const std::lock_guard lock(mutex_);
        if (event.type == SDL_AUDIODEVICEADDED) {
            added_ = device_ == 0;
        } else if (device_ != 0 && event.adevice.which == device_) {
            lost_ = true;
        }
        wake_.notify_all();
    }

  private:
    static void callback(void* self, Uint8* bytes, int size) {
        const auto& output = *static_cast<SdlOutput*>(self);
        const std::span<float> out(reinterpret_cast<float*>(bytes), std::size_t(size) / sizeof(float));
        output.mixer_.mix(out, steady_clock::now() + output.latency_);
    }

    // On success callbacks have begun. Called without the lock: drivers may take long.
    bool open() {
        if (!initialised_) {
            set_name("no device: " + why_not_);
            return false;
        }
        SDL_AudioSpec want{}, have{};
        want.freq = sample_rate;
        want.format = AUDIO_F32SYS;
        want.channels = channels;
        want.samples = block_frames;
        want.callback = callback;
        want.userdata = this;
        const SDL_AudioDeviceID device = SDL_OpenAudioDevice(nullptr, 0, &want, &have, 0);
        if (device == 0) {
            set_name(std::string("no device: ") + SDL_GetError());
            return false;
        }
        const std::string_view driver = SDL_GetCurrentAudioDriver();
        // SDL does not tell. Sound systems play one block while the next waits; the drivers without hardware keep none.
        latency_ = (driver == "disk" || driver == "dummy" ? 1 : 2) * block_length;
        {
            const std::lock_guard lock(mutex_);
            device_ = device;
        }
        set_name(fmt::format("{}: {} Hz, {} channels, blocks of {}", driver, have.freq, have.channels, have.samples));
        SDL_PauseAudioDevice(device, 0);
        return true;
    }

    void set_name(std::string name) {
        {
            const std::lock_guard lock(mutex_);
            if (name == name_) return;
            name_ = std::move(name);
            tried_.notify_all();
        }
        spdlog::info("sound: {}", device());
    }

    // While there is a device this thread only waits for its end. SDL goes on calling back until it is closed.
    void wait_for_loss(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, stop, [this] { return lost_; });
        lost_ = added_ = false;
        const SDL_AudioDeviceID device = std::exchange(device_, 0);
        lock.unlock();
        SDL_CloseAudioDevice(device);  // no callback after this: mix() is this thread's again
        if (!stop.stop_requested()) set_name("no device: it was removed");
    }

    // Keeps the time until a device came or `until`.
    void keep_time(const std::stop_token& stop, steady_clock::time_point until) {
        auto deadline = steady_clock::now();
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested() && !added_ && steady_clock::now() < until) {
            const auto now = steady_clock::now();
            if (mixer_.idle()) {
                deadline = now + idle_sleep;
            } else {
                if (deadline + most_catch_up < now) deadline = now;
                mixer_.mix(silent_block_, deadline + block_length);
                deadline += block_length;
            }
            wake_.wait_until(lock, stop, deadline, [this] { return added_; });
        }
        added_ = false;
    }

    void run(const std::stop_token& stop) {
        auto retry = first_retry;
        while (!stop.stop_requested()) {
            if (open()) {
                wait_for_loss(stop);
                retry = first_retry;
                continue;
            }
            if (!initialised_) retry = last_retry;  // it stays so; and an idle mixer costs next to nothing
            // An attempt at no device makes some drivers write pages to stderr: look first, after the first attempt.
            do {
                keep_time(stop, steady_clock::now() + retry);
                retry = std::min(retry * 2, last_retry);
            } while (!stop.stop_requested() && initialised_ && SDL_GetNumAudioDevices(0) == 0);
        }
        SDL_TLSCleanup();  // a thread that is not SDL's must free what SDL keeps for it
    }

    Mixer& mixer_;
    const bool initialised_;
    const std::string why_not_;
    std::chrono::nanoseconds latency_{0};  // written before callbacks begin
    std::array<float, block_frames * channels> silent_block_{};

    // Protected by mutex_.
    mutable std::mutex mutex_;
    mutable std::condition_variable tried_;
    std::condition_variable_any wake_;
    std::string name_;
    SDL_AudioDeviceID device_ = 0;
    bool lost_ = false, added_ = false;

    std::jthread thread_;  // last: it uses everything above
};

}  // namespace

std::unique_ptr<AudioOutput> open_audio_output(Mixer& mixer) { return std::make_unique<SdlOutput>(mixer); }

}  // namespace hallcast::sound
