// What a player owes its master of each call: when it was to be seen, and when it was to be heard.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/player.pb.h"
#include "player/screen/screen.h"
#include "player/sound/announcer.h"

namespace hallcast::runtime {

// A moment by the master's clock, microseconds since 1970.
struct MasterTime {
    static constexpr std::uint32_t unknown_error = UINT32_MAX;  // the master's clock was not measured yet: a guess
    std::int64_t us = 0;
    std::uint32_t error_us = 0;
};

// The pixels of a rectangle as a receipt tells of them.
struct DrawnPixels {
    std::uint64_t checksum = 0;  // 64 bits of BLAKE2b over the rows
    bool blank = true;           // all of one colour
};
// `bgra` has 4 bytes a pixel. Without any pixel: blank.
DrawnPixels look_at(std::span<const std::uint8_t> bgra);

// Pure: time and pixels are arguments. Externally synchronized. Remembers no more than the calls of a state.
class CallReceipts {
  public:
    using Moment = std::chrono::steady_clock::time_point;
    using Clock = std::function<MasterTime(Moment)>;
    // Opaque BGRA of that rectangle of the picture that is shown; empty: cannot be read.
    using Read = std::function<std::vector<std::uint8_t>(const picture::ScreenRect&)>;

    explicit CallReceipts(Clock clock) : clock_(std::move(clock)) {}

    // A state has come, or the master is not heard: then no call is known to be one.
    void update(const v1::HallState* state, bool stale);
    // A call waits for its receipt: only then it is worth to find out what the picture shows.
    bool lacking() const { return !owed_.empty(); }
    // `seen` is what the presented picture shows since `at`. One receipt for each attempt, by the big announcement
    // where there is one, else by the board. An attempt at whose places nothing can be read gets one that says so, and
    // a second one when it comes to be read elsewhere.
    std::vector<v1::Receipt> presented(std::span<const screen::SeenCall> seen, Moment at, const Read& read);

    v1::Receipt spoken(const sound::Announcement& announcement, const sound::Heard& heard, bool no_device) const;

    std::uint64_t shown() const { return shown_; }  // attempts that got their receipt

  private:
    using Attempt = std::pair<std::string, std::uint32_t>;  // call_id, attempt
    struct Owed {
        std::vector<screen::SeenCall> blank_at;  // where nothing could be read; a receipt has told so
    };
    v1::Receipt receipt(const Attempt& attempt, Moment at) const;

    Clock clock_;
    std::map<Attempt, Owed> owed_;
    std::map<std::string, std::uint32_t> settled_;  // call_id -> the highest attempt with its receipt; of the state's
    std::uint64_t shown_ = 0;
};

}  // namespace hallcast::runtime
