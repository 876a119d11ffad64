// Which player of a hall's acoustic zone speaks: one of those that can, and another as soon as it cannot.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hallcast/v1/player.pb.h"
#include "hallcast/v1/wire.pb.h"
#include "protocol/client.h"

namespace hallcast::wire {

// In each (hall, zone) the present speaker stays as long as it reports that it can; otherwise it is the one with the
// lowest public key of those that can and were heard lately. A speaker whose connection ended is gone at once, one that
// is silent after three times its interval: therefore speakers, of whom there are few, are to report more often than
// the others. Pure: time is an argument. One thread.
class SpeakerElection {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // A heartbeat carries its hall's speakers to every player of the hall. Zones beyond so many have none, nor have
    // those whose name is longer than longest_zone.
    static constexpr std::size_t max_zones_of_hall = 64;

    // `others_report`: how often players that do not speak report (Presence::interval()): who is silent for three times
    // that is not elected.
    void reported(const std::string& key, const v1::PresenceReport& report, std::chrono::milliseconds others_report,
                  Time now);
    void gone(const std::string& key, Time now);  // its connection ended, or it can speak no longer
    void tick(Time now);
    Time next() const { return look_at_; }  // when tick() has something to do without any other input

    bool is_speaker(const std::string& key) const;
    // How often a speaker is to report: 500 ms, later only where there are hundreds of zones, so that a master hears
    // some 500 of these reports a second at most.
    std::chrono::milliseconds speakers_report() const;
    std::vector<v1::Speaker> speakers_of(const std::string& hall) const;          // by zone
    std::set<std::string> take_changed() { return std::exchange(changed_, {}); }  // halls whose speakers are others now

  private:
    using Place = std::pair<std::string, std::string>;  // hall, zone
    struct Zone {
        std::map<std::string, Time> able;  // key -> heard; those that can speak
        std::string speaker;               // a key of `able`; empty: none
        Time since;                        // it is the speaker
    };
    void elect(const Place& place, Time now);
    Time silent_at(const Zone& zone) const;
    std::size_t zones_of(const std::string& hall) const;

    std::map<Place, Zone> zones_;           // none without a player that can speak
    std::map<std::string, Place> players_;  // of `able`: where
    std::chrono::milliseconds others_report_{1000};
    Time look_at_ = Time::max();
    std::set<std::string> changed_;
};

}  // namespace hallcast::wire
