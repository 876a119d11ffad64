// Whether a player is the one that speaks in its acoustic zone, by what its master's heartbeats say.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "hallcast/v1/wire.pb.h"

namespace hallcast::wire {

// A zone without an entry has nobody who speaks for it, or a master of an older version: then its players speak, all of
// them. But a player that has just reported that it can speak is about to be told who does, so that for `patience`
// after it first missed an entry it goes on as before, and at first stands by: three players that start together are
// not heard together. A player without a key of its own (tests) speaks. Pure: time is an argument. One thread.
class SpeakerRole {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds patience{1500};

    SpeakerRole() = default;
    SpeakerRole(std::string key, std::string zone)
        : key_(std::move(key)), zone_(std::move(zone)), speaks_(key_.empty()) {}

    // Each returns whether speaks() became another.
    bool heard(const v1::Heartbeat& heartbeat, Time now);
    bool tick(Time now);
    Time next() const;  // when tick() has something to do; max(): not before another heartbeat

    bool speaks() const { return speaks_; }
    const std::string& zone() const { return zone_; }

  private:
    bool become(bool speaks) { return std::exchange(speaks_, speaks) != speaks; }

    std::string key_, zone_;
    bool speaks_ = true;
    std::optional<Time> without_since_;  // heartbeats name nobody of the zone
};

}  // namespace hallcast::wire
