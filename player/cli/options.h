// What several subcommands ask for in the same words: sizes, addresses, painters, and where keys and data lie.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "player/cli/commands.h"
#include "player/picture/scene.h"
#include "player/runtime/player.h"
#include "protocol/client.h"

namespace hallcast::cli {

// $XDG_DATA_HOME/hallcast, ~/.local/share/hallcast.
std::filesystem::path data_directory();

// Where this user's key for a master is kept: ~/.config/hallcast/masters/HOST_PORT.yaml. A master that this user starts
// writes it, so that `hallcast ctl` just works on the same machine.
std::filesystem::path credentials_file(const wire::MasterAddress& master);
// And this user's token for a master's pages, by their address.
std::filesystem::path token_file(const std::string& url);

// Checks for CLI11: the message of a wrong value says what a right one looks like.
picture::ScreenSize parse_size(const std::string& text);        // "1920x1080"
wire::MasterAddress parse_master(const std::string& text);      // "HOST[:P]"
runtime::PainterChoice parse_painter(const std::string& text);  // "auto", "gl", "cpu"

// What the screen commands share; see add_screen_options.
struct ScreenOptions {
    std::string size;
    std::string layout = "hall";
    std::string painter = "auto";
    int rotate = 0;
    std::string statistics;
    int sound_delay_ms = 0;
    std::string loop_device;
    bool in_step = false;
    std::string voices;
    std::string zone;
    bool no_sound = false;
    std::uint32_t counter = 0;
    bool reduced_motion = false;
    // A player with these; a Failure says what of them is wrong. `directory` may have folders of layouts and of voices.
    runtime::PlayerOptions player(const std::filesystem::path& directory) const;
};
void add_screen_options(CLI::App& command, ScreenOptions& options);
// The part of them that a picture of a screen needs, too.
void add_view_options(CLI::App& command, std::uint32_t& counter, bool& reduced_motion);

// What ctl, office and content share: how to reach the master.
struct ConnectOptions {
    std::string connect = "127.0.0.1:5550";
    std::string credentials;
    wire::MasterAddress master() const { return parse_master(connect); }
    wire::Credentials load() const;  // or Failure, saying where they are looked for
};
void add_connect_options(CLI::App& command, ConnectOptions& options);

}  // namespace hallcast::cli
