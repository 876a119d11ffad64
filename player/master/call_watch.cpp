#include "player/master/call_watch.h"

#include <algorithm>
#include <utility>

namespace hallcast::master {
namespace {

using std::chrono::milliseconds;

// How long the screens get for each repeat; after the last nothing more is tried.
constexpr milliseconds patience_after_repeat[CallWatch::most_repeats] = {std::chrono::seconds(2),
                                                                         std::chrono::seconds(5), milliseconds::max()};
constexpr milliseconds ask_again{1000};

}  // namespace

void CallWatch::found(const v1::HallState& state) {
    for (const v1::Call& call : state.calls()) {
        Watched& watched = calls_[{state.hall(), call.call_id()}];
        watched.call = call;
        watched.since = call.attempt();
        watched.repeats = most_repeats;
        watched.expires_at = Moment::min();
        watched.last_event = ++events_;
    }
    forget_oldest();
}

void CallWatch::hall_event(const v1::HallEvent& event, Moment now) {
    for (const v1::HallChange& change : event.changes()) {
        if (!change.has_call()) continue;
        const v1::Call& call = change.call();
        const auto [entry, fresh] = calls_.try_emplace({event.hall(), call.call_id()});
        Watched& watched = entry->second;
        const bool new_attempt = call.attempt() != watched.call.attempt();
        watched.call = call;
        watched.last_event = ++events_;
        watched.expires_at = now + milliseconds(call.expires_at_ms() - event.at_ms());
        // A call of long ago that comes back by an undo was made by another event.
        const bool made_now = new_attempt && call.called_at_ms() == event.at_ms();
        if (fresh && !made_now) watched.repeats = most_repeats;
        if (fresh || (made_now && !call.unseen())) watched.since = call.attempt();
        if (made_now && !call.unseen()) {
            watched.seen = false;
            watched.repeats = 0;
            watched.due =
                unseen_after_ == milliseconds::zero() ? Moment::max() : std::max(now + unseen_after_, missed_from_);
        } else if (made_now) {
            const int repeats = std::clamp(watched.repeats, 1, most_repeats);
            const milliseconds patience = patience_after_repeat[repeats - 1];
            watched.due = patience == milliseconds::max() ? Moment::max() : now + patience;
        }
        plan(watched, now);
    }
    forget_oldest();
}

void CallWatch::shown(const std::string& hall, const std::string& call_id, std::uint32_t attempt, Moment now) {
    const auto entry = calls_.find({hall, call_id});
    if (entry == calls_.end()) return;
    Watched& watched = entry->second;
    // Before the clerk called again, or of an attempt that nobody has made.
    if (attempt < watched.since || attempt > watched.call.attempt()) return;
    const bool before = std::exchange(watched.seen, true);
    if (!before) plan(watched, now);
}

// What follows from all but the time: nothing is missed that was seen or is over.
void CallWatch::plan(Watched& watched, Moment now) const {
    if (!awaited(watched))
        watched.due = Moment::max();
    else if (watched.seen)
        watched.due = watched.call.unseen() ? now : Moment::max();
}

std::vector<CallWatch::Wanted> CallWatch::take_due(Moment now) {
    std::vector<Wanted> wanted;
    for (auto& [key, watched] : calls_) {
        if (watched.due > now) continue;
        if (watched.seen) {
            watched.due = now + ask_again;
            wanted.push_back({Wanted::What::confirm, key.first, watched.call, watched.repeats});
        } else if (watched.repeats < most_repeats && now < watched.expires_at &&
                   unseen_after_ != milliseconds::zero()) {
            watched.due = now + ask_again;
            wanted.push_back({Wanted::What::repeat, key.first, watched.call, ++watched.repeats});
        } else {
            watched.due = Moment::max();
        }
    }
    return wanted;
}

CallWatch::Moment CallWatch::next_due() const {
    Moment next = Moment::max();
    for (const auto& [key, watched] : calls_) next = std::min(next, watched.due);
    return next;
}

void CallWatch::forget_oldest() {
    while (calls_.size() > most_calls)
        calls_.erase(std::ranges::min_element(calls_, {}, [](const auto& one) { return one.second.last_event; }));
}

}  // namespace hallcast::master
