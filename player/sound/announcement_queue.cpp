#include "player/sound/announcement_queue.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "player/sound/render.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t most_waiting = 256;
constexpr std::size_t most_known = 1024;
// How often the mixer is asked while it has something of ours; the gap between two announcements is eight times that.
constexpr std::chrono::milliseconds poll_interval{50};
// The next call is rendered this long before the current one ends: late, so that its wording fits the queue of then,
// and early enough for a slow machine's voice.
constexpr std::chrono::seconds render_ahead{2};

}  // namespace

void AnnouncementQueue::add(Announcement announcement, time_point now) {
    Key key{announcement.call_id, announcement.attempt};
    if (!known_.insert(key).second) {
        ++report_.duplicate;
        return;
    }
    known_order_.push_back(std::move(key));
    if (known_order_.size() > most_known) {
        known_.erase(known_order_.front());
        known_order_.pop_front();
    }
    ++report_.announced;
    if (waiting_.size() == most_waiting) {
        ++report_.failed;
        if (!overflowing_)
            spdlog::warn("sound: {} calls wait for the voice; more are shown but not spoken", most_waiting);
        overflowing_ = true;
        return;
    }
    overflowing_ = false;
    waiting_.push_back({std::move(announcement), now});
}

void AnnouncementQueue::hear() {
    for (const Spoken& spoken : mixer_.poll_spoken()) {
        // Ends come in the order of announcing, and a start before its end.
        HALLCAST_ASSERT(!scheduled_.empty() && scheduled_.front().id == spoken.id);
        Scheduled& front = scheduled_.front();
        if (spoken.started) {
            front.started = true;
            ++report_.spoken;
            if (scheduled_.size() == 1) busy_until_ = spoken.at + front.length;
            if (spoken_) spoken_(front.announcement, spoken.at);
        } else {
            if (!front.started) ++report_.expired;
            scheduled_.pop_front();
        }
    }
}

void AnnouncementQueue::drop_expired(time_point start) {
    report_.expired +=
        std::erase_if(waiting_, [&](const Waiting& call) { return call.announcement.expires_at < start; });
}

void AnnouncementQueue::schedule_next(time_point start, Voice* voice) {
    std::vector<WaitingCall> calls;
    for (const Waiting& call : waiting_) calls.push_back({call.called_at, call.announcement.expires_at});
    Wording wording = choose_wording(calls, start, lengths_);
    Announcement next = std::move(waiting_.front().announcement);
    waiting_.pop_front();

    Expected<Pcm> pcm = fail("speech: no voice");
    if (voice != nullptr || wording == Wording::chime_only) pcm = render(voice, next, wording);
    if (!pcm) {
        ++report_.failed;
        wording = Wording::chime_only;
        pcm = render(nullptr, next, wording);
        HALLCAST_ASSERT(pcm);
    }
    auto& length = lengths_.of(wording);
    length += (pcm->duration() - length) / 4;

    Scheduled scheduled{next_id_++, std::move(next), pcm->duration(), false};
    busy_until_ = start + scheduled.length;
    const auto not_after = scheduled.announcement.expires_at;
    HALLCAST_ASSERT(mixer_.announce(scheduled.id, std::make_shared<const Pcm>(std::move(*pcm)), not_after));
    scheduled_.push_back(std::move(scheduled));
}

AnnouncementQueue::time_point AnnouncementQueue::step(time_point now, Voice* voice) {
    hear();
    auto start = now + duck_lead;
    if (!scheduled_.empty()) start = std::max(start, busy_until_ + announcement_gap);
    drop_expired(start);
    const bool time_to = scheduled_.empty() ||
                         (scheduled_.size() == 1 && scheduled_.front().started && busy_until_ - now < render_ahead);
    if (!waiting_.empty() && time_to) schedule_next(start, voice);
    return scheduled_.empty() ? time_point::max() : now + poll_interval;
}

}  // namespace hallcast::sound
