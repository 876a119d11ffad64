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

namespace hallcast::sound {

constexpr int sample_rate = 48000;
constexpr int channels = 2;
// An announcement begins this long after the mixer took it, and two announcements are this far apart.
constexpr std::chrono::milliseconds duck_lead{120};
constexpr std::chrono::milliseconds announcement_gap{400};

// How the film makes room for an announcement.
struct DuckSettings {
    int depth_db = -18;
    // The way down begins so long before the announcement, and is over 10 ms before it: more than 10 ms. An
    // announcement that is given whole begins so much later where this is longer than `duck_lead`; a chime that begins
    // at once does not wait for it.
    std::chrono::milliseconds lead = duck_lead;
    // After the announcement the film stays down for `hold`, and is as it was after `release` more: 600 ms. A hold that
    // is shorter than the gap between two announcements less the lead lets the film come up between them.
    std::chrono::milliseconds hold{300}, release{300};
    friend bool operator==(const DuckSettings&, const DuckSettings&) = default;
};

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
    double mean_square = 0;  // of an end: of its samples as they were mixed, speech gain included; 0 where none was
    bool cancelled = false;  // of an end: cancel_announcements() cut it short, or kept it from beginning
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
    // As announce(), for what begins with a chime: where nothing else sounds it is heard from the next block on, while
    // the film still goes down. Before anything else is announced finish() must tell what is said after the chime.
    virtual bool begin(
        std::uint64_t id, PcmPtr chime,
        std::chrono::steady_clock::time_point not_after = std::chrono::steady_clock::time_point::max()) = 0;
    // The rest of what begin() began, null where there is none: it follows without a seam, or, where it comes after the
    // chime's end, at once. Until then the announcement is not over.
    virtual void finish(PcmPtr speech) = 0;
    // Starts and ends since the last call. The thread that announces, which must call it for the announcements to be
    // freed.
    virtual std::vector<Spoken> poll_spoken() = 0;

    // What waits is left out, and what sounds fades within 20 ms, without a click; poll_spoken() reports the ends. What
    // is announced afterwards comes after the usual gap. The thread that announces.
    virtual void cancel_announcements() = 0;

    // How loud the films and the announcements are, 1: as they were made. Reached within 20 ms of sound. Any thread.
    virtual void set_film_gain(float gain) = 0;
    virtual void set_speech_gain(float gain) = 0;
    // At once, without a click: where the film is down already it moves to the new depth at 150 dB a second. Times are
    // of less than a minute. Any thread.
    virtual void set_duck(const DuckSettings& settings) = 0;
    // Nothing plays and nothing waits: whoever calls mix() may sleep until this changes. Any thread.
    virtual bool idle() const { return false; }
};

struct MixerOptions {
    DuckSettings duck = {};
    // Says the same without the film, on a device of its own: a phone line, an induction loop. It begins when it learns
    // of an announcement, as this one does, so within a block of it; and keeps its own gain. Nobody else may announce()
    // on it, and it must outlive this one. Where its device stands still it misses announcements; this one goes on.
    Mixer* speech_only = nullptr;
};
std::unique_ptr<Mixer> make_mixer(const MixerOptions& options = {});

struct AudioOptions {
    // As the system calls it; empty: its default device. A name that is unknown is waited for, and the log lists the
    // known.
    std::string device;
    std::string purpose = "sound";  // what the log calls it
    bool silent = false;            // no device is looked for, and no driver begun; the pictures keep their time
};

// Runs a mixer on an SDL audio device or, while there is none, on a thread that keeps the same time, so that pictures
// go on. A device that is removed or has stopped asking for sound is given up within 0.2 and 1.2 s, one that comes is
// opened within a second or so; the log tells. Owns the device; closes it when destroyed.
class AudioOutput {
  public:
    virtual ~AudioOutput() = default;
    // "no device: <why>" for the silent one, "muted: " and its name where the sound server plays nothing of what it
    // gets. Waits for the first try to open one, at most a few seconds.
    virtual std::string device() const = 0;
    // A device is open and, as far as its driver tells, not muted: what is mixed is heard. Does not wait. Any thread.
    virtual bool has_device() const = 0;
};
// SDL's audio driver is begun here, on a thread: no SDL_INIT_AUDIO. `mixer` must outlive the output.
std::unique_ptr<AudioOutput> open_audio_output(Mixer& mixer, const AudioOptions& options = {});

}  // namespace hallcast::sound
