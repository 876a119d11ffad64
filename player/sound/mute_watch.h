// Whether anybody can hear what we play: it may be muted, and a sound server that has lost its last device takes what
// is played all the same. PulseAudio tells, and PipeWire in its place; other drivers do not.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

struct pa_context;
struct pa_mainloop;
struct pa_operation;

namespace hallcast::sound {

// Externally synchronized. A connection of its own to the sound server, on which it never waits.
class MuteWatch {
  public:
    // `ours`: of the devices, by their descriptions, that this process plays on, those that count.
    explicit MuteWatch(std::function<bool(const std::string& description)> ours) : ours_(std::move(ours)) {}
    ~MuteWatch() { disconnect(); }
    MuteWatch(const MuteWatch&) = delete;
    MuteWatch& operator=(const MuteWatch&) = delete;

    enum class Fault : std::uint8_t { none, muted, no_device };  // muted: or a volume of 0, of the device or our stream
    // As the server said last. Takes what has arrived and asks again; call it at times.
    Fault look();

  private:
    struct Asked;  // callbacks

    void connect();
    void disconnect();

    const std::function<bool(const std::string&)> ours_;
    pa_mainloop* loop_ = nullptr;
    pa_context* context_ = nullptr;
    pa_operation* asking_ = nullptr;
    std::map<unsigned, bool> streams_;  // of ours: the device, and whether the stream itself is muted
    Fault fault_ = Fault::none, found_ = Fault::none;
};

}  // namespace hallcast::sound
