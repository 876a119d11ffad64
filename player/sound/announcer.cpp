#include "player/sound/announcer.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "player/sound/announcement_queue.h"

namespace hallcast::sound {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t most_arrived = 256;

class ThreadedAnnouncer final : public Announcer {
  public:
    ThreadedAnnouncer(Mixer& mixer, AnnouncerOptions options)
        : mixer_(mixer), options_(std::move(options)), thread_([this](std::stop_token stop) { run(stop); }) {}

    void announce(Announcement announcement) override {
        const std::lock_guard lock(mutex_);
        if (arrived_.size() == most_arrived) {
            ++dropped_;
            return;
        }
        arrived_.push_back({std::move(announcement), steady_clock::now()});
        wake_.notify_one();
    }

    void set_duty(Duty duty) override {
        const std::lock_guard lock(mutex_);
        if (duty == duty_) return;
        duty_ = duty;
        duty_changed_ = true;
        wake_.notify_one();
    }

    void withdraw(std::string notice) override {
        const std::lock_guard lock(mutex_);
        withdrawn_.push_back(std::move(notice));
        wake_.notify_one();
    }

    void open_voice_again() override {
        const std::lock_guard lock(mutex_);
        voice_changed_ = true;
        wake_.notify_one();
    }

    Report report() const override {
        const std::lock_guard lock(mutex_);
        Report report = report_;
        report.announced += dropped_;
        report.failed += dropped_;
        return report;
    }

  private:
    struct Arrived {
        Announcement announcement;
        steady_clock::time_point at;
    };

    void run(const std::stop_token& stop) {
        AnnouncementQueue queue(mixer_, options_.spoken, options_.finished);  // here, since it makes its signals
        std::unique_ptr<Voice> voice = open_voice();
        std::vector<Arrived> arrived;
        std::vector<std::string> withdrawn;
        auto next = steady_clock::time_point::max();
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            const auto something = [this] {
                return !arrived_.empty() || !withdrawn_.empty() || duty_changed_ || voice_changed_;
            };
            if (next == steady_clock::time_point::max()) {
                wake_.wait(lock, stop, something);
            } else {
                wake_.wait_until(lock, stop, next, something);
            }
            if (stop.stop_requested()) return;
            arrived.swap(arrived_);
            const Duty duty = duty_;
            duty_changed_ = false;
            withdrawn.swap(withdrawn_);
            const bool open_again = std::exchange(voice_changed_, false);
            lock.unlock();  // rendering takes a while; announce() must not wait for it
            if (open_again) {
                voice.reset();  // there is one espeak-ng in a process
                voice = open_voice();
            }
            queue.set_duty(duty, steady_clock::now());
            for (Arrived& call : arrived) queue.add(std::move(call.announcement), call.at);
            arrived.clear();
            for (const std::string& notice : withdrawn) queue.withdraw(notice);
            withdrawn.clear();
            next = queue.step(steady_clock::now(), voice.get());
            lock.lock();
            report_ = queue.report();
        }
    }

    std::unique_ptr<Voice> open_voice() const {
        auto voice = options_.open_voice();
        if (!voice) {
            spdlog::error("{}; calls are announced by the chime alone", voice.error().message);
            return nullptr;
        }
        // The first sentence reads the voice's files: now, not when a visitor is called.
        (void)(*voice)->speak("1", "en");
        return *std::move(voice);
    }

    Mixer& mixer_;
    const AnnouncerOptions options_;

    // Protected by mutex_.
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::vector<Arrived> arrived_;
    Duty duty_;
    bool duty_changed_ = false, voice_changed_ = false;
    std::vector<std::string> withdrawn_;  // notices
    std::uint64_t dropped_ = 0;
    Report report_;

    std::jthread thread_;  // last: it uses everything above
};

}  // namespace

std::unique_ptr<Announcer> make_announcer(Mixer& mixer, AnnouncerOptions options) {
    return std::make_unique<ThreadedAnnouncer>(mixer, std::move(options));
}

}  // namespace hallcast::sound
