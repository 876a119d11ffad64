#include "player/queue/apply.h"

#include <algorithm>
#include <utility>

#include "player/queue/next.h"
#include "player/queue/time_units.h"
#include "player/queue/waits.h"
#include "protocol/base/error.h"
#include "protocol/hall_state.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t most_hours = 24;

template <typename T>
void touch(std::vector<T>& things, const T& thing) {
    if (std::ranges::find(things, thing) == things.end()) things.push_back(thing);
}

// A call that is new, or new by its attempt, comes to the front; the others stay where they are. One that has fallen
// off the full board comes back by a recall only.
void show(Board& board, const v1::Call& call, bool new_attempt) {
    auto known =
        std::ranges::find_if(board.calls, [&](const auto& other) { return other.call_id() == call.call_id(); });
    if (known != board.calls.end()) {
        *known = call;
        if (new_attempt) std::rotate(board.calls.begin(), known, known + 1);
    } else if (new_attempt) {
        board.calls.insert(board.calls.begin(), call);
        if (board.calls.size() > wire::max_calls) board.calls.pop_back();
    }
}

VisitPhase phase_of(v1::Outcome outcome) {
    return outcome == v1::OUTCOME_CANCELLED ? VisitPhase::cancelled
           : outcome == v1::OUTCOME_REMOVED ? VisitPhase::removed
                                            : VisitPhase::expired;
}

class Applying {
  public:
    Applying(State& state, const v1::Event& event) : state_(state), event_(event) {}

    Touched run() {
        HALLCAST_ASSERT(event_.log_seq() == state_.log_seq + 1);
        state_.log_seq = event_.log_seq();
        state_.day = std::max(state_.day, event_.day());
        state_.bookings.latest_ms = std::max(state_.bookings.latest_ms, event_.at_ms());
        end_notices([&](const HallNotice& one) { return one.notice.expires_at_ms() <= event_.at_ms(); });
        switch (event_.kind_case()) {
            case v1::Event::kOfficeApplied:
                apply_office(event_.office_applied().office());
                break;
            case v1::Event::kTicketIssued:
                issue(event_.ticket_issued());
                break;
            case v1::Event::kCounterOpened:
                counter(event_.counter_opened().counter()).open = true;
                break;
            case v1::Event::kCounterClosed:
                close(counter(event_.counter_closed().counter()));
                break;
            case v1::Event::kTicketCalled:
                call(event_.ticket_called());
                break;
            case v1::Event::kCallRepeated:
                repeat(event_.call_repeated());
                break;
            case v1::Event::kServiceStarted:
                start(event_.service_started());
                break;
            case v1::Event::kServiceFinished:
                finish(event_.service_finished());
                break;
            case v1::Event::kVisitMissed:
                miss(event_.visit_missed());
                break;
            case v1::Event::kVisitTransferred:
                transfer(event_.visit_transferred());
                break;
            case v1::Event::kVisitParked:
                park(event_.visit_parked());
                break;
            case v1::Event::kVisitRecycled:
                recycle(event_.visit_recycled());
                break;
            case v1::Event::kVisitReinstated:
                reinstate(event_.visit_reinstated());
                break;
            case v1::Event::kVisitEnded:
                end_visit(event_.visit_ended());
                break;
            case v1::Event::kStepUndone:
                undo(event_.step_undone());
                break;
            case v1::Event::kDayEnded:
                end_day(event_.day_ended());
                break;
            case v1::Event::kStaffSignedIn:
                counter(event_.staff_signed_in().counter()).staff = event_.staff_signed_in().staff();
                break;
            case v1::Event::kStaffSignedOut:
                counter(event_.staff_signed_out().counter()).staff.clear();
                break;
            case v1::Event::kNumbersLeased:
                lease(event_.numbers_leased());
                break;
            case v1::Event::kSlotHeld:
                queue::apply(state_.bookings, event_.slot_held(), state_.bookings.latest_ms);
                break;
            case v1::Event::kAppointmentConfirmed:
                queue::apply(state_.bookings, event_.appointment_confirmed());
                break;
            case v1::Event::kAppointmentMoved:
                queue::apply(state_.bookings, event_.appointment_moved(), state_.bookings.latest_ms);
                break;
            case v1::Event::kAppointmentCancelled:
                queue::apply(state_.bookings, event_.appointment_cancelled());
                break;
            case v1::Event::kContactForgotten:
                queue::apply(state_.bookings, event_.contact_forgotten());
                break;
            case v1::Event::kDrawOpened:
                queue::apply(state_.bookings, event_.draw_opened());
                break;
            case v1::Event::kDrawEntered:
                queue::apply(state_.bookings, event_.draw_entered());
                break;
            case v1::Event::kDrawHeld:
                queue::apply(state_.bookings, event_.draw_held(), state_.bookings.latest_ms);
                break;
            case v1::Event::kCallSeen:
                see(event_.call_seen());
                break;
            case v1::Event::kNoticeMade:
                make_notice(event_.notice_made());
                break;
            case v1::Event::kNoticeEnded:
                end_notices([&](const HallNotice& one) { return one.notice.id() == event_.notice_ended().id(); });
                break;
            case v1::Event::KIND_NOT_SET:
                HALLCAST_ASSERT(!"the store gives no event of an unknown kind");
        }
        for (const std::uint32_t number : touched_.counters) state_.counters.at(number).version = event_.log_seq();
        forget_oldest();
        forecast_waits();
        return std::move(touched_);
    }

  private:
    Visit& visit(std::uint64_t id) {
        const auto found = state_.visits.find(id);
        HALLCAST_ASSERT(found != state_.visits.end());
        touch(touched_.visits, id);
        found->second.changed_at = event_.log_seq();
        return found->second;
    }
    CounterState& counter(std::uint32_t number) {
        const auto found = state_.counters.find(number);
        HALLCAST_ASSERT(found != state_.counters.end());
        touch(touched_.counters, number);
        return found->second;
    }
    ServiceState& service(const std::string& id) {
        const auto found = state_.services.find(id);
        HALLCAST_ASSERT(found != state_.services.end());
        touch(touched_.services, id);
        return found->second;
    }

    // Every change of a phase goes through these two, which keep the queues.
    void enter_queue(Visit& visit) {
        visit.phase = VisitPhase::waiting;
        ServiceState& queue = service(visit.service());
        const Serving found = serving(state_, visit.service());
        const bool fresh = (visit.appointment_ms != 0 ? queue.booked : queue.walk_ins).insert(place_of(visit)).second;
        HALLCAST_ASSERT(fresh);
        queue.arrivals.insert(visit.arrived_at_ms);
        observe(state_.waits, queue.waits, event_.at_ms(), std::uint32_t(queue.waiting()), found.open, found.idle);
        if (visit.only_counter != 0 || !visit.only_staff.empty()) state_.sent.insert(visit.id);
    }
    void leave_queue(const Visit& visit) {
        if (visit.phase != VisitPhase::waiting) return;
        ServiceState& queue = service(visit.service());
        const auto gone = (visit.appointment_ms != 0 ? queue.booked : queue.walk_ins).erase(place_of(visit));
        HALLCAST_ASSERT(gone == 1);
        queue.arrivals.erase(queue.arrivals.find(visit.arrived_at_ms));
        state_.sent.erase(visit.id);
        forget(queue.waits, visit.id);
        observe(state_.waits, queue.waits, event_.at_ms(), std::uint32_t(queue.waiting()),
                queue.waits.pace.open_counters, true);
    }
    // A wait begins from which the estimate learns: before the visitor is in the queue.
    void follow_wait(const Visit& visit) {
        ServiceState& queue = service(visit.service());
        const std::size_t ahead = ahead_of(queue, place_of(visit));
        follow(state_.waits, queue.waits, visit.id,
               {event_.at_ms(), std::uint32_t(ahead + 1), ahead == 0 && serving(state_, visit.service()).idle});
    }

    // The published estimates change with what is published anyway: the services concerned, and those whose counters
    // have become idle or busy, opened or closed.
    void forecast_waits() {
        const bool hours = event_.has_counter_opened() || event_.has_counter_closed() || event_.has_day_ended();
        for (const std::uint32_t number : touched_.counters) {
            const CounterState& at = state_.counters.at(number);
            const bool idle = is_idle(state_, at);
            for_each_service(state_, at, [&](const std::string& id, const ServiceState& queue) {
                if (hours || idle != queue.waits.idle) touch(touched_.services, id);
            });
        }
        const auto look = [&](const std::string& id, ServiceState& queue) {
            const Serving now = serving(state_, id);
            queue.waits.idle = now.idle;
            observe(state_.waits, queue.waits, event_.at_ms(), std::uint32_t(queue.waiting()), now.open, true);
            queue.waits.newcomer =
                forecast(state_.waits, queue.waits, {event_.at_ms(), std::uint32_t(queue.waiting() + 1), now.idle});
        };
        if (touched_.all) {
            for (auto& [id, queue] : state_.services) look(id, queue);
        } else {
            for (const std::string& id : touched_.services) look(id, state_.services.find(id)->second);
        }
    }
    void end(Visit& visit, VisitPhase phase) {
        leave_queue(visit);
        visit.phase = phase;
        visit.ended_at_ms = event_.at_ms();
        state_.ended.push_back(visit.id);
    }
    void forget_oldest() {
        while (state_.ended.size() > max_ended) {
            const auto oldest = state_.visits.find(state_.ended.front());
            if (const auto ticket = state_.visit_of_ticket.find(oldest->second.ticket); ticket->second == oldest->first)
                state_.visit_of_ticket.erase(ticket);
            state_.visits.erase(oldest);
            state_.ended.pop_front();
        }
    }
    void unend(const Visit& visit) {
        const auto at = std::find(state_.ended.rbegin(), state_.ended.rend(), visit.id);
        HALLCAST_ASSERT(at != state_.ended.rend());
        state_.ended.erase(std::next(at).base());
    }

    // Shows the visit's call, as it is now, on the board of the hall where it was called.
    void show_call(const Visit& visit, bool new_attempt) {
        const auto hall = state_.counters.find(visit.call.counter());
        if (hall == state_.counters.end()) return;  // an office without that counter was applied since
        show(state_.boards[hall->second.hall], visit.call, new_attempt);
    }
    void set_call_phase(Visit& visit, v1::CallPhase phase) {
        if (visit.call.call_id().empty()) return;
        visit.call.set_phase(phase);
        show_call(visit, false);
    }

    // What undo needs, before a step at a counter changes anything. A step is all that one command does.
    void remember(CounterState& counter, const Visit& visit) {
        if (!counter.undo || counter.undo->cmd_id != event_.cmd_id())
            counter.undo =
                Undo{0, event_.cmd_id(), {}, counter.visit, counter.appointments_in_a_row, counter.last_group};
        counter.undo->log_seq = event_.log_seq();
        counter.undo->visits.push_back({visit, event_.log_seq()});
    }
    // Whom the counter has, for a step that takes them away.
    std::pair<CounterState&, Visit&> taken_from(std::uint32_t number, std::uint64_t id) {
        CounterState& at = counter(number);
        HALLCAST_ASSERT(at.visit == id);
        remember(at, state_.visits.at(id));
        at.visit = 0;
        return {at, visit(id)};
    }

    void apply_office(const v1::Office& office) {
        touched_.all = true;
        std::map<std::string, ServiceState, std::less<>> services;
        for (const v1::Service& described : office.services()) {
            auto known = state_.services.find(described.id());
            ServiceState& next = services[described.id()];
            if (known != state_.services.end()) next = std::move(known->second);
            next.prefix = described.prefix().empty() ? described.id() : described.prefix();
        }
        std::map<std::uint32_t, CounterState> counters;
        for (const v1::Counter& described : office.counters()) {
            auto known = state_.counters.find(described.number());
            CounterState& next = counters[described.number()];
            if (known != state_.counters.end()) next = std::move(known->second);
            next.hall = described.hall().empty() ? office.halls(0).id() : described.hall();
            next.services.assign(described.services().begin(), described.services().end());
            next.profile = described.profile();
            next.undo.reset();  // what it would go back to may be gone
        }
        for (const v1::Hall& hall : office.halls()) state_.boards.try_emplace(hall.id());
        end_notices([&](const HallNotice& one) {
            return !one.hall.empty() &&
                   std::ranges::none_of(office.halls(), [&](const v1::Hall& hall) { return hall.id() == one.hall; });
        });
        state_.services = std::move(services);
        state_.counters = std::move(counters);
        state_.office = std::make_shared<const v1::Office>(office);
        state_.plan = std::make_shared<const BookingPlan>(office);
    }

    void issue(const v1::TicketIssued& issued) {
        HALLCAST_ASSERT(issued.visit_id() == state_.last_visit + 1);
        state_.last_visit = issued.visit_id();
        const std::int64_t arrived_at_ms = issued.arrived_at_ms() != 0 ? issued.arrived_at_ms() : event_.at_ms();

        Series& series = state_.series[issued.prefix()];
        begin_day(series, issued.day());
        if (issued.lease() != 0) {
            const auto lease = series.leases.find(issued.lease());
            HALLCAST_ASSERT(lease != series.leases.end() && issued.number() == lease->second.next);
            if (lease->second.next++ == lease->second.last) series.leases.erase(lease);
        } else {
            HALLCAST_ASSERT(series.last == 0 || issued.number() == series.last + 1);
            series.last = issued.number();
        }
        ServiceState& queue = service(issued.service());
        // Who has an appointment takes no walk-in's ticket away.
        if (issued.lease() == 0 && issued.appointment_ms() == 0) count_tickets(queue, 1);

        Visit made;
        made.id = issued.visit_id();
        made.services.push_back(issued.service());
        made.services.insert(made.services.end(), issued.then().begin(), issued.then().end());
        made.ticket = issued.ticket();
        made.language = issued.language();
        made.arrived_at_ms = made.rank_ms = arrived_at_ms;
        made.group = issued.group();
        made.head_start_ms = issued.head_start_ms();
        made.appointment_ms = issued.appointment_ms();
        made.changed_at = event_.log_seq();
        if (issued.appointment() != 0) check_in(state_.bookings, issued.appointment(), made.ticket);
        state_.visit_of_ticket[made.ticket] = made.id;
        const bool printed_before = issued.lease() != 0;  // its wait began with somebody else's number of people ahead
        Visit& one = state_.visits.try_emplace(made.id, std::move(made)).first->second;
        if (!printed_before) follow_wait(one);
        enter_queue(one);
    }

    void count_tickets(ServiceState& queue, std::uint32_t count) {
        if (queue.day != state_.day) queue.day = state_.day, queue.tickets_today = 0;
        queue.tickets_today += count;
        queue.tickets_by_hour[event_.at_ms() / hour_ms] += count;
        if (queue.tickets_by_hour.size() > most_hours) queue.tickets_by_hour.erase(queue.tickets_by_hour.begin());
    }

    void begin_day(Series& series, std::uint32_t day) {
        if (series.day == day) return;
        HALLCAST_ASSERT(series.day < day || day == 0);
        series.day = day;
        series.last = 0;
        series.leases.clear();
    }

    void lease(const v1::NumbersLeased& leased) {
        HALLCAST_ASSERT(leased.lease() == state_.last_lease + 1);
        state_.last_lease = leased.lease();
        Series& series = state_.series[leased.prefix()];
        begin_day(series, leased.day());
        HALLCAST_ASSERT(series.last == 0 || leased.first() == series.last + 1);
        series.last = leased.last();
        count_tickets(service(leased.service()), leased.last() - leased.first() + 1);
        series.leases[leased.lease()] = {leased.kiosk(), leased.first(), leased.last()};
    }

    void close(CounterState& closed) {
        closed.open = false;
        closed.undo.reset();
    }

    void call(const v1::TicketCalled& called) {
        CounterState& at = counter(called.counter());
        Board& board = state_.boards[called.hall()];
        HALLCAST_ASSERT(at.open && at.visit == 0 && called.call_seq() == board.last_call_seq + 1);
        remember(at, state_.visits.at(called.visit_id()));
        Visit& one = visit(called.visit_id());
        HALLCAST_ASSERT(one.phase == VisitPhase::waiting || one.phase == VisitPhase::parked);
        touch(touched_.services, one.service());
        if (one.phase == VisitPhase::waiting)
            queue::called(state_.waits, service(one.service()).waits, one.id, event_.at_ms());
        leave_queue(one);
        board.last_call_seq = called.call_seq();
        at.visit = one.id;
        at.appointments_in_a_row = one.appointment_ms != 0 ? at.appointments_in_a_row + 1 : 0;
        at.last_group = one.group;
        one.phase = VisitPhase::called;
        one.call = make_call(one, called, event_.at_ms());
        show(board, one.call, true);
    }

    // The counter where that call's visitor is awaited or served.
    std::pair<const std::uint32_t, CounterState>& counter_with(const std::string& call_id) {
        const auto at = std::ranges::find_if(state_.counters, [&](const auto& entry) {
            return entry.second.visit != 0 && state_.visits.at(entry.second.visit).call.call_id() == call_id;
        });
        HALLCAST_ASSERT(at != state_.counters.end());
        return *at;
    }
    // What the screens did is no step of anybody's: neither the counter nor the visit is another one for it.
    Visit& looked_at(CounterState& at) {
        touch(touched_.visits, at.visit);
        return state_.visits.at(at.visit);
    }

    void repeat(const v1::CallRepeated& repeated) {
        auto& [number, at] = counter_with(repeated.call_id());
        Visit& one = looked_at(at);
        one.call.set_attempt(repeated.attempt());
        one.call.set_called_at_ms(event_.at_ms());
        one.call.set_expires_at_ms(repeated.expires_at_ms());
        one.call.set_unseen(repeated.unseen());
        show_call(one, true);
        if (repeated.unseen()) return;
        touch(touched_.counters, number);
        one.changed_at = event_.log_seq();
        // To call once more does not take the call itself back from undo.
        if (at.undo)
            for (Undo::Changed& changed : at.undo->visits)
                if (changed.before.id == one.id) changed.changed_at = event_.log_seq();
    }

    void see(const v1::CallSeen& seen) {
        Visit& one = looked_at(counter_with(seen.call_id()).second);
        one.call.set_unseen(false);
        show_call(one, false);
    }

    void start(const v1::ServiceStarted& started) {
        CounterState& at = counter(started.counter());
        remember(at, state_.visits.at(started.visit_id()));
        Visit& one = visit(started.visit_id());
        HALLCAST_ASSERT(one.phase == VisitPhase::called);
        one.phase = VisitPhase::serving;
        set_call_phase(one, v1::CALL_PHASE_SERVING);
    }

    void finish(const v1::ServiceFinished& finished) {
        auto [at, one] = taken_from(finished.counter(), finished.visit_id());
        set_call_phase(one, v1::CALL_PHASE_FINISHED);
        if (finished.next_service().empty()) return end(one, VisitPhase::finished);
        ++one.current;
        HALLCAST_ASSERT(one.current < one.services.size() && one.service() == finished.next_service());
        stand_anew(one, one.arrived_at_ms);
        follow_wait(one);
        enter_queue(one);
    }

    static void stand_anew(Visit& visit, std::int64_t rank_ms) {
        visit.rank_ms = rank_ms;
        visit.not_before_ms = 0;
        visit.only_counter = 0;
        visit.only_staff.clear();
        visit.recycled = 0;
        visit.appointment_ms = 0;  // it was for what is over now
    }

    void miss(const v1::VisitMissed& missed) {
        auto [at, one] = taken_from(missed.counter(), missed.visit_id());
        set_call_phase(one, v1::CALL_PHASE_NO_SHOW);
        end(one, VisitPhase::no_show);
    }

    void transfer(const v1::VisitTransferred& transferred) {
        auto [at, one] = taken_from(transferred.counter(), transferred.visit_id());
        set_call_phase(one, v1::CALL_PHASE_WITHDRAWN);
        stand_anew(one, transferred.rank_ms());
        one.services[one.current] = transferred.service();
        one.not_before_ms = transferred.not_before_ms();
        one.only_counter = transferred.to_counter();
        one.only_staff = transferred.to_staff();
        enter_queue(one);
    }

    void park(const v1::VisitParked& parked) {
        auto [at, one] = taken_from(parked.counter(), parked.visit_id());
        set_call_phase(one, v1::CALL_PHASE_WITHDRAWN);
        one.phase = VisitPhase::parked;
    }

    void recycle(const v1::VisitRecycled& recycled) {
        auto [at, one] = taken_from(recycled.counter(), recycled.visit_id());
        set_call_phase(one, v1::CALL_PHASE_WITHDRAWN);
        one.not_before_ms = recycled.not_before_ms();
        ++one.recycled;
        enter_queue(one);
    }

    void reinstate(const v1::VisitReinstated& reinstated) {
        Visit& one = visit(reinstated.visit_id());
        HALLCAST_ASSERT(one.phase == VisitPhase::no_show);
        unend(one);
        stand_anew(one, reinstated.rank_ms());
        one.ended_at_ms = 0;
        enter_queue(one);
    }

    void end_visit(const v1::VisitEnded& ended) {
        Visit& one = visit(ended.visit_id());
        HALLCAST_ASSERT(one.phase == VisitPhase::waiting || one.phase == VisitPhase::parked);
        touch(touched_.services, one.service());
        end(one, phase_of(ended.outcome()));
    }

    void undo(const v1::StepUndone& undone) {
        CounterState& at = counter(undone.counter());
        HALLCAST_ASSERT(at.undo && at.undo->log_seq == undone.undone_log_seq());
        const Undo back = *std::exchange(at.undo, std::nullopt);
        for (const auto& [before, changed_at] : back.visits) {
            Visit& one = visit(before.id);
            leave_queue(one);
            if (is_over(one.phase)) unend(one);
            // A call that did not happen after all is taken from the board.
            if (one.call.call_id() != before.call.call_id()) {
                v1::Call call = one.call;
                call.set_phase(v1::CALL_PHASE_WITHDRAWN);
                one.call = call;
                show_call(one, false);
                touched_.withdrawn.push_back(std::move(call));
            }
            const v1::Call now = one.call;
            one = before;
            one.changed_at = event_.log_seq();
            if (one.phase == VisitPhase::waiting) {
                enter_queue(one);
            } else if (!one.call.call_id().empty()) {
                if (now.call_id() == one.call.call_id()) one.call.set_attempt(now.attempt());  // it was heard
                show_call(one, false);
            }
        }
        at.visit = back.visit;
        at.appointments_in_a_row = back.appointments_in_a_row;
        at.last_group = back.last_group;
    }

    void make_notice(const v1::NoticeMade& made) {
        ++state_.last_notice;
        state_.notices.push_back({made.hall(), made.notice()});
        touched_.notices.push_back(state_.notices.back());
    }

    template <typename Which>
    void end_notices(Which which) {
        for (const HallNotice& one : state_.notices)
            if (which(one)) touched_.notices.emplace_back(one).notice.set_over(true);
        std::erase_if(state_.notices, which);
    }

    void end_day(const v1::DayEnded& ended) {
        for (auto& [number, at] : state_.counters) {
            if (!at.open && at.staff.empty() && at.visit == 0) continue;
            touch(touched_.counters, number);
            close(at);
            at.staff.clear();
            at.visit = 0;
            at.appointments_in_a_row = 0;
            at.last_group = 0;
        }
        for (const std::uint64_t id : ended.finished()) {
            Visit& one = visit(id);
            set_call_phase(one, v1::CALL_PHASE_FINISHED);
            end(one, VisitPhase::finished);
        }
        for (const std::uint64_t id : ended.expired()) {
            Visit& one = visit(id);
            touch(touched_.services, one.service());
            if (one.phase == VisitPhase::called) set_call_phase(one, v1::CALL_PHASE_WITHDRAWN);
            end(one, VisitPhase::expired);
        }
        queue::end_day(state_.bookings, last_day_ended(ended.ended(), event_.day()), state_.bookings.latest_ms);
    }

    State& state_;
    const v1::Event& event_;
    Touched touched_;
};

}  // namespace

v1::Call make_call(const Visit& visit, const v1::TicketCalled& called, std::int64_t at_ms) {
    v1::Call call;
    call.set_call_id(called.call_id());
    call.set_call_seq(called.call_seq());
    call.set_ticket(visit.ticket);
    call.set_service(visit.service());
    call.set_counter(called.counter());
    call.set_attempt(1);
    call.set_language(visit.language);
    call.set_called_at_ms(at_ms);
    call.set_expires_at_ms(called.expires_at_ms());
    call.set_phase(v1::CALL_PHASE_CALLED);
    return call;
}

void merge(Touched& all, Touched one) {
    for (const auto id : one.visits) touch(all.visits, id);
    for (const auto number : one.counters) touch(all.counters, number);
    for (const auto& id : one.services) touch(all.services, id);
    std::ranges::move(one.withdrawn, std::back_inserter(all.withdrawn));
    std::ranges::move(one.notices, std::back_inserter(all.notices));
    all.all = all.all || one.all;
}

Touched apply(State& state, const v1::Event& event) { return Applying(state, event).run(); }

}  // namespace hallcast::queue
