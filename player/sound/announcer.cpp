#include "player/sound/announcer.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "player/sound/announcement_queue.h"
#include "player/sound/voice_table.h"

namespace hallcast::sound {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t most_arrived = 256;

class ThreadedAnnouncer final : public Announcer {
  public:
    ThreadedAnnouncer(Mixer& mixer, AnnouncerOptions options)
        : open_voice_(std::move(options.open_voice)),
          queue_(mixer, std::move(options.spoken)),
          thread_([this](std::stop_token stop) { run(stop); }) {}

    void announce(Announcement announcement) override {
        const std::lock_guard lock(mutex_);
        if (arrived_.size() == most_arrived) {
            ++dropped_;
            return;
        }
        arrived_.push_back({std::move(announcement), steady_clock::now()});
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
        auto voice = open_voice_();
        if (!voice) spdlog::error("{}; calls are announced by the chime alone", voice.error().message);
        Voice* const speaker = voice ? voice->get() : nullptr;
        // The first sentence reads the voice's files: now, not when a visitor is called.
        if (speaker != nullptr) (void)speaker->speak("1", voice_tables().front().language);

        std::vector<Arrived> arrived;
        auto next = steady_clock::time_point::max();
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            const auto something = [this] { return !arrived_.empty(); };
            if (next == steady_clock::time_point::max()) {
                wake_.wait(lock, stop, something);
            } else {
                wake_.wait_until(lock, stop, next, something);
            }
            if (stop.stop_requested()) return;
            arrived.swap(arrived_);
            lock.unlock();  // rendering takes a while; announce() must not wait for it
            for (Arrived& call : arrived) queue_.add(std::move(call.announcement), call.at);
            arrived.clear();
            next = queue_.step(steady_clock::now(), speaker);
            lock.lock();
            report_ = queue_.report();
        }
    }

    const std::function<Expected<std::unique_ptr<Voice>>()> open_voice_;
    AnnouncementQueue queue_;  // of the thread

    // Protected by mutex_.
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::vector<Arrived> arrived_;
    std::uint64_t dropped_ = 0;
    Report report_;

    std::jthread thread_;  // last: it uses everything above
};

}  // namespace

std::unique_ptr<Announcer> make_announcer(Mixer& mixer, AnnouncerOptions options) {
    return std::make_unique<ThreadedAnnouncer>(mixer, std::move(options));
}

}  // namespace hallcast::sound
