#include "player/queue/day_log.h"

#include <algorithm>

#include "player/queue/apply.h"
#include "player/queue/next.h"
#include "protocol/base/error.h"

namespace hallcast::queue {
namespace {

bool is_end_of(std::uint32_t day, const v1::Event& event) {
    return event.has_day_ended() && event.day_ended().ended() == day;
}

class Recording {
  public:
    explicit Recording(const DayLog& log) : log_(log), state_(log.before()), undone_(undone_in(log.events())) {}

    DayRecord run() {
        for (const v1::Event& event : log_.events()) {
            while (!delays_.empty() && *delays_.begin() <= event.at_ms()) {
                ready_.look(state_, *delays_.begin());
                delays_.erase(delays_.begin());
            }
            if (!is_end_of(log_.day(), event) || event.day() == log_.day()) last_ms_ = event.at_ms();
            if (is_end_of(log_.day(), event)) break;
            if (!undone_.contains(event.log_seq())) record(event);
            apply(state_, event);
            ready_.look(state_, event.at_ms());
        }
        for (const auto& [number, counter] : state_.counters) {
            if (!counter.open) continue;
            const std::int64_t closing_ms = last_ms_ + 1;  // a call may be the last event
            paused(number, closing_ms);
            v1::Event& event = record_.outside.emplace_back();
            event.set_at_ms(closing_ms);
            event.set_day(log_.day());
            event.mutable_counter_closed()->set_counter(number);
        }
        // Whom the day's end found at a counter was there until then.
        for (auto& [visit, stays] : record_.stays)
            if (!stays.empty() && !stays.back().end) end(visit, last_ms_ + 1).mutable_finish_service();
        return std::move(record_);
    }

  private:
    // Before the event is applied.
    void record(const v1::Event& event) {
        switch (event.kind_case()) {
            case v1::Event::kTicketCalled:
                return called(event.ticket_called(), event.at_ms());
            case v1::Event::kServiceFinished:
                end(event.service_finished().visit_id(), event.at_ms())
                    .mutable_finish_service()
                    ->set_outcome(event.service_finished().outcome());
                return;
            case v1::Event::kVisitMissed:
                end(event.visit_missed().visit_id(), event.at_ms()).mutable_mark_no_show();
                return;
            case v1::Event::kVisitRecycled:
                end(event.visit_recycled().visit_id(), event.at_ms()).mutable_recycle();
                delays_.insert(event.visit_recycled().not_before_ms());
                return;
            case v1::Event::kVisitParked:
                end(event.visit_parked().visit_id(), event.at_ms()).mutable_park();
                parked_ms_[event.visit_parked().visit_id()] = event.at_ms();
                return;
            case v1::Event::kVisitTransferred:
                return transferred(event.visit_transferred(), event.at_ms());
            case v1::Event::kCounterClosed:
                paused(event.counter_closed().counter(), event.at_ms());  // and would have longer
                record_.outside.push_back(event);
                return;
            case v1::Event::kServiceStarted:  // within a stay
            case v1::Event::kCallRepeated:
            case v1::Event::kCallSeen:
            case v1::Event::kNoticeMade:  // moves nobody
            case v1::Event::kNoticeEnded:
            case v1::Event::kStepUndone:
                return;
            default:
                record_.outside.push_back(event);
        }
    }

    void paused(std::uint32_t counter, std::int64_t now_ms) {
        if (const auto ready_ms = ready_.ready_ms(counter, now_ms)) record_.pauses[counter].push_back(*ready_ms);
    }

    void called(const v1::TicketCalled& called, std::int64_t now_ms) {
        std::vector<Stay>& stays = record_.stays[called.visit_id()];
        if (const auto parked = parked_ms_.find(called.visit_id()); parked != parked_ms_.end()) {
            if (!stays.empty()) stays.back().away_ms = now_ms - parked->second;
            parked_ms_.erase(parked);
        } else {
            paused(called.counter(), now_ms);
        }
        Stay& stay = stays.emplace_back();
        stay.counter = called.counter();
        stay.service = state_.visits.at(called.visit_id()).service();
        stay.duration_ms = now_ms;  // when it began, until it ends
    }

    v1::Command& end(std::uint64_t visit, std::int64_t now_ms) {
        std::vector<Stay>& stays = record_.stays[visit];
        if (stays.empty())
            stays.emplace_back().duration_ms = now_ms;  // called on the day before, by a log without days
        Stay& stay = stays.back();
        stay.duration_ms = std::max<std::int64_t>(0, now_ms - stay.duration_ms);
        return stay.end.emplace();
    }

    // The command, as well as the event tells it.
    void transferred(const v1::VisitTransferred& transferred, std::int64_t now_ms) {
        v1::Transfer& transfer = *end(transferred.visit_id(), now_ms).mutable_transfer();
        transfer.set_service(transferred.service());
        transfer.set_to_counter(transferred.to_counter());
        transfer.set_to_staff(transferred.to_staff());
        transfer.set_position(transferred.rank_ms() == now_ms ? v1::Transfer::LAST
                              : transferred.rank_ms() < state_.visits.at(transferred.visit_id()).arrived_at_ms
                                  ? v1::Transfer::FIRST
                                  : v1::Transfer::BY_ARRIVAL);
        if (transferred.not_before_ms() == 0) return;
        transfer.set_delay_s(std::uint32_t(std::max<std::int64_t>(0, transferred.not_before_ms() - now_ms) / 1000));
        delays_.insert(transferred.not_before_ms());
    }

    const DayLog& log_;
    State state_;
    const std::set<std::uint64_t> undone_;
    Readiness ready_;
    std::multiset<std::int64_t> delays_;  // when somebody may be called again
    std::map<std::uint64_t, std::int64_t> parked_ms_;
    std::int64_t last_ms_ = 0;
    DayRecord record_;
};

}  // namespace

bool DayLog::add(const v1::Event& event) {
    if (event.day() < day_) {
        apply(before_, event);
        return true;
    }
    const bool ends = is_end_of(day_, event);
    if (event.day() == day_ || ends) events_.push_back(event);
    if (event.day() > day_) day_after_ = event.day();
    return event.day() == day_ && !ends;
}

// An undone step is all that one command did.
std::set<std::uint64_t> undone_in(const std::vector<v1::Event>& events) {
    std::set<std::uint64_t> undone;
    for (const v1::Event& event : events) {
        if (!event.has_step_undone()) continue;
        const std::uint64_t last = event.step_undone().undone_log_seq();
        const auto at = std::ranges::find(events, last, &v1::Event::log_seq);
        if (at == events.end()) continue;
        for (const v1::Event& other : events)
            if (other.cmd_id() == at->cmd_id()) undone.insert(other.log_seq());
    }
    return undone;
}

DayRecord record_of(const DayLog& log) { return Recording(log).run(); }

void Readiness::look(const State& state, std::int64_t now_ms) {
    for (const auto& [number, counter] : state.counters) {
        if (!counter.open || counter.visit != 0) {
            free_.erase(number);
            continue;
        }
        Free& free = free_[number];
        if (next_visit(state, number, now_ms) != 0) {
            if (!free.since_ms) free.since_ms = now_ms;
        } else if (free.since_ms) {
            free.earlier_ms += now_ms - *free.since_ms;
            free.since_ms.reset();
        }
    }
}

std::optional<std::int64_t> Readiness::ready_ms(std::uint32_t counter, std::int64_t now_ms) const {
    const auto free = free_.find(counter);
    if (free == free_.end() || (free->second.earlier_ms == 0 && !free->second.since_ms)) return std::nullopt;
    const std::int64_t since_ms = free->second.since_ms.value_or(now_ms);
    return free->second.earlier_ms + std::max<std::int64_t>(0, now_ms - since_ms);
}

std::optional<std::int64_t> Readiness::moment_of(std::uint32_t counter, std::int64_t ready_ms) const {
    const auto free = free_.find(counter);
    if (free == free_.end() || !free->second.since_ms) return std::nullopt;
    return *free->second.since_ms + std::max<std::int64_t>(0, ready_ms - free->second.earlier_ms);
}

}  // namespace hallcast::queue
