#include "player/screen/conditions.h"

#include <algorithm>

namespace hallcast::screen {

namespace {

using What = layouts::Condition::What;

std::optional<OfficeTime> time_of(const Moment& moment, WallTime& until) {
    if (moment.hall()) until = std::min(until, minutes_on(moment, 1));
    return office_time(moment);
}

bool has_notice(const Moment& moment, bool urgent_only, WallTime& until) {
    if (!moment.hall()) return false;
    bool any = false;
    for (const v1::Notice& notice : moment.hall()->notices()) {
        const WallTime end = wall_time(notice.expires_at_ms()) - moment.input.master_ahead;
        if (end <= moment.input.now || (urgent_only && !notice.urgent())) continue;
        until = std::min(until, end);
        any = true;
    }
    return any;
}

bool holds(const layouts::Condition& condition, const Moment& moment, WallTime& until);

bool plain_holds(const layouts::Condition& condition, const Moment& moment, WallTime& until) {
    const v1::HallState* hall = moment.hall();
    switch (condition.what) {
        case What::open:
            return is_open(moment, until);
        case What::calls:
            return hall && std::ranges::any_of(hall->calls(), [](const v1::Call& call) {
                       return call.phase() != v1::CALL_PHASE_WITHDRAWN;
                   });
        case What::call:
            return moment.input.shown_call && !moment.stale();
        case What::notice:
            return has_notice(moment, false, until);
        case What::emergency:
            return has_notice(moment, true, until);
        case What::stale:
            return !hall || moment.stale();
        case What::film:
            return moment.input.video != nullptr;
        case What::sign:
            return moment.input.sign != nullptr;
        case What::waiting: {
            if (!hall) return false;
            std::uint64_t waiting = 0;
            for (const auto& service : hall->services()) waiting += service.waiting();
            return waiting >= std::uint64_t(condition.least) && waiting <= std::uint64_t(condition.most);
        }
        case What::time: {
            const auto time = time_of(moment, until);
            return time && condition.has_minute(time->minute);
        }
        case What::days: {
            const auto time = time_of(moment, until);
            return time && (condition.days >> timetable::weekday_of(time->date) & 1u);
        }
        case What::any: {
            bool any = false;  // all are asked, for their `until`
            for (const auto& one : condition.any) any = holds(one, moment, until) || any;
            return any;
        }
    }
    return true;
}

bool holds(const layouts::Condition& condition, const Moment& moment, WallTime& until) {
    return plain_holds(condition, moment, until) != condition.negated;
}

}  // namespace

bool is_open(const Moment& moment, WallTime& until) {
    const auto time = time_of(moment, until);
    if (!time) return true;
    const auto works = [](const v1::CounterStatus& counter) {
        return counter.activity() != v1::COUNTER_ACTIVITY_CLOSED &&
               counter.activity() != v1::COUNTER_ACTIVITY_UNSPECIFIED;
    };
    return open_by_hours(moment.hall()->profile(), *time) || std::ranges::any_of(moment.hall()->counters(), works);
}

bool has_emergency(const Moment& moment, WallTime& until) { return has_notice(moment, true, until); }

bool all_hold(std::span<const layouts::Condition> conditions, const Moment& moment, WallTime& until) {
    bool all = true;
    for (const auto& condition : conditions) all = holds(condition, moment, until) && all;
    return all;
}

}  // namespace hallcast::screen
