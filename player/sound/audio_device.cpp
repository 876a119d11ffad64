#include "player/sound/audio_device.h"

#include <SDL.h>
#include <sched.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>

#include "player/sound/mute_watch.h"

namespace hallcast::sound {

namespace {

using std::chrono::steady_clock;

// A device that has not called back for so long is dead. Servers that are busy stall for some hundred milliseconds.
constexpr std::chrono::milliseconds longest_wait{1000};
// A new one may have two seconds of silence to play first: PulseAudio's sinks do.
constexpr std::chrono::milliseconds first_wait{3000};
// Closing waits for the last block to be played.
constexpr std::chrono::milliseconds close_limit{300};
constexpr int tries_before_renewal = 2;

// How many blocks lie before the one that is asked for: SDL does not tell. Devices play one block while the next waits;
// the drivers without hardware keep none; and of PulseAudio SDL 2 wants one block's latency in all, the device's
// included (on a sink that could keep to it, with two assumed here pictures were 20 ms late: tests/fault/av_sync.py).
int blocks_ahead(std::string_view driver) {
    return driver == "disk" || driver == "dummy" || driver == "pulseaudio" ? 1 : 2;
}

// SDL's audio driver, one for the process. SDL_AudioInit() instead of a subsystem: those are counted without a lock.
// Begun anew only where nobody has a device or is about to. Never ended: a device that does not answer would keep the
// program from ending, and the driver goes with the process.
class Driver {
  public:
    // Everything that is done with the driver lies between enter() and leave(). Empty, or why there is no driver.
    std::string enter() {
        const std::lock_guard lock(mutex_);
        if (users_ == 0) {
            if (SDL_GetCurrentAudioDriver() != nullptr) SDL_AudioQuit();
            why_not_ = SDL_AudioInit(nullptr) == 0 ? "" : SDL_GetError();
            renewal_wanted_ = false;
        }
        if (why_not_.empty()) ++users_;
        return why_not_;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        --users_;
    }

    // SDL misses a device that comes while it lists those that are there, and hears of it no more: who looks for one in
    // vain has the others given back for a moment, once.
    void missed(const std::string& name) {
        const std::lock_guard lock(mutex_);
        // While nobody else has a device the driver is begun anew for each try.
        if (users_ > 1 && ++missed_[name] == tries_before_renewal) renewal_wanted_ = true;
    }
    void found(const std::string& name) {
        const std::lock_guard lock(mutex_);
        missed_[name] = 0;
    }
    bool renewal_wanted() {
        const std::lock_guard lock(mutex_);
        return renewal_wanted_;
    }

    // Which of the devices that this process plays on are those of an output that asked for `name`.
    void add_name(const std::string& name) {
        const std::lock_guard lock(mutex_);
        if (!name.empty()) names_.insert(name);
    }
    bool plays_on(const std::string& name, const std::string& device) {
        const std::lock_guard lock(mutex_);
        return name.empty() ? !names_.contains(device) : name == device;
    }

  private:
    std::mutex mutex_;
    std::set<std::string> names_;
    std::map<std::string, int> missed_;  // tries in vain, of each name
    bool renewal_wanted_ = false;
    int users_ = 0;
    std::string why_not_;
};
Driver& driver() {
    static auto* const one = new Driver;  // threads that were left behind may outlive what is static
    return *one;
}

// What a device's callback knows. It lives until the device is closed, whoever is left to wait for that.
class Line {
  public:
    explicit Line(Mixer& mixer) : mixer_(mixer) {}

    static void callback(void* self, Uint8* bytes, int size) {
        static_cast<Line*>(self)->mix({reinterpret_cast<float*>(bytes), std::size_t(size) / sizeof(float)});
    }
    // After this no callback touches the mixer.
    void cut() noexcept {
        for (State now = State::free; !state_.compare_exchange_weak(now, State::cut); now = State::free)
            std::this_thread::yield();  // it mixes, for a fraction of a millisecond
    }
    std::uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }

    std::chrono::nanoseconds latency{0};  // written before callbacks begin

  private:
    enum class State : std::uint8_t { free, mixing, cut };

    void mix(std::span<float> out) noexcept {
        if (calls_.fetch_add(1, std::memory_order_relaxed) == 0) make_urgent();  // SDL's thread, of this device alone
        State now = State::free;
        if (!state_.compare_exchange_strong(now, State::mixing)) {
            std::ranges::fill(out, 0.0f);
            return;
        }
        mixer_.mix(out, steady_clock::now() + latency);
        state_.store(State::free);
    }

    Mixer& mixer_;
    std::atomic<State> state_{State::free};
    std::atomic<std::uint64_t> calls_{0};
};

class SdlDevice final : public AudioDevice {
  public:
    SdlDevice(SDL_AudioDeviceID id, std::shared_ptr<Line> line, const std::string& name, std::string description)
        : id_(id), line_(std::move(line)), description_(std::move(description)) {
        if (SDL_GetCurrentAudioDriver() == std::string_view("pulseaudio"))
            mute_watch_.emplace([name](const std::string& device) { return driver().plays_on(name, device); });
    }
    ~SdlDevice() override {
        line_->cut();
        struct Closing {
            std::mutex mutex;
            std::condition_variable changed;
            bool done = false;
        };
        const auto closing = std::make_shared<Closing>();
        std::thread([id = id_, line = line_, closing] {
            SDL_CloseAudioDevice(id);
            driver().leave();
            SDL_TLSCleanup();
            const std::lock_guard lock(closing->mutex);
            closing->done = true;
            closing->changed.notify_all();
        }).detach();
        std::unique_lock lock(closing->mutex);
        closing->changed.wait_for(lock, close_limit, [&] { return closing->done; });
    }
    SdlDevice(const SdlDevice&) = delete;
    SdlDevice& operator=(const SdlDevice&) = delete;

    const std::string& description() const override { return description_; }
    void start() override {
        called_at_ = steady_clock::now() + first_wait - longest_wait;
        SDL_PauseAudioDevice(id_, 0);
    }
    std::string fault(steady_clock::time_point now) override {
        if (SDL_GetAudioDeviceStatus(id_) == SDL_AUDIO_STOPPED) return "it was removed";
        if (driver().renewal_wanted()) return "SDL's driver is begun anew, to look for another";
        if (mute_watch_) told_ = mute_watch_->look();
        if (told_ == MuteWatch::Fault::no_device) return "the sound server has none";
        if (const std::uint64_t calls = line_->calls(); calls != calls_seen_) {
            calls_seen_ = calls;
            called_at_ = std::max(called_at_, now);
        }
        return now - called_at_ < longest_wait ? "" : "it has stopped asking for sound";
    }

    bool muted() const override { return told_ == MuteWatch::Fault::muted; }

  private:
    const SDL_AudioDeviceID id_;
    const std::shared_ptr<Line> line_;
    const std::string description_;
    std::uint64_t calls_seen_ = 0;
    steady_clock::time_point called_at_;
    std::optional<MuteWatch> mute_watch_;
    MuteWatch::Fault told_ = MuteWatch::Fault::none;
};

// The one that a sound server makes up where it has none does not count. (Called otherwise in other languages, it is
// opened, and given up as soon as the server has told.)
bool has_devices() {
    for (int i = 0; i < SDL_GetNumAudioDevices(0); ++i) {
        const char* const name = SDL_GetAudioDeviceName(i, 0);
        if (name != nullptr && name != std::string_view("Dummy Output")) return true;
    }
    return false;
}

// Empty, or what is wrong with that name: SDL opens some other device for one that it does not know.
std::string unknown(const std::string& name) {
    std::string all;
    for (int i = 0; i < SDL_GetNumAudioDevices(0); ++i) {
        const char* const one = SDL_GetAudioDeviceName(i, 0);
        if (one == nullptr) continue;
        if (one == name) return "";
        all += fmt::format("{}\"{}\"", all.empty() ? "" : ", ", one);
    }
    return fmt::format("\"{}\" is not among {}", name, all.empty() ? "the devices: there are none" : all);
}

Expected<std::unique_ptr<AudioDevice>> open(Mixer& mixer, const std::string& name) {
    driver().add_name(name);
    if (const std::string why_not = driver().enter(); !why_not.empty()) return fail("{}", why_not);
    const auto line = std::make_shared<Line>(mixer);
    SDL_AudioSpec want{}, have{};
    want.freq = sample_rate;
    want.format = AUDIO_F32SYS;
    want.channels = channels;
    want.samples = block_frames;
    want.callback = Line::callback;
    want.userdata = line.get();
    std::string why_not;
    SDL_AudioDeviceID id = 0;
    // An attempt at no device makes some drivers write pages to stderr.
    if (!has_devices()) why_not = fmt::format("{} has none", SDL_GetCurrentAudioDriver());
    if (why_not.empty() && !name.empty()) why_not = unknown(name);
    if (!name.empty()) why_not.empty() ? driver().found(name) : driver().missed(name);
    if (why_not.empty()) {
        id = SDL_OpenAudioDevice(name.empty() ? nullptr : name.c_str(), 0, &want, &have, 0);
        if (id == 0) why_not = SDL_GetError();
    }
    if (id == 0) {
        driver().leave();
        return fail("{}", why_not);
    }
    const std::string_view driver_name = SDL_GetCurrentAudioDriver();
    line->latency = blocks_ahead(driver_name) * block_length;
    return std::make_unique<SdlDevice>(
        id, line, name,
        fmt::format("{}: {}{} Hz, {} channels, blocks of {}", driver_name, name.empty() ? "" : "\"" + name + "\", ",
                    have.freq, have.channels, have.samples));
}

class Opening final : public OpeningDevice {
  public:
    Opening(Mixer& mixer, const std::string& name) : shared_(std::make_shared<Shared>()) {
        std::thread([&mixer, name, shared = shared_] {
            auto device = open(mixer, name);
            SDL_TLSCleanup();  // a thread that is not SDL's must free what SDL keeps for it
            const std::lock_guard lock(shared->mutex);
            if (!shared->abandoned) shared->result = std::move(device);
            shared->changed.notify_all();
        }).detach();
    }
    ~Opening() override {
        const std::lock_guard lock(shared_->mutex);
        shared_->abandoned = true;
    }
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

    std::optional<Expected<std::unique_ptr<AudioDevice>>> result(steady_clock::time_point limit) override {
        std::unique_lock lock(shared_->mutex);
        shared_->changed.wait_until(lock, limit, [this] { return shared_->result.has_value(); });
        return std::exchange(shared_->result, std::nullopt);
    }

  private:
    struct Shared {
        std::mutex mutex;
        std::condition_variable changed;
        bool abandoned = false;
        std::optional<Expected<std::unique_ptr<AudioDevice>>> result;
    };
    std::shared_ptr<Shared> shared_;
};

}  // namespace

void make_urgent() noexcept {
    // Below what desktops give their sound servers (rtkit: 20 at most), which wait for nobody. Children are not urgent.
    const sched_param priority{.sched_priority = 10};
    sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &priority);
}

std::unique_ptr<OpeningDevice> open_audio_device(Mixer& mixer, const std::string& name) {
    return std::make_unique<Opening>(mixer, name);
}

}  // namespace hallcast::sound
