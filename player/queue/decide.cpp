#include "player/queue/decide.h"

#include <algorithm>

#include "player/queue/apply.h"
#include "player/queue/deciding.h"
#include "player/queue/expected_version.h"
#include "player/queue/office_rules.h"
#include "protocol/base/error.h"
#include "protocol/cmd_id.h"
#include "protocol/parse.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t max_actor_bytes = 128;

bool has_something_to_end(const State& state, std::uint32_t next_day) {
    return std::ranges::any_of(state.bookings.appointments,
                               [&](const auto& one) {
                                   return one.second.phase == v1::APPOINTMENT_PHASE_CONFIRMED &&
                                          one.second.day < next_day;
                               }) ||
           std::ranges::any_of(state.counters,
                               [](const auto& one) { return one.second.open || !one.second.staff.empty(); }) ||
           std::ranges::any_of(state.visits, [](const auto& one) { return !is_over(one.second.phase); });
}

Decision decide_today(const State& state, const v1::Command& command, const Moment& moment) {
    Deciding deciding(state, command, moment);
    deciding.act();
    return deciding.take();
}

}  // namespace

void Deciding::reject(v1::Rejection::Code code, std::string message) {
    decision_.events.clear();
    decision_.reply.Clear();
    decision_.reply.set_cmd_id(command_.cmd_id());
    v1::Rejection& rejection = *decision_.reply.mutable_rejection();
    rejection.set_code(code);
    rejection.set_message(std::move(message));
}

v1::Event& Deciding::happen() {
    v1::Event& event = decision_.events.emplace_back();
    event.set_log_seq(state_.log_seq + decision_.events.size());
    event.set_at_ms(moment_.now_ms);
    event.set_cmd_id(command_.cmd_id());
    event.set_actor(command_.actor());
    event.set_day(today());
    decision_.reply.set_log_seq(event.log_seq());
    return event;
}

void Deciding::reply_counter(std::uint32_t number, v1::CounterActivity activity, const std::string& ticket) {
    v1::CounterStatus& status = *decision_.reply.mutable_counter();
    status.set_number(number);
    status.set_activity(activity);
    status.set_ticket(ticket);
    // Whatever a command does at a counter ends with an event of that counter.
    status.set_version(decision_.events.empty() ? state_.counters.at(number).version
                                                : decision_.events.back().log_seq());
}

void Deciding::reply_ticket(const Visit& visit) {
    v1::Ticket& ticket = *decision_.reply.mutable_ticket();
    ticket.set_number(visit.ticket);
    ticket.set_visit_id(visit.id);
    ticket.set_service(visit.service());
    ticket.set_language(visit.language);
    ticket.set_issued_at_ms(visit.arrived_at_ms);
}

const CounterState* Deciding::counter(std::uint32_t number) {
    const auto found = state_.counters.find(number);
    if (found != state_.counters.end()) return &found->second;
    reject(v1::Rejection::NOT_FOUND,
           state_.office->halls().empty()
               ? no_office
               : fmt::format("There is no counter {}. This office has: {}.", number,
                             list_of(state_.counters, [](const auto& entry) { return entry.first; })));
    return nullptr;
}

const CounterState* Deciding::open_counter(std::uint32_t number) {
    const CounterState* found = counter(number);
    if (found == nullptr || found->open) return found;
    reject(v1::Rejection::WRONG_STATE,
           fmt::format("Counter {} is closed. Open it first: hallcast ctl open {}", number, number));
    return nullptr;
}

const ServiceState* Deciding::service(const std::string& id) {
    const auto found = state_.services.find(id);
    if (found != state_.services.end()) return &found->second;
    reject(v1::Rejection::NOT_FOUND,
           state_.office->halls().empty()
               ? no_office
               : fmt::format("There is no service '{}'. This office has: {}.", id,
                             list_of(state_.office->services(), [](const auto& known) { return known.id(); })));
    return nullptr;
}

const Visit* Deciding::visit_with(const std::string& ticket) {
    const auto id = state_.visit_of_ticket.find(ticket);
    if (id != state_.visit_of_ticket.end()) return &state_.visits.at(id->second);
    reject(v1::Rejection::NOT_FOUND,
           fmt::format("No ticket '{}' is waiting. Check the number; tickets look like A012.", ticket));
    return nullptr;
}

void Deciding::act() {
    switch (command_.action_case()) {
        case v1::Command::kIssueTicket:
            return issue(command_.issue_ticket());
        case v1::Command::kOpenCounter:
            return open(command_.open_counter().counter());
        case v1::Command::kCloseCounter:
            return close(command_.close_counter().counter());
        case v1::Command::kCallNext:
            return call_next(command_.call_next().counter());
        case v1::Command::kCallTicket:
            return call_ticket(command_.call_ticket().counter(), command_.call_ticket().ticket());
        case v1::Command::kRecall:
            return recall(command_.recall().counter());
        case v1::Command::kStartService:
            return start(command_.start_service().counter());
        case v1::Command::kFinishService:
            return finish(command_.finish_service().counter(), command_.finish_service().outcome());
        case v1::Command::kMarkNoShow:
            return no_show(command_.mark_no_show().counter());
        case v1::Command::kApplyOffice:
            return apply_office(command_.apply_office().office());
        case v1::Command::kTransfer:
            return transfer(command_.transfer());
        case v1::Command::kPark:
            return park(command_.park().counter());
        case v1::Command::kRecycle:
            return recycle(command_.recycle().counter());
        case v1::Command::kReinstate:
            return reinstate(command_.reinstate().ticket());
        case v1::Command::kEndVisit:
            return end_visit(command_.end_visit().ticket(), command_.end_visit().outcome());
        case v1::Command::kUndo:
            return undo(command_.undo().counter());
        case v1::Command::kEndDay:
            return end_day();
        case v1::Command::kSignIn:
            return sign_in(command_.sign_in().counter(), command_.sign_in().staff());
        case v1::Command::kSignOut:
            return sign_out(command_.sign_out().counter());
        case v1::Command::kLeaseNumbers:
            return lease(command_.lease_numbers());
        case v1::Command::kFindSlots:
            return find_slots(command_.find_slots());
        case v1::Command::kHoldSlot:
            return hold_slot(command_.hold_slot());
        case v1::Command::kConfirmAppointment:
            return confirm_appointment(command_.confirm_appointment());
        case v1::Command::kMoveAppointment:
            return move_appointment(command_.move_appointment());
        case v1::Command::kCancelAppointment:
            return cancel_appointment(command_.cancel_appointment());
        case v1::Command::kCheckIn:
            return check_in(command_.check_in());
        case v1::Command::kShowCase:
            return show_case();
        case v1::Command::kForgetContact:
            return forget_contact();
        case v1::Command::kOpenDraw:
            return open_draw(command_.open_draw());
        case v1::Command::kEnterDraw:
            return enter_draw(command_.enter_draw());
        case v1::Command::kHoldDraw:
            return hold_draw(command_.hold_draw());
        case v1::Command::kShowDraw:
            return show_draw(command_.show_draw());
        case v1::Command::kRepeatUnseen:
            return repeat_unseen(command_.repeat_unseen().call_id(), command_.repeat_unseen().attempt());
        case v1::Command::kConfirmSeen:
            return confirm_seen(command_.confirm_seen().call_id(), command_.confirm_seen().attempt());
        case v1::Command::kMakeNotice:
            return make_notice(command_.make_notice());
        case v1::Command::kEndNotice:
            return end_notice(command_.end_notice().id());
        case v1::Command::kPing:  // the server's, which knows the time
        case v1::Command::ACTION_NOT_SET:
            return reject(
                v1::Rejection::INVALID,
                "The command names no action that this master knows. Are program and master of the same version?");
    }
}

Decision decide(const State& state, const v1::Command& command, const Moment& moment) {
    Deciding checking(state, command, moment);
    if (command.cmd_id().size() != wire::cmd_id_bytes) {
        checking.reject(v1::Rejection::INVALID,
                        fmt::format("cmd_id must be {} random bytes, is {}. Update the client program.",
                                    wire::cmd_id_bytes, command.cmd_id().size()));
        return checking.take();
    }
    if (command.actor().size() > max_actor_bytes || !is_utf8(command.actor())) {
        checking.reject(
            v1::Rejection::INVALID,
            fmt::format("actor must be at most {} bytes of UTF-8. Update the client program.", max_actor_bytes));
        return checking.take();
    }
    if (const auto* time = wire::senseless_time(command)) {
        checking.reject(v1::Rejection::INVALID,
                        fmt::format("{} is too far from today: milliseconds since 1970 are meant, up to the year 2100.",
                                    time->name()));
        return checking.take();
    }
    if (command.deadline_ms() != 0 && moment.now_ms > command.deadline_ms()) {
        checking.reject(
            v1::Rejection::DEADLINE_PASSED,
            fmt::format("The command came {} ms too late, nothing was changed. Try again; if this happens often, "
                        "compare the clocks of the two machines.",
                        moment.now_ms - command.deadline_ms()));
        return checking.take();
    }
    // Before a night is taken into account: who asks has not seen what it will change.
    if (auto conflict = conflict_of(state, command)) {
        checking.reject(conflict->code(), std::move(*conflict->mutable_message()));
        return checking.take();
    }
    if (state.day == 0 || moment.day <= state.day || !has_something_to_end(state, moment.day))
        return decide_today(state, command, moment);

    // The night has passed: the day before is ended first, as if somebody had, and the command meets the new one.
    v1::Command morning;
    morning.set_cmd_id(command.cmd_id());
    morning.set_actor(command.actor());
    morning.mutable_end_day();
    Moment before = moment;
    before.day = state.day;
    before.next_day = moment.day;
    Decision ended = decide_today(state, morning, before);
    State today = state;
    for (v1::Event& event : ended.events) {
        event.set_day(moment.day);
        apply(today, event);
    }
    Decision decision = decide_today(today, command, moment);
    if (!decision.events.empty() && !command.has_end_day())
        decision.events.insert(decision.events.begin(), std::make_move_iterator(ended.events.begin()),
                               std::make_move_iterator(ended.events.end()));
    else if (command.has_end_day())
        decision = std::move(ended);
    return decision;
}

}  // namespace hallcast::queue
