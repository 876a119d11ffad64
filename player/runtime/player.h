// One running player: the loop that joins hall, layout, film and sound into what the visitors see and hear.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "content/library.h"
#include "layouts/layout.h"
#include "player/picture/scene.h"
#include "player/runtime/stop_signals.h"
#include "protocol/client.h"

namespace zmq {
class context_t;
}

namespace hallcast::runtime {

enum class PainterChoice { automatic, gl, cpu };

struct PlayerOptions {
    layouts::Layout layout;
    std::optional<picture::ScreenSize> size;  // none: the whole display
    bool windowed = false;
    PainterChoice painter = PainterChoice::automatic;
    wire::MasterAddress master;
    wire::Credentials credentials;
    std::string hall;                     // empty: the first
    std::filesystem::path clip;           // plays this file around and around instead of the library
    content::Library* library = nullptr;  // what is played; not owned
    bool fetch_content = false;           // keep the library like the master's; false: it is the master's
    // PlayerStatistics in JSON, replaced every ten seconds and at the end; empty: none.
    std::filesystem::path statistics;
    std::optional<std::chrono::seconds> run_for;
    std::function<void()> on_screen;  // called once, after the first picture was presented
};

// Runs on the calling thread, which becomes SDL's, until the window is closed, a stop signal, or `run_for`.
Expected<void> run_player(zmq::context_t& context, StopSignals& stop, PlayerOptions options);

}  // namespace hallcast::runtime
