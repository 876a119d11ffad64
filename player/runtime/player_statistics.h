// What a player counts, told: to its master, in a file, and on the log.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "hallcast/v1/player.pb.h"
#include "player/media/playback.h"
#include "player/picture/scene.h"
#include "player/runtime/pacer.h"
#include "player/sound/announcer.h"

namespace hallcast::runtime {

// What the rooms counted since the player's start.
struct PlayerCounts {
    std::chrono::steady_clock::time_point started;
    picture::ScreenSize size;
    std::string painter;
    std::uint64_t pictures = 0;  // presented
    PacingStatistics pacing;
    media::PlaybackStatistics film;
    sound::Announcer::Report calls;
    std::uint64_t calls_shown = 0;
    std::optional<double> celsius;
    bool has_sound = false;
    std::string layout;        // its name
    std::string layout_error;  // see PlayerStatistics
};

// As the master is told, who hears of many players every few seconds: without the film's items.
v1::PlayerStatistics to_message(const PlayerCounts& counts);

// Sums up on the log what was played, shown and spoken.
void log_counts(const PlayerCounts& counts);

// The counts as JSON with the film's items, each time in the place of the last.
class StatisticsFile {
  public:
    explicit StatisticsFile(std::filesystem::path file) : file_(std::move(file)) {}
    // Does not wait for the disk. That it cannot be written is logged once.
    void write(const PlayerCounts& counts);

  private:
    std::filesystem::path file_;
    bool failed_ = false;  // and said so
};

}  // namespace hallcast::runtime
