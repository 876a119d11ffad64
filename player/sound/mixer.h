// One 48 kHz float stereo bus: the film, announcements over it, and the ducking of the one under the other.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "protocol/base/error.h"

union SDL_Event;

namespace hallcast::sound {

constexpr int sample_rate = 48000;
constexpr int channels = 2;
// The film is down this long before an announcement begins, and two announcements are this far apart.
constexpr std::chrono::milliseconds duck_lead{120};
constexpr std::chrono::milliseconds announcement_gap{400};

// A finished announcement: mono, 48 kHz. Immutable.
struct Pcm {
    std::vector<float> samples;
    std::chrono::nanoseconds duration() const {
        return std::chrono::nanoseconds(std::int64_t(samples.size()) * 1'000'000'000 / sample_rate);
    }
};
using PcmPtr = std::shared_ptr<const Pcm>;

// When an announcement was really heard, as counted in the mixed samples.
struct Spoken {
    std::uint64_t id = 0;
    bool started = false;  // false: it is over
    std::chrono::steady_clock::time_point at;
};

class Mixer {
  public:
    virtual ~Mixer() = default;

    // The device's side: fills `interleaved` (frames * 2). Takes no lock, allocates nothing. One thread.
    // `heard_at` is when the first of these samples leaves the loudspeaker.
    virtual void mix(std::span<float> interleaved, std::chrono::steady_clock::time_point heard_at) noexcept = 0;

    // The film's side, one producer thread: takes what there is room for (about a second), without waiting.
    virtual std::size_t write_film(std::span<const float> interleaved) = 0;
    // How much of the film has been heard at `now`: continuous, never back, extrapolated between callbacks. Any thread.
    virtual std::chrono::nanoseconds film_played(std::chrono::steady_clock::time_point now) const = 0;

    // Queues an announcement behind those that are still to come: the film ducks first, 120 ms before. `id` comes back
    // in poll_spoken(). One thread. False when too many wait (the caller keeps it). If the device stood still, so that
    // it would begin after `not_after`, it is left out: poll_spoken() then reports its end without a start.
    virtual bool announce(
        std::uint64_t id, PcmPtr pcm,
        std::chrono::steady_clock::time_point not_after = std::chrono::steady_clock::time_point::max()) = 0;
    // Starts and ends since the last call. The thread that announces, which must call it for the announcements to be
    // freed.
    virtual std::vector<Spoken> poll_spoken() = 0;

    virtual void set_film_gain(float gain) = 0;  // 1: as it is
    // Nothing plays and nothing waits: whoever calls mix() may sleep until this changes. Any thread.
    virtual bool idle() const { return false; }
};
std::unique_ptr<Mixer> make_mixer();

// Runs a mixer on the default SDL audio device or, where there is none, on a thread that keeps the same time, so that
// pictures go on. Owns the device; closes it when destroyed.
class AudioOutput {
  public:
    virtual ~AudioOutput() = default;
    // "no device: <why>" for the silent one. Waits for the first try to open one, at most a few seconds.
    virtual std::string device() const = 0;
    // Give it the main loop's SDL events: a device that was pulled out is replaced by the silent one at once, and a
    // device that comes is opened. Does not wait. The thread that polls SDL.
    virtual void handle_event(const SDL_Event& event) = 0;
};
// SDL must have been initialised (SDL_INIT_AUDIO is done here). The device is opened on a thread of the output's own,
// which looks for one again every few seconds as long as there is none. `mixer` must outlive the output.
std::unique_ptr<AudioOutput> open_audio_output(Mixer& mixer);

}  // namespace hallcast::sound
