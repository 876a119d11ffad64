#include "protocol/speaker_election.h"

#include <algorithm>

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr int reports_missed = 3;

}  // namespace

void SpeakerElection::reported(const std::string& key, const v1::PresenceReport& report, milliseconds others_report,
                               Time now) {
    others_report_ = others_report;
    const Place place{report.hall(), report.zone()};
    const bool can = report.can_speak() && !report.hall().empty() && report.zone().size() <= longest_zone &&
                     (zones_.contains(place) || zones_of(place.first) < max_zones_of_hall);
    const auto before = players_.find(key);
    if (before != players_.end() && (!can || before->second != place)) gone(key, now);
    if (!can) return;
    players_[key] = place;
    Zone& zone = zones_[place];
    zone.able[key] = now;
    if (zone.speaker.empty()) elect(place, now);
}

void SpeakerElection::gone(const std::string& key, Time now) {
    const auto player = players_.find(key);
    if (player == players_.end()) return;
    const Place place = player->second;
    players_.erase(player);
    Zone& zone = zones_.at(place);
    zone.able.erase(key);
    if (zone.speaker == key) elect(place, now);
    if (zone.able.empty()) zones_.erase(place);
}

// The present speaker, where there is one, is not to be it any longer.
void SpeakerElection::elect(const Place& place, Time now) {
    Zone& zone = zones_.at(place);
    const std::string before = std::exchange(zone.speaker, {});
    for (auto player = zone.able.begin(); player != zone.able.end();) {
        if (now - player->second <= reports_missed * others_report_) {
            zone.speaker = player->first;
            zone.since = now;
            look_at_ = std::min(look_at_, silent_at(zone));
            break;
        }
        players_.erase(player->first);  // until it is heard again
        player = zone.able.erase(player);
    }
    if (zone.speaker != before) changed_.insert(place.first);
}

SpeakerElection::Time SpeakerElection::silent_at(const Zone& zone) const {
    return std::max(zone.able.at(zone.speaker), zone.since) + reports_missed * speakers_report();
}

void SpeakerElection::tick(Time now) {
    if (now < look_at_) return;
    std::vector<std::string> silent;
    look_at_ = Time::max();
    for (const auto& [place, zone] : zones_) {
        if (zone.speaker.empty()) continue;
        if (now >= silent_at(zone))
            silent.push_back(zone.speaker);
        else
            look_at_ = std::min(look_at_, silent_at(zone));
    }
    for (const std::string& key : silent) gone(key, now);
}

bool SpeakerElection::is_speaker(const std::string& key) const {
    const auto player = players_.find(key);
    return player != players_.end() && zones_.at(player->second).speaker == key;
}

milliseconds SpeakerElection::speakers_report() const {
    return std::clamp(milliseconds(2 * zones_.size()), milliseconds(500ms), milliseconds(10s));
}

std::size_t SpeakerElection::zones_of(const std::string& hall) const {
    std::size_t count = 0;
    for (auto zone = zones_.lower_bound({hall, {}}); zone != zones_.end() && zone->first.first == hall; ++zone) ++count;
    return count;
}

std::vector<v1::Speaker> SpeakerElection::speakers_of(const std::string& hall) const {
    std::vector<v1::Speaker> speakers;
    for (auto zone = zones_.lower_bound({hall, {}}); zone != zones_.end() && zone->first.first == hall; ++zone) {
        if (zone->second.speaker.empty()) continue;
        v1::Speaker& speaker = speakers.emplace_back();
        speaker.set_zone(zone->first.second);
        speaker.set_key(zone->second.speaker);
    }
    return speakers;
}

}  // namespace hallcast::wire
