#include "protocol/follow.h"

#include <algorithm>
#include <tuple>

#include "protocol/hall_state.h"
#include "protocol/version.h"

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds reply_limit = 2s;         // then the question counts as lost
constexpr milliseconds fruitless_pause = 250ms;  // before asking again what the master could not tell
constexpr milliseconds error_pause = 1s;
// Two programs that compute different hashes of the same state must not ask for it at every heartbeat.
constexpr std::chrono::seconds first_compare_pause = 1s;
constexpr std::chrono::seconds longest_compare_pause = 300s;

// Without a heartbeat for this long the sync socket is asked, so that a lost event stream makes a player slow, not
// stale.
milliseconds quiet_limit(milliseconds stale_after) { return stale_after * 3 / 5; }

}  // namespace

HallFollow::HallFollow(std::string hall, FollowRules rules, Moment start, SpeakerRole role)
    : rules_(rules), hall_(std::move(hall)), ask_again_at_(start.steady), fresh_(start), role_(std::move(role)) {}

void HallFollow::connected() {
    verify_ = true;
    disconnected();
}

void HallFollow::disconnected() {
    outstanding_.reset();
    ask_again_at_ = {};
}

void HallFollow::stream(const v1::StreamMessage& message, Moment now) {
    if (message.has_event()) event(message.event(), now);
    if (message.has_heartbeat()) heartbeat(message.heartbeat(), now);
}

void HallFollow::reply(const v1::SyncReply& reply, Moment now) {
    const bool current = outstanding_ == reply.request_id();
    if (current) outstanding_.reset();
    const auto knowledge = [&] {
        return std::tuple(state_.has_value(), state_ ? state_->epoch() : 0, state_ ? state_->seq() : 0,
                          range_was_refused_, diverged_);
    };
    const auto before = knowledge();
    switch (reply.reply_case()) {
        case v1::SyncReply::kSnapshot:
            snapshot(reply.snapshot(), current, now);
            break;
        case v1::SyncReply::kRange:
            range(reply.range(), current, now);
            break;
        case v1::SyncReply::kError:  // the master has no such hall (yet), or does not understand us
            set_trouble(reply.error().message());
            break;
        default:
            break;
    }
    if (!current) return;
    // A question that is still open, and brought nothing, is not repeated at once: that would only spin.
    const bool brought_something = knowledge() != before;
    const bool open = need(now) != Need::nothing && !brought_something;
    ask_again_at_ = now.steady + (reply.has_error() ? error_pause : open ? fruitless_pause : milliseconds(0));
}

void HallFollow::tick(Moment now) {
    if (role_.tick(now.steady)) changed_ = true;
    if (stale_ || now.steady - fresh_.steady < rules_.stale_after) return;
    stale_ = true;
    changed_ = true;
}

bool HallFollow::raise_epoch(std::uint64_t epoch) {
    if (epoch < epoch_) return false;
    if (epoch > epoch_) {
        epoch_ = epoch;
        head_ = 0;
        waiting_.clear();
    }
    return true;
}

void HallFollow::event(const v1::HallEvent& event, Moment now) {
    if (event.hall() != hall_ || !raise_epoch(event.epoch())) return;
    if (state_ && state_->epoch() == epoch_ && event.seq() > std::max(head_, state_->seq()) + 1) ++statistics_.gaps;
    head_ = std::max(head_, event.seq());
    const bool same_epoch = state_ && state_->epoch() == epoch_;
    if (same_epoch && event.seq() <= state_->seq()) return;
    const bool follows = same_epoch && waiting_.empty() && event.seq() == state_->seq() + 1;
    if (follows || (same_epoch && !rules_.detect_gaps)) return apply_next(event, now);
    if (waiting_.size() >= max_waiting) waiting_.erase(std::prev(waiting_.end()));
    waiting_.emplace(event.seq(), event);
    apply_waiting(now);
}

void HallFollow::apply_waiting(Moment now) {
    if (!state_ || state_->epoch() != epoch_) return;
    while (!waiting_.empty() && waiting_.begin()->first <= state_->seq() + 1) {
        const auto first = waiting_.extract(waiting_.begin());
        if (first.key() == state_->seq() + 1) apply_next(first.mapped(), now);
    }
}

void HallFollow::apply_next(const v1::HallEvent& event, Moment now) {
    apply(*state_, event);
    ++statistics_.events_applied;
    hash_.clear();
    if (std::ranges::any_of(event.changes(), &v1::HallChange::has_profile)) profile_hash_.clear();
    state_changed_ = true;
    range_was_refused_ = false;
    if (!behind()) mark_fresh(now);
}

void HallFollow::heartbeat(const v1::Heartbeat& heartbeat, Moment now) {
    if (heartbeat.hall() != hall_) return;
    if (!is_our_version(heartbeat.version()))
        return set_trouble(
            fmt::format("the master speaks version {} of the protocol, this program version {}: install the master's "
                        "hallcast here",
                        heartbeat.version(), protocol_version));
    if (!raise_epoch(heartbeat.epoch())) return;
    head_ = std::max(head_, heartbeat.head_seq());
    if (heartbeat.content_version() != content_version_) {
        content_version_ = heartbeat.content_version();
        changed_ = true;
    }
    if (role_.heard(heartbeat, now.steady)) changed_ = true;
    compare_hash(heartbeat, now);
    if (state_ && !behind()) mark_fresh(now);
}

void HallFollow::compare_hash(const v1::Heartbeat& heartbeat, Moment now) {
    if (!rules_.compare_hashes || heartbeat.state_hash().empty() || diverged_ || now.steady < compare_again_at_) return;
    if (!state_ || state_->epoch() != heartbeat.epoch() || state_->seq() != heartbeat.hash_seq()) return;
    if (hash() == heartbeat.state_hash()) {
        compare_pause_ = first_compare_pause;
        return;
    }
    ++statistics_.hash_mismatches;
    diverged_ = true;
    compare_again_at_ = now.steady + compare_pause_;
    compare_pause_ = std::min(longest_compare_pause, compare_pause_ * 2);
}

const std::string& HallFollow::hash() {
    if (!hash_.empty() || !state_) return hash_;
    if (profile_hash_.empty()) profile_hash_ = profile_hash(state_->profile());
    return hash_ = state_hash(*state_, profile_hash_);
}

void HallFollow::set_trouble(std::string trouble) {
    if (trouble == trouble_) return;
    trouble_ = std::move(trouble);
    changed_ = true;
}

void HallFollow::replace_state(const v1::HallState& state) {
    state_ = state;
    ++statistics_.snapshots;
    diverged_ = false;
    hash_.clear();
    profile_hash_.clear();
    state_changed_ = true;
}

void HallFollow::snapshot(const v1::HallState& snapshot, bool current, Moment now) {
    if (snapshot.hall().empty() || (!hall_.empty() && snapshot.hall() != hall_)) return;
    if (hall_.empty()) {
        hall_ = snapshot.hall();
        verify_ = true;  // only from now on its events are listened to
    }
    if (!raise_epoch(snapshot.epoch())) return;
    range_was_refused_ = false;
    head_ = std::max(head_, snapshot.seq());
    const bool older = state_ && state_->epoch() == epoch_ && snapshot.seq() < state_->seq();
    if (!older) {
        replace_state(snapshot);
        apply_waiting(now);
    }
    if (current && !behind()) mark_fresh(now);
}

void HallFollow::range(const v1::Range& range, bool current, Moment now) {
    const std::uint64_t before = state_ ? state_->seq() : 0;
    for (const v1::HallEvent& missed : range.events()) event(missed, now);
    if (!current) return;
    const bool advanced = state_ && state_->seq() > before;
    if (!range.complete() || (behind() && !advanced))
        range_was_refused_ = true;
    else if (!behind())
        mark_fresh(now);
}

bool HallFollow::behind() const {
    if (!state_ || state_->epoch() != epoch_ || diverged_) return true;
    return rules_.detect_gaps && state_->seq() < head_;
}

void HallFollow::mark_fresh(Moment now) {
    fresh_ = now;
    set_trouble("");
    if (stale_) changed_ = true;
    stale_ = false;
}

HallFollow::Need HallFollow::need(Moment now) const {
    if (!state_ || state_->epoch() != epoch_ || range_was_refused_ || diverged_) return Need::snapshot;
    if (behind() || verify_) return Need::range;
    return now.steady - fresh_.steady >= quiet_limit(rules_.stale_after) ? Need::range : Need::nothing;
}

bool HallFollow::wants_request(Moment now) const { return need(now) != Need::nothing && now.steady >= ask_again_at_; }

std::optional<v1::SyncRequest> HallFollow::take_request(Moment now) {
    if (!wants_request(now)) return std::nullopt;
    v1::SyncRequest request;
    request.set_version(protocol_version);
    request.set_minor(protocol_minor);
    request.set_request_id(++last_request_);
    if (need(now) == Need::snapshot) {
        request.mutable_snapshot()->set_hall(hall_);
    } else {
        request.mutable_range()->set_hall(hall_);
        request.mutable_range()->set_epoch(state_->epoch());
        request.mutable_range()->set_from_seq(state_->seq() + 1);
    }
    verify_ = false;
    outstanding_ = last_request_;
    ask_again_at_ = now.steady + reply_limit;
    return request;
}

steady_clock::time_point HallFollow::next(Moment now, bool can_ask) const {
    const auto by_time =
        std::min(role_.next(), stale_ ? steady_clock::time_point::max() : fresh_.steady + rules_.stale_after);
    if (!can_ask) return by_time;
    const auto wanted_at = need(now) == Need::nothing ? fresh_.steady + quiet_limit(rules_.stale_after) : now.steady;
    return std::min(by_time, std::max(wanted_at, ask_again_at_));
}

std::shared_ptr<const Followed> HallFollow::take_changed() {
    if (!changed_ && !state_changed_) return nullptr;
    // Copied once for all events that came together, not for each.
    if (state_changed_) shared_state_ = std::make_shared<const v1::HallState>(*state_);
    changed_ = state_changed_ = false;
    auto followed = std::make_shared<Followed>();
    followed->state = shared_state_;
    if (stale_) followed->stale_since = fresh_.wall;
    followed->content_version = content_version_;
    followed->speaks = role_.speaks();
    followed->trouble = trouble_;
    return followed;
}

}  // namespace hallcast::wire
