// SDL's audio devices, in a way that nobody waits for one: a device that does not answer is left to a thread of its
// own.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "player/sound/mixer.h"

namespace hallcast::sound {

// 20 ms in whole milliseconds: SDL's disk driver sleeps no fractions of one.
constexpr int block_frames = 960;
constexpr std::chrono::nanoseconds block_length{std::int64_t(block_frames) * 1'000'000'000 / sample_rate};

// An open device, whose callbacks mix. Externally synchronized.
class AudioDevice {
  public:
    virtual ~AudioDevice() = default;  // closes it, at the latest when it answers; the mixer is left alone at once

    virtual const std::string& description() const = 0;  // "pulseaudio: 48000 Hz, 2 channels, blocks of 960"
    virtual void start() = 0;                            // callbacks begin
    // What is wrong with it, as the log tells it; empty: nothing.
    virtual std::string fault(std::chrono::steady_clock::time_point now) = 0;
    virtual bool muted() const = 0;  // as far as its driver told, at the last fault()
};

// A try to open a device, on a thread of its own: drivers may take long, and a sound server that hangs for ever.
class OpeningDevice {
  public:
    virtual ~OpeningDevice() = default;  // what is opened later is closed again
    // Its end, waited for until `limit`; nothing: it is still under way.
    virtual std::optional<Expected<std::unique_ptr<AudioDevice>>> result(
        std::chrono::steady_clock::time_point limit) = 0;
};
// `name` as SDL lists it; empty: the default device. Where no device is open in this process SDL's driver is begun
// anew, so that a sound server that came later is found, and what it has. `mixer` must outlive the device.
std::unique_ptr<OpeningDevice> open_audio_device(Mixer& mixer, const std::string& name);

// Has the calling thread run before all others that are not as urgent (SCHED_RR), for it makes sound that is due within
// a block and takes a fraction of one. Left alone where that is not allowed: the limit RLIMIT_RTPRIO of the service, or
// root. SDL asks for a niceness only, which busy processes share the time with.
void make_urgent() noexcept;

}  // namespace hallcast::sound
