// The simulated day: an agenda of what comes from outside, of ends of stays and of calls that are due.
#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "player/queue/apply.h"
#include "player/queue/decide.h"
#include "player/queue/what_if.h"
#include "protocol/base/error.h"
#include "protocol/cmd_id.h"

namespace hallcast::queue {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

// Where on the day nobody was served at all.
constexpr std::int64_t usual_duration_ms = 5 * 60'000;

// What a clerk does in the replay.
struct Clerk {
    std::optional<Stay> stay;  // who is at the counter
    std::int64_t until_ms = never;
    bool closing = false;  // when that visitor has left
    const std::vector<std::int64_t>* pauses = nullptr;
    std::size_t pauses_taken = 0;

    // Before the next call; from the first again when more calls are made than were on the day.
    std::int64_t pause_ms() const {
        return pauses == nullptr || pauses->empty() ? 0 : (*pauses)[pauses_taken % pauses->size()];
    }
};

struct Return {
    std::int64_t at_ms = 0;
    std::uint64_t visit = 0;
    std::uint32_t counter = 0;  // which parked them
    auto operator<=>(const Return&) const = default;
};

class Replay {
  public:
    Replay(const DayLog& log, const DayRecord& record, const Counters& counters)
        : day_(log.day()), record_(record), counters_(counters), state_(log.before()) {
        for (const auto& [visit, stays] : record.stays) unused_[visit].assign(stays.begin(), stays.end());
        collect_durations();
    }

    Expected<std::vector<v1::Event>> run() {
        if (auto begun = begin(); !begun) return std::unexpected(begun.error());
        for (;;) {
            const std::int64_t next_ms = next_moment();
            if (next_ms == never) break;
            now_ms_ = std::max(now_ms_, next_ms);
            for (auto& [number, clerk] : clerks_)
                if (clerk.stay && clerk.until_ms <= now_ms_) end_stay(number, clerk);
            for (; next_outside_ < record_.outside.size() && record_.outside[next_outside_].at_ms() <= now_ms_;
                 ++next_outside_) {
                auto happened = happen(record_.outside[next_outside_]);
                if (!happened) return std::unexpected(happened.error());
            }
            while (!delays_.empty() && *delays_.begin() <= now_ms_) delays_.erase(delays_.begin());
            ready_.look(state_, now_ms_);
            while (call_who_is_due()) ready_.look(state_, now_ms_);
        }
        v1::Command end = command();
        end.mutable_end_day();
        HALLCAST_ASSERT(carry_out(end));
        return std::move(events_);
    }

  private:
    // The office of the morning, with the counter that is more.
    Expected<void> begin() {
        if (record_.outside.empty()) return {};
        const v1::Event& first = record_.outside.front();
        now_ms_ = first.at_ms();
        // The end of the day before; no command may come first, or it would end that day itself.
        if (first.has_day_ended()) take(first), ++next_outside_;
        if (std::ranges::any_of(state_.counters, [](const auto& one) { return one.second.open; }))
            return fail("counters were open all night before that day, so its log cannot be replayed alone");
        if (!counters_.like || state_.office->counters().empty()) return {};
        return apply_office(*state_.office);
    }

    Expected<void> apply_office(v1::Office office) {
        if (counters_.like) {
            const auto like = std::ranges::find(office.counters(), *counters_.like, &v1::Counter::number);
            if (like == office.counters().end())
                return fail("there is no counter {} in the office, so none can be added like it", *counters_.like);
            if (added_ == 0)
                for (const v1::Counter& one : office.counters()) added_ = std::max(added_, one.number() + 1);
            v1::Counter copy = *like;
            copy.set_number(added_);
            *office.add_counters() = std::move(copy);
        }
        v1::Command apply = command();
        *apply.mutable_apply_office()->mutable_office() = std::move(office);
        const Decision decision = decide(state_, apply, moment());
        if (decision.reply.has_rejection())
            return fail("the office of that day cannot be replayed: {}", decision.reply.rejection().message());
        take(decision);
        return {};
    }

    std::int64_t next_moment() const {
        std::int64_t next_ms = never;
        if (next_outside_ < record_.outside.size()) next_ms = record_.outside[next_outside_].at_ms();
        for (const auto& [number, clerk] : clerks_) {
            if (clerk.stay) next_ms = std::min(next_ms, clerk.until_ms);
            if (const auto due = ready_.moment_of(number, clerk.pause_ms())) next_ms = std::min(next_ms, *due);
        }
        if (!delays_.empty()) next_ms = std::min(next_ms, *delays_.begin());
        for (const Return& back : returns_)
            if (back.at_ms > now_ms_) next_ms = std::min(next_ms, back.at_ms);
        return next_ms;
    }

    // What came from outside comes as it is, where it still can.
    Expected<void> happen(const v1::Event& event) {
        switch (event.kind_case()) {
            case v1::Event::kOfficeApplied:
                return apply_office(event.office_applied().office());
            case v1::Event::kCounterOpened:
                open(event, event.counter_opened().counter());
                return {};
            case v1::Event::kCounterClosed:
                close(event.counter_closed().counter());
                if (counters_.like == event.counter_closed().counter()) close(added_);
                return {};
            case v1::Event::kStaffSignedIn:
                if (is_there(event.staff_signed_in().counter())) take(event);
                return {};
            case v1::Event::kStaffSignedOut:
                if (is_there(event.staff_signed_out().counter())) take(event);
                return {};
            case v1::Event::kVisitEnded: {
                const auto visit = state_.visits.find(event.visit_ended().visit_id());
                if (visit == state_.visits.end()) return {};
                const VisitPhase phase = visit->second.phase;
                if (phase == VisitPhase::waiting || phase == VisitPhase::parked) take(event);
                return {};
            }
            case v1::Event::kVisitReinstated: {
                const std::uint64_t id = event.visit_reinstated().visit_id();
                const auto visit = state_.visits.find(id);
                if (visit == state_.visits.end()) return {};
                if (visit->second.phase == VisitPhase::no_show)
                    take(event);
                else  // not called yet: now they are here, and will not be missed
                    forget_no_show(id);
                return {};
            }
            default:
                take(event);
                return {};
        }
    }

    bool is_there(std::uint32_t counter) const {
        return counter != counters_.without && state_.counters.contains(counter);
    }

    void open(const v1::Event& event, std::uint32_t number) {
        if (is_there(number)) open_as(event, number, number);
        if (counters_.like == number) open_as(event, added_, number);
    }
    void open_as(v1::Event event, std::uint32_t number, std::uint32_t like) {
        Clerk& clerk = clerks_[number];
        clerk.closing = false;
        if (const auto pauses = record_.pauses.find(like); pauses != record_.pauses.end())
            clerk.pauses = &pauses->second;
        event.mutable_counter_opened()->set_counter(number);
        if (number != like) event.set_cmd_id(command().cmd_id());
        if (!state_.counters.at(number).open) take(event);
    }

    void close(std::uint32_t number) {
        if (!is_there(number) || !state_.counters.at(number).open) return;
        Clerk& clerk = clerks_[number];
        clerk.closing = clerk.stay.has_value();
        if (clerk.closing) return;
        if (ready_.ready_ms(number, now_ms_)) ++clerk.pauses_taken;  // which it was in
        v1::Command close = command();
        close.mutable_close_counter()->set_counter(number);
        HALLCAST_ASSERT(carry_out(close));
    }

    // One call, of the counter with the lowest number that is due.
    bool call_who_is_due() {
        for (auto& [number, clerk] : clerks_) {
            const auto counter = state_.counters.find(number);
            if (counter == state_.counters.end() || !counter->second.open || clerk.stay) continue;
            const auto back = std::ranges::find_if(returns_, [&](const Return& one) {
                return one.at_ms <= now_ms_ && (one.counter == number || !state_.counters.contains(one.counter) ||
                                                !state_.counters.at(one.counter).open);
            });
            v1::Command call = command();
            if (back != returns_.end()) {
                const auto visit = state_.visits.find(back->visit);
                returns_.erase(back);
                if (visit == state_.visits.end() || visit->second.phase != VisitPhase::parked) continue;  // left
                call.mutable_call_ticket()->set_counter(number);
                call.mutable_call_ticket()->set_ticket(visit->second.ticket);
            } else {
                const auto due = ready_.moment_of(number, clerk.pause_ms());
                if (!due || *due > now_ms_) continue;
                ++clerk.pauses_taken;
                call.mutable_call_next()->set_counter(number);
            }
            HALLCAST_ASSERT(carry_out(call));
            clerk.stay = stay_of(state_.visits.at(counter->second.visit));
            clerk.until_ms = now_ms_ + clerk.stay->duration_ms;
            return true;
        }
        return false;
    }

    void end_stay(std::uint32_t number, Clerk& clerk) {
        const Stay stay = *std::exchange(clerk.stay, std::nullopt);
        const std::uint64_t id = state_.counters.at(number).visit;
        v1::Command end = *stay.end;
        end.MergeFrom(command());
        set_counter(end, number);
        if (!carry_out(end)) end_otherwise(end, number);
        const Visit& visit = state_.visits.at(id);
        if (visit.phase == VisitPhase::waiting && visit.not_before_ms > now_ms_) delays_.insert(visit.not_before_ms);
        if (visit.phase == VisitPhase::parked && stay.away_ms >= 0)
            returns_.insert({now_ms_ + stay.away_ms, id, number});
        if (std::exchange(clerk.closing, false)) close(number);
    }

    static void set_counter(v1::Command& command, std::uint32_t number) {
        if (command.has_transfer()) command.mutable_transfer()->set_counter(number);
        if (command.has_finish_service()) command.mutable_finish_service()->set_counter(number);
        if (command.has_mark_no_show()) command.mutable_mark_no_show()->set_counter(number);
        if (command.has_recycle()) command.mutable_recycle()->set_counter(number);
        if (command.has_park()) command.mutable_park()->set_counter(number);
    }

    // Sent to a counter that is closed now, or to this one: to the service's queue.
    void end_otherwise(v1::Command end, std::uint32_t number) {
        if (end.has_transfer()) {
            end.set_cmd_id(command().cmd_id());
            end.mutable_transfer()->clear_to_counter();
            end.mutable_transfer()->clear_to_staff();
            if (carry_out(end)) return;
        }
        v1::Command finish = command();
        finish.mutable_finish_service()->set_counter(number);
        HALLCAST_ASSERT(carry_out(finish));
    }

    // The visitor's next stay of the day; without one, a service that takes as long as another's of the day.
    Stay stay_of(const Visit& visit) {
        std::deque<Stay>& unused = unused_[visit.id];
        Stay stay;
        const bool known = !unused.empty();
        if (known) {
            stay = std::move(unused.front());
            unused.pop_front();
        } else {
            stay.end.emplace().mutable_finish_service();
        }
        if (!known || (counters_.seed && came(stay))) stay.duration_ms = drawn_ms(visit);
        return stay;
    }

    // By visit and service, so that it is the same however the visitors are called.
    std::int64_t drawn_ms(const Visit& visit) const {
        auto durations = durations_.find(visit.service());
        if (durations == durations_.end()) durations = durations_.find("");
        if (durations == durations_.end()) return usual_duration_ms;
        const std::uint64_t seed = counters_.seed.value_or(1);
        std::seed_seq mixed{std::uint32_t(seed), std::uint32_t(seed >> 32), std::uint32_t(visit.id),
                            std::uint32_t(visit.id >> 32), std::uint32_t(visit.current)};
        return durations->second[std::mt19937_64(mixed)() % durations->second.size()];
    }

    void forget_no_show(std::uint64_t visit) {
        std::deque<Stay>& unused = unused_[visit];
        const auto missed = std::ranges::find_if(unused, [](const Stay& stay) { return stay.end->has_mark_no_show(); });
        if (missed != unused.end()) unused.erase(unused.begin(), missed + 1);
    }

    // The times of those who came, by service; under "" of all services.
    void collect_durations() {
        for (const auto& [visit, stays] : record_.stays)
            for (const Stay& stay : stays)
                if (came(stay))
                    for (const std::string& service : {stay.service, std::string()})
                        durations_[service].push_back(stay.duration_ms);
    }
    static bool came(const Stay& stay) { return !stay.end->has_mark_no_show() && !stay.end->has_recycle(); }

    v1::Command command() {
        v1::Command command;
        std::string id(wire::cmd_id_bytes, '\xff');  // as no command of the log is likely to begin
        ++commands_;
        std::memcpy(id.data() + id.size() - sizeof commands_, &commands_, sizeof commands_);
        command.set_cmd_id(std::move(id));
        command.set_actor("what-if");
        return command;
    }
    Moment moment() const { return {now_ms_, 60'000, day_}; }

    // False when it is refused.
    bool carry_out(const v1::Command& command) {
        const Decision decision = decide(state_, command, moment());
        take(decision);
        return !decision.reply.has_rejection();
    }
    void take(const Decision& decision) {
        for (const v1::Event& event : decision.events) {
            apply(state_, event);
            events_.push_back(event);
        }
    }
    void take(v1::Event event) {
        event.set_log_seq(state_.log_seq + 1);
        apply(state_, event);
        events_.push_back(std::move(event));
    }

    const std::uint32_t day_;
    const DayRecord& record_;
    const Counters counters_;
    State state_;
    std::int64_t now_ms_ = 0;
    std::uint64_t commands_ = 0;
    std::uint32_t added_ = 0;  // the number of the counter that is more
    std::size_t next_outside_ = 0;
    std::map<std::uint32_t, Clerk> clerks_;  // by counter
    Readiness ready_;
    std::multiset<std::int64_t> delays_;  // when somebody may be called again
    std::set<Return> returns_;
    std::map<std::uint64_t, std::deque<Stay>> unused_;  // by visit
    std::map<std::string, std::vector<std::int64_t>, std::less<>> durations_;
    std::vector<v1::Event> events_;
};

}  // namespace

Expected<std::vector<v1::Event>> replay_day(const DayLog& log, const DayRecord& record, const Counters& counters) {
    return Replay(log, record, counters).run();
}

}  // namespace hallcast::queue
