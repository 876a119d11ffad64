// Which players are there, and whether what they show is what the master knows.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>

#include "hallcast/v1/player.pb.h"
#include "protocol/follow.h"
#include "protocol/hall_log.h"

namespace hallcast::wire {

// Pure. One thread.
class Presence {
  public:
    static constexpr std::size_t max_players = 20'000;

    // The hash of a hall's state: reports are compared with the latest few of each hall.
    void state_is(const std::string& hall, Position position, const std::string& hash);
    const std::string* hash_of(const std::string& hall, Position position) const;  // null: not known (any more)
    bool knows(const std::string& hall, Position position) const { return hash_of(hall, position) != nullptr; }
    void reported(const std::string& player, const v1::PresenceReport& report, Moment now);

    // When each player is to report again: a master hears some 500 reports a second at most.
    std::chrono::milliseconds interval() const;
    v1::PlayerList list(Moment now) const;  // by name
    struct Count {
        std::uint32_t live = 0, out_of_step = 0;
    };
    Count count(Moment now) const;

  private:
    struct Known {
        v1::PresenceReport report;
        Moment heard;
        bool in_step = false;
    };
    struct State {
        Position position;
        std::string hash;
    };
    bool is_live(const Known& known, Moment now) const { return now.steady - known.heard.steady <= interval() * 3; }

    std::map<std::string, Known> players_;
    std::map<std::string, std::deque<State>> states_;  // by hall, the latest few
};

}  // namespace hallcast::wire
