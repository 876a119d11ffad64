#include "player/runtime/call_schedule.h"

#include <algorithm>

namespace hallcast::runtime {

Dwell dwell_of(const layouts::Layout& layout) {
    const auto& widgets = layout.base().widgets;
    const auto call = std::ranges::find(widgets, layouts::WidgetKind::call, &layouts::Widget::kind);
    if (call == widgets.end()) return {};
    const auto time = [](double seconds) { return std::chrono::milliseconds(std::int64_t(seconds * 1000)); };
    return {time(call->seconds), time(call->least_seconds)};
}

std::vector<v1::Call> CallSchedule::update(const v1::HallState& state, std::int64_t master_now_ms) {
    std::vector<v1::Call> fresh;
    std::map<std::string, std::uint32_t> seen;
    for (const v1::Call& call : state.calls()) {
        const auto before = seen_.find(call.call_id());
        const bool known = before != seen_.end() && before->second >= call.attempt();
        seen[call.call_id()] = known ? before->second : call.attempt();
        if (known || call.phase() != v1::CALL_PHASE_CALLED || master_now_ms >= call.expires_at_ms() ||
            master_now_ms - call.called_at_ms() > fresh_for_ms)
            continue;
        fresh.push_back(call);
    }
    seen_ = std::move(seen);
    std::reverse(fresh.begin(), fresh.end());  // a state has its newest call first
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const v1::Call& a, const v1::Call& b) { return a.called_at_ms() < b.called_at_ms(); });
    for (const v1::Call& call : fresh) waiting_.push_back({{call.call_id(), call.attempt()}, call.expires_at_ms()});
    // A visitor who came to the counter need not be called any more.
    std::erase_if(waiting_, [&](const Waiting& waiting) {
        return std::none_of(state.calls().begin(), state.calls().end(), [&](const v1::Call& call) {
            return call.call_id() == waiting.call.call_id && call.phase() == v1::CALL_PHASE_CALLED;
        });
    });
    return fresh;
}

std::optional<screen::ShownCall> CallSchedule::shown(Moment now, std::int64_t master_now_ms) {
    if (shown_ && now - shown_since_ >= dwell_now()) shown_.reset();
    while (!shown_ && !waiting_.empty()) {
        const Waiting next = waiting_.front();
        waiting_.pop_front();
        if (master_now_ms >= next.expires_at_ms) continue;
        shown_ = next.call;
        shown_since_ = now;
    }
    return shown_;
}

CallSchedule::Moment CallSchedule::next_change() const { return shown_ ? shown_since_ + dwell_now() : Moment::max(); }

std::chrono::milliseconds CallSchedule::dwell_now() const {
    return std::max(dwell_.least, dwell_.usual / std::chrono::milliseconds::rep(1 + 2 * waiting_.size()));
}

}  // namespace hallcast::runtime
