#include "protocol/speaker_role.h"

#include <algorithm>

namespace hallcast::wire {

bool SpeakerRole::heard(const v1::Heartbeat& heartbeat, Time now) {
    if (key_.empty()) return false;
    const auto speaker = std::ranges::find(heartbeat.speakers(), zone_, &v1::Speaker::zone);
    if (speaker != heartbeat.speakers().end()) {
        without_since_.reset();
        return become(speaker->key() == key_);
    }
    if (!without_since_) without_since_ = now;
    return tick(now);
}

bool SpeakerRole::tick(Time now) { return now >= next() && become(true); }

SpeakerRole::Time SpeakerRole::next() const {
    return without_since_ && !speaks_ ? *without_since_ + patience : Time::max();
}

}  // namespace hallcast::wire
