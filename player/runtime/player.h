// One running player: the loop that joins hall, layout, film and sound into what the visitors see and hear.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "content/library.h"
#include "layouts/layout.h"
#include "layouts/layout_watch.h"
#include "player/picture/rotation.h"
#include "player/picture/scene.h"
#include "player/runtime/stop_signals.h"
#include "protocol/client.h"

namespace zmq {
class context_t;
}

namespace hallcast::runtime {

enum class PainterChoice { automatic, gl, cpu };

struct PlayerOptions {
    Expected<layouts::Layout> layout;                    // where it is wrong, "hall" is shown until it is put right
    std::unique_ptr<layouts::LayoutWatch> layout_watch;  // has loaded it
    std::optional<picture::ScreenSize> size;             // of the window; none: the whole display
    bool windowed = false;
    picture::Rotation rotation = picture::Rotation::none;  // how far a display that is mounted turned needs it
    PainterChoice painter = PainterChoice::automatic;
    wire::MasterAddress master;
    wire::Credentials credentials;
    // The master has another key now: to be kept. From another thread; may be empty.
    std::function<void(const wire::Credentials&)> learnt;
    std::string hall;                          // empty: the first
    std::uint32_t counter = 0;                 // over which this screen hangs; 0: none
    bool reduced_motion = false;               // whatever the layout says
    std::string zone;                          // acoustic zone in the hall; empty: its only one
    bool no_sound = false;                     // nothing is heard of this player, whatever devices there are
    std::vector<std::filesystem::path> clips;  // play around and around, in this order, instead of the library
    std::chrono::seconds stream_time{0};       // of a clip that is a live stream; 0: until it ends
    content::Library* library = nullptr;       // what is played; not owned
    std::chrono::milliseconds sound_delay{0};  // see media::PlaybackOptions
    std::string loop_device;                   // plays what is spoken, nothing else; empty: none
    bool in_step = false;                      // with all players of the master that show the same content
    bool fetch_content = false;                // keep the library like the master's; false: it is the master's
    std::filesystem::path signs;               // see signs::open_sign_packs; need not be there
    std::filesystem::path voices;              // see sound::open_voices; need not be there. The library's come after it
    // PlayerStatistics in JSON, replaced every ten seconds and at the end; empty: none.
    std::filesystem::path statistics;
    std::optional<std::chrono::seconds> run_for;
    std::function<void()> on_screen;  // called once, after the first picture was presented
};

// Runs on the calling thread, which becomes SDL's, until the window is closed, a stop signal, or `run_for`.
Expected<void> run_player(zmq::context_t& context, StopSignals& stop, PlayerOptions options);

}  // namespace hallcast::runtime
