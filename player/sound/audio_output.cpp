// Who runs the mixer: a device, as long as there is one, and else a thread that keeps the same time.
#include <spdlog/spdlog.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "player/sound/audio_device.h"
#include "player/sound/mixer.h"

namespace hallcast::sound {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds idle_sleep{50};
// The silent thread makes up for so much of a late wake-up; more is lost time, as with a real device.
constexpr std::chrono::milliseconds most_catch_up{200};
// Between two looks at a device, and between two tries to open one: sound is back within two seconds of a device.
constexpr std::chrono::milliseconds look_every{200}, retry_every{1000};
constexpr std::chrono::seconds answer_limit{2};  // then the log says that nothing answers
constexpr std::chrono::seconds first_try_limit{3};

class SdlOutput final : public AudioOutput {
  public:
    SdlOutput(Mixer& mixer, const AudioOptions& options)
        : mixer_(mixer), options_(options), thread_([this](std::stop_token stop) { run(stop); }) {}

    std::string device() const override {
        std::unique_lock lock(mutex_);
        tried_.wait_for(lock, first_try_limit, [this] { return !name_.empty(); });
        return name_.empty() ? "no device: it is still being opened" : name_;
    }
    bool has_device() const override {
        const std::lock_guard lock(mutex_);
        return has_device_;
    }

  private:
    void tell(const std::string& name, bool has_device) {
        {
            const std::lock_guard lock(mutex_);
            has_device_ = has_device;
            if (name == name_) return;
            name_ = name;
            tried_.notify_all();
        }
        spdlog::log(has_device || options_.silent ? spdlog::level::info : spdlog::level::warn, "{}: {}",
                    options_.purpose, name);
    }

    void wait_until(const std::stop_token& stop, steady_clock::time_point time) {
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, stop, time, [] { return false; });
    }

    // A block of sound that nobody hears, when it is time for one.
    void keep_time(const std::stop_token& stop) {
        const auto now = steady_clock::now();
        if (mixer_.idle()) {
            deadline_ = now + idle_sleep;
        } else {
            if (deadline_ + most_catch_up < now) deadline_ = now;
            mixer_.mix(silent_block_, deadline_ + block_length);
            deadline_ += block_length;
        }
        wait_until(stop, deadline_);
    }

    // Nothing: the output ends.
    std::unique_ptr<AudioDevice> look_for_device(const std::stop_token& stop) {
        deadline_ = steady_clock::now();
        std::unique_ptr<OpeningDevice> opening;
        auto next_try = options_.silent ? steady_clock::time_point::max() : deadline_, asked_at = deadline_;
        if (options_.silent) tell("no device: none is wanted", false);
        while (!stop.stop_requested()) {
            const auto now = steady_clock::now();
            if (!opening && now >= next_try) {
                opening = open_audio_device(mixer_, options_.device);
                asked_at = now;
            }
            if (opening) {
                // Most devices open within a block.
                if (auto result = opening->result(std::min(deadline_, now + block_length))) {
                    opening.reset();
                    if (*result) return std::move(**result);
                    tell("no device: " + result->error().message, false);
                    next_try = steady_clock::now() + retry_every;
                } else if (now - asked_at > answer_limit) {
                    tell("no device: the sound server does not answer", false);
                }
            }
            keep_time(stop);
        }
        return nullptr;
    }

    void run(const std::stop_token& stop) {
        while (const auto device = look_for_device(stop)) {
            tell(device->description(), true);
            device->start();  // from here on mix() is the device's
            std::string fault;
            while (!stop.stop_requested() && fault.empty()) {
                wait_until(stop, steady_clock::now() + look_every);
                fault = device->fault(steady_clock::now());
                if (!fault.empty()) continue;
                tell((device->muted() ? "muted: " : "") + device->description(), !device->muted());
            }
            if (!stop.stop_requested()) tell("no device: " + fault, false);
        }
    }

    Mixer& mixer_;
    const AudioOptions options_;

    // Of the thread.
    std::array<float, block_frames * channels> silent_block_{};
    steady_clock::time_point deadline_;

    // Protected by mutex_.
    mutable std::mutex mutex_;
    mutable std::condition_variable tried_;
    std::condition_variable_any wake_;
    std::string name_;
    bool has_device_ = false;

    std::jthread thread_;  // last: it uses everything above
};

}  // namespace

std::unique_ptr<AudioOutput> open_audio_output(Mixer& mixer, const AudioOptions& options) {
    return std::make_unique<SdlOutput>(mixer, options);
}

}  // namespace hallcast::sound
