// One command being decided: what the parts of `decide` share.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

#include "player/queue/booking_plan.h"
#include "player/queue/decide.h"
#include "player/queue/state.h"

namespace hallcast::queue {

constexpr const char* no_office =
    "This master has no office yet. Describe it in a file, then: hallcast office apply FILE";

constexpr int max_listed = 24;  // ids in a message; a clerk reads no longer list

template <typename Items, typename Name>
std::string list_of(const Items& items, Name name) {
    std::string list;
    int listed = 0;
    for (const auto& item : items) {
        if (++listed > max_listed) return list + ", ...";
        fmt::format_to(std::back_inserter(list), "{}{}", listed == 1 ? "" : ", ", name(item));
    }
    return list;
}

// Made for one command, used once. The state is that before the command; events are numbered from there.
class Deciding {
  public:
    Deciding(const State& state, const v1::Command& command, const Moment& moment)
        : state_(state), command_(command), moment_(moment) {
        decision_.reply.set_cmd_id(command.cmd_id());
    }

    void act();
    void reject(v1::Rejection::Code code, std::string message);
    Decision take() { return std::move(decision_); }

  private:
    // decide_counters.cpp: who works, and the day.
    void open(std::uint32_t number);
    void close(std::uint32_t number);
    void sign_in(std::uint32_t number, const std::string& staff);
    void sign_out(std::uint32_t number);
    void end_day();
    void apply_office(const v1::Office& office);

    // decide_tickets.cpp: who comes and goes.
    void issue(const v1::IssueTicket& issue);
    void issue_one(const v1::IssueTicket& issue, const std::string& language, std::int64_t head_start_ms,
                   std::uint32_t number, std::uint64_t group, v1::Ticket& ticket);
    void lease(const v1::LeaseNumbers& lease);
    void reinstate(const std::string& ticket);
    void end_visit(const std::string& ticket, v1::Outcome outcome);

    // decide_bookings.cpp: who comes at a time of their own.
    void find_slots(const v1::FindSlots& find);
    void hold_slot(const v1::HoldSlot& hold);
    void confirm_appointment(const v1::ConfirmAppointment& confirm);
    void move_appointment(const v1::MoveAppointment& move);
    void cancel_appointment(const v1::CancelAppointment& cancel);
    void check_in(const v1::CheckIn& check);
    void show_case();
    void forget_contact();
    std::vector<Slot> bookable_slots(const std::string& service, const BookingRules& rules, std::int64_t start_ms,
                                     std::uint32_t count, bool internal);
    std::uint32_t free_places(const std::string& service, const BookingRules& rules, const Slot& slot,
                              bool internal) const;
    bool is_case(const std::string& hash) const;
    bool is_drawn(const std::string& service, const BookingRules& rules, std::uint32_t day) const;
    std::int64_t latest_ms() const;
    std::string local_time(std::int64_t at_ms) const;
    void reply_appointment(const Appointment& appointment, v1::AppointmentPhase phase);

    // decide_draws.cpp: who gets what is scarce.
    void open_draw(const v1::OpenDraw& open);
    void enter_draw(const v1::EnterDraw& enter);
    void hold_draw(const v1::HoldDraw& hold);
    void show_draw(const v1::ShowDraw& show);
    const Draw* draw_with(const std::string& name);
    v1::DrawPublication publication_of(const std::string& name, const Draw& draw) const;
    void reply_draw(const std::string& name, const Draw& draw);

    // decide_calls.cpp: who is at a counter.
    void call_next(std::uint32_t number);
    void call_ticket(std::uint32_t number, const std::string& ticket);
    void call_visit(const Visit& visit, const CounterState& counter, std::uint32_t number);
    void free_counter(const CounterState& counter, std::uint32_t number);
    void finish_visit(const Visit& visit, std::uint32_t number, v1::Outcome outcome);
    void recall(std::uint32_t number);
    void repeat_call(const Visit& visit, bool unseen);
    void repeat_unseen(const std::string& call_id, std::uint32_t attempt);
    void confirm_seen(const std::string& call_id, std::uint32_t attempt);
    void start(std::uint32_t number);
    void finish(std::uint32_t number, v1::Outcome outcome);
    void no_show(std::uint32_t number);
    void recycle(std::uint32_t number);
    void park(std::uint32_t number);
    void transfer(const v1::Transfer& transfer);
    void undo(std::uint32_t number);

    // decide_notices.cpp: what everybody is told.
    void make_notice(const v1::MakeNotice& make);
    void end_notice(const std::string& id);
    bool can_be_told(const v1::MakeNotice& make);  // false after a rejection

    v1::Event& happen();
    void reply_counter(std::uint32_t number, v1::CounterActivity activity, const std::string& ticket = {});
    void reply_ticket(const Visit& visit);
    void tell_wait(v1::Ticket& ticket, std::size_t ahead);

    // Null after a rejection.
    const CounterState* counter(std::uint32_t number);
    const CounterState* open_counter(std::uint32_t number);
    const Visit* visit_at(std::uint32_t number, const char* to_do);
    const Visit* called_at(std::uint32_t number, const char* to_do);
    const Visit* awaited_by(const std::string& call_id, std::uint32_t attempt);  // its last
    const Visit* visit_with(const std::string& ticket);
    const ServiceState* service(const std::string& id);
    const std::string* language(const std::string& wished);  // of a visitor; the office's own where empty
    const BookingRules* bookable(const std::string& service);
    const Appointment* appointment(std::uint64_t id);  // if it is the command's case's
    bool has_case();                                   // false after a rejection

    std::uint32_t today() const { return std::max(state_.day, moment_.day); }

    const State& state_;
    const v1::Command& command_;
    const Moment& moment_;
    Decision decision_;
};

}  // namespace hallcast::queue
