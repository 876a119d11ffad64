#include "player/runtime/notice_schedule.h"

#include <algorithm>

namespace hallcast::runtime {

NoticeSchedule::Step NoticeSchedule::step(const v1::HallState& state, std::int64_t master_now_ms) {
    if (!began_ms_) began_ms_ = master_now_ms;
    Step step;
    std::map<std::string, std::uint32_t> holding;
    for (const v1::Notice& notice : state.notices()) {
        if (notice.expires_at_ms() <= master_now_ms) continue;
        const auto before = spoken_.find(notice.id());
        std::uint32_t& latest = holding[notice.id()];
        latest = before != spoken_.end() ? before->second : 0;
        const std::int64_t age_ms = std::max<std::int64_t>(0, master_now_ms - notice.made_at_ms());
        const bool news = notice.made_at_ms() > *began_ms_ - fresh_for_ms;
        if (!notice.urgent() && !news) continue;
        const auto attempt = notice.urgent() ? std::uint32_t(1 + age_ms / repeat_every_ms) : 1u;
        if (attempt <= latest) continue;
        latest = attempt;
        step.due.push_back({&notice, attempt});
    }
    std::reverse(step.due.begin(), step.due.end());  // a state has its newest first
    for (const auto& [id, attempt] : spoken_)
        if (!holding.contains(id)) step.over.push_back(id);
    spoken_ = std::move(holding);
    return step;
}

}  // namespace hallcast::runtime
