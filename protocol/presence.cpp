#include "protocol/presence.h"

#include <algorithm>

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t max_states = 16;  // of a hall: a report is a little older than the latest heartbeat

}  // namespace

void Presence::state_is(const std::string& hall, Position position, const std::string& hash) {
    auto& states = states_[hall];
    states.push_back({position, hash});
    if (states.size() > max_states) states.pop_front();
}

const std::string* Presence::hash_of(const std::string& hall, Position position) const {
    const auto states = states_.find(hall);
    if (states == states_.end()) return nullptr;
    const auto found = std::ranges::find(states->second, position, &State::position);
    return found == states->second.end() ? nullptr : &found->hash;
}

void Presence::reported(const std::string& player, const v1::PresenceReport& report, Moment now) {
    if (!players_.contains(player) && players_.size() >= max_players) return;
    Known& known = players_[player];
    known.report = report;
    known.heard = now;
    // Of a state that changed meanwhile no hash may be known: then what was found before stays.
    if (const std::string* hash = hash_of(report.hall(), {report.epoch(), report.applied_seq()}))
        known.in_step = *hash == report.state_hash();
}

milliseconds Presence::interval() const {
    return std::clamp(milliseconds(2 * players_.size()), milliseconds(1s), milliseconds(10s));
}

v1::PlayerList Presence::list(Moment now) const {
    v1::PlayerList list;
    for (const auto& [name, known] : players_) {
        v1::PlayerStatus& status = *list.add_players();
        status.set_player(name);
        status.set_heard_ms(std::chrono::duration_cast<milliseconds>(known.heard.wall.time_since_epoch()).count());
        status.set_live(is_live(known, now));
        status.set_in_step(known.in_step);
        *status.mutable_report() = known.report;
    }
    return list;
}

Presence::Count Presence::count(Moment now) const {
    Count count;
    for (const auto& [name, known] : players_) {
        if (!is_live(known, now)) continue;
        ++count.live;
        if (!known.in_step) ++count.out_of_step;
    }
    return count;
}

}  // namespace hallcast::wire
