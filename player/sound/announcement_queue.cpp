#include "player/sound/announcement_queue.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <ranges>

#include "player/sound/chime.h"
#include "player/sound/notice_speech.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t most_waiting = 256;
constexpr std::size_t most_known = 1024;
// How often the mixer is asked while it has something of ours; the gap between two announcements is eight times that.
constexpr std::chrono::milliseconds poll_interval{50};
// The next call is rendered this long before the current one ends: late, so that its wording fits the queue of then,
// and early enough for a slow machine's voice.
constexpr std::chrono::seconds render_ahead{2};
// A speaker that fell silent was noticed after so long at most (protocol/speaker_election.h): what ended since may not
// have.
constexpr std::chrono::seconds may_be_unfinished{2};

double level_of(double mean_square) {
    return mean_square > 0 ? std::max(silence_dbfs, 10 * std::log10(mean_square)) : silence_dbfs;
}

}  // namespace

AnnouncementQueue::AnnouncementQueue(Mixer& mixer, SpokenCallback spoken, FinishedCallback finished)
    : mixer_(mixer),
      spoken_(std::move(spoken)),
      finished_(std::move(finished)),
      chime_(std::make_shared<const Pcm>(chime())),
      urgent_signal_(std::make_shared<const Pcm>(urgent_signal())) {}

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
    if (announcement.urgent && announcement.attempt > 1 && is_under_way(announcement)) return;
    if (!announcement.is_notice()) ++report_.announced;
    if (waiting_.size() >= most_waiting) {
        if (!announcement.is_notice()) ++report_.failed;
        if (!overflowing_)
            spdlog::warn("sound: {} calls wait for the voice; more are shown but not spoken", most_waiting);
        overflowing_ = true;
        return;
    }
    overflowing_ = false;
    if (announcement.urgent && announcement.attempt == 1) interrupt();
    wait({std::move(announcement), now, next_number_++});
}

// What sounds, and what was to sound next, waits again; an urgent one that sounds is spoken to its end before.
void AnnouncementQueue::interrupt() {
    const auto urgent = [](const Scheduled& one) { return one.what.announcement.urgent; };
    const auto kept = std::size_t(std::ranges::find_if_not(scheduled_, urgent) - scheduled_.begin());
    for (; scheduled_.size() > kept && scheduled_.back().silent; scheduled_.pop_back())
        wait_again(std::move(scheduled_.back().what));
    for (std::size_t i = kept; i < scheduled_.size(); ++i) scheduled_[i].cut = true;
    cut_front();
}

// The mixer cancels all that it has: what sounds now must be what is to be cut.
void AnnouncementQueue::cut_front() {
    if (scheduled_.empty() || !scheduled_.front().cut) return;
    for (Scheduled& one : scheduled_) one.cut = false;
    mixer_.cancel_announcements();
}

void AnnouncementQueue::wait(Waiting waiting) {
    const auto rank = [](const Waiting& one) { return std::pair(!one.announcement.urgent, one.number); };
    waiting_.insert(std::ranges::upper_bound(waiting_, rank(waiting), {}, rank), std::move(waiting));
}

// Of a notice that was cut the rest may be waiting still: then it goes on from the text that was cut.
void AnnouncementQueue::take_rest(Waiting& cut) {
    const auto rest = std::ranges::find(waiting_, cut.number, &Waiting::number);
    if (rest == waiting_.end()) return;
    cut.announcement.part = std::min(rest->announcement.part, cut.announcement.part);
    waiting_.erase(rest);
}

// At its old place, from the beginning of the call or of the notice's text.
void AnnouncementQueue::wait_again(Waiting cut) {
    take_rest(cut);
    wait(std::move(cut));
}

// Before all others, in their order; the texts of a notice are one again.
void AnnouncementQueue::wait_in_front(std::vector<Waiting> cut) {
    std::vector<Waiting> together;
    for (Waiting& one : cut) {
        const auto same = std::ranges::find(together, one.number, &Waiting::number);
        if (same == together.end())
            together.push_back(std::move(one));
        else
            same->announcement.part = std::min(same->announcement.part, one.announcement.part);
    }
    for (Waiting& one : together | std::views::reverse) {
        take_rest(one);
        one.number = first_number_--;
        wait(std::move(one));
    }
}

bool AnnouncementQueue::is_under_way(const Announcement& notice) const {
    const auto same = [&](const Waiting& other) { return other.announcement.call_id == notice.call_id; };
    return std::ranges::any_of(waiting_, same) || std::ranges::any_of(scheduled_, same, &Scheduled::what);
}

void AnnouncementQueue::withdraw(const std::string& notice) {
    const auto is_it = [&](const Waiting& one) {
        return one.announcement.is_notice() && one.announcement.call_id == notice;
    };
    std::erase_if(waiting_, is_it);
    std::erase_if(stood_by_, [&](const StoodBy& one) { return is_it(one.what); });
    std::erase_if(scheduled_, [&](const Scheduled& one) { return one.silent && is_it(one.what); });
    for (Scheduled& one : scheduled_)
        if (is_it(one.what)) one.over = one.cut = true;
    cut_front();
}

void AnnouncementQueue::set_duty(Duty duty, time_point now) {
    const bool begins = duty.speaks && !duty_.speaks;
    duty_ = duty;
    if (begins) take_over(now);
}

// Nobody knows how far the other came: whatever it may not have said to its end is said again. First what it is most
// likely to have been in the middle of, then what ended just now, then what was to come.
void AnnouncementQueue::take_over(time_point now) {
    hear_silence(now);
    const auto silent = std::ranges::find_if(scheduled_, &Scheduled::silent);
    std::vector<Waiting> again;
    const auto take = [&](bool started) {
        for (auto one = silent; one != scheduled_.end(); ++one)
            if (one->started == started) again.push_back(std::move(one->what));
    };
    take(true);
    for (StoodBy& ended : stood_by_) {
        if (!ended.what.announcement.is_notice()) --report_.stood_by;
        again.push_back(std::move(ended.what));
    }
    take(false);
    scheduled_.erase(silent, scheduled_.end());
    stood_by_.clear();
    wait_in_front(std::move(again));
}

// In quiet hours what is not urgent is only shown.
void AnnouncementQueue::leave_unspoken(time_point now) {
    std::erase_if(waiting_, [&](const Waiting& one) {
        if (one.announcement.urgent) return false;
        if (one.announcement.is_notice()) return true;
        ++report_.quiet;
        if (duty_.speaks && finished_)
            finished_(one.announcement, {.from = now, .until = now, .level_dbfs = silence_dbfs, .quiet = true});
        return true;
    });
}

// The silent ones come after all that the mixer has.
void AnnouncementQueue::hear_silence(time_point now) {
    while (!scheduled_.empty() && scheduled_.front().silent && scheduled_.front().from <= now) {
        Scheduled& front = scheduled_.front();
        front.started = true;
        if (now < front.until()) break;
        if (!front.what.announcement.is_notice()) ++report_.stood_by;
        stood_by_.push_back({std::move(front.what), front.until()});
        scheduled_.pop_front();
    }
    while (!stood_by_.empty() && now - stood_by_.front().ended >= may_be_unfinished) stood_by_.pop_front();
}

void AnnouncementQueue::hear(time_point now) {
    for (const Spoken& spoken : mixer_.poll_spoken()) {
        // Ends come in the order of announcing, and a start before its end.
        HALLCAST_ASSERT(!scheduled_.empty() && scheduled_.front().id == spoken.id);
        Scheduled& front = scheduled_.front();
        if (spoken.started) {
            front.started = true;
            front.from = spoken.at;
            if (!front.what.announcement.is_notice() && !front.what.begun) ++report_.spoken;
            front.what.begun = true;
            if (spoken_) spoken_(front.what.announcement, spoken.at);
        } else {
            ended(front, spoken);
            scheduled_.pop_front();
        }
    }
    cut_front();
    hear_silence(now);
}

void AnnouncementQueue::ended(Scheduled& one, const Spoken& spoken) {
    if (spoken.cancelled) return one.over ? void() : wait_again(std::move(one.what));
    if (!one.started) return count_expired(one.what);
    if (finished_)
        finished_(one.what.announcement, {.from = one.from,
                                          .until = spoken.at,
                                          .level_dbfs = level_of(spoken.mean_square),
                                          .languages = std::move(one.languages),
                                          .brief = one.brief});
}

void AnnouncementQueue::drop_expired(time_point start) {
    std::erase_if(waiting_, [&](const Waiting& one) {
        if (one.announcement.expires_at >= start) return false;
        count_expired(one);
        return true;
    });
}

// One that was heard before it was interrupted is counted as spoken already.
void AnnouncementQueue::count_expired(const Waiting& one) {
    if (!one.announcement.is_notice() && !one.begun) ++report_.expired;
}

void AnnouncementQueue::schedule_next(time_point start, Voice* voice) {
    if (waiting_.front().announcement.is_notice())
        schedule_notice(start, voice);
    else
        schedule_call(start, voice);
}

void AnnouncementQueue::schedule_call(time_point start, Voice* voice) {
    std::vector<WaitingCall> calls;
    for (const Waiting& call : waiting_) calls.push_back({call.called_at, call.announcement.expires_at});
    const Wording wording = choose_wording(calls, start, lengths_);
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    const bool spoken = schedule(std::move(next), chime_, start, [&](const Announcement& call) -> Expected<Speech> {
        if (wording == Wording::chime_only) return Speech();
        if (voice == nullptr) return fail("speech: no voice");
        return render_speech(*voice, call, wording);
    });
    if (!spoken) ++report_.failed;
    const Wording heard = spoken ? wording : Wording::chime_only;
    scheduled_.back().brief = heard != Wording::full;
    auto& length = lengths_.of(heard);
    length += (scheduled_.back().length - length) / 4;
}

// Text by text, so that an urgent notice begins to sound before all of its languages are rendered.
void AnnouncementQueue::schedule_notice(time_point start, Voice* voice) {
    Waiting& next = waiting_.front();
    Waiting now = next;
    if (++next.announcement.part == next.announcement.texts.size()) waiting_.pop_front();
    const PcmPtr signal = now.announcement.part > 0 ? nullptr : now.announcement.urgent ? urgent_signal_ : chime_;
    schedule(std::move(now), signal, start, [&](const Announcement& notice) -> Expected<Speech> {
        auto pcm = render_text(voice, notice);
        if (!pcm) return std::unexpected(pcm.error());
        return Speech{std::move(*pcm), {}};
    });
}

// A signal sounds at once where nothing else does; what is said is made meanwhile. False where that failed.
bool AnnouncementQueue::schedule(Waiting what, const PcmPtr& signal, time_point start, const Speak& speak) {
    Scheduled scheduled{.id = next_id_++,
                        .what = std::move(what),
                        .length = {},
                        .languages = {},
                        .brief = false,
                        .silent = !duty_.speaks,
                        .started = false,
                        .from = start};
    const auto not_after = scheduled.what.announcement.expires_at;
    const bool at_once = signal != nullptr && scheduled_.empty() && !scheduled.silent;
    if (at_once) HALLCAST_ASSERT(mixer_.begin(scheduled.id, signal, not_after));
    auto speech = speak(scheduled.what.announcement);
    PcmPtr said;
    if (speech) {
        scheduled.languages = std::move(speech->languages);
        if (!speech->pcm.samples.empty()) said = std::make_shared<const Pcm>(std::move(speech->pcm));
    }
    for (const PcmPtr& pcm : {signal, said})
        if (pcm) scheduled.length += pcm->duration();
    if (at_once) {
        mixer_.finish(std::move(said));
    } else if (!signal && !said) {
        return false;  // of a notice's text there is nothing to hear
    } else if (!scheduled.silent) {
        Pcm whole;
        for (const PcmPtr& pcm : {signal, said})
            if (pcm) whole.samples.insert(whole.samples.end(), pcm->samples.begin(), pcm->samples.end());
        HALLCAST_ASSERT(mixer_.announce(scheduled.id, std::make_shared<const Pcm>(std::move(whole)), not_after));
    }
    scheduled_.push_back(std::move(scheduled));
    return speech.has_value();
}

AnnouncementQueue::time_point AnnouncementQueue::step(time_point now, Voice* voice) {
    hear(now);
    auto start = now + duck_lead;
    if (!scheduled_.empty()) start = std::max(start, scheduled_.back().until() + announcement_gap);
    drop_expired(start);
    if (duty_.quiet) leave_unspoken(now);
    const auto time_to = [&] {
        return scheduled_.empty() || (scheduled_.size() == 1 && scheduled_.front().started &&
                                      scheduled_.front().until() - now < render_ahead);
    };
    while (!waiting_.empty() && time_to()) schedule_next(start, voice);  // nothing may come of a notice's text
    return scheduled_.empty() ? time_point::max() : now + poll_interval;
}

}  // namespace hallcast::sound
