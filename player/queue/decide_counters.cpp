// Who works: counters, staff, the day, the office.
#include <google/protobuf/util/message_differencer.h>

#include "player/queue/apply.h"
#include "player/queue/deciding.h"
#include "player/queue/office_rules.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t max_staff_bytes = 64;

}  // namespace

void Deciding::open(std::uint32_t number) {
    const CounterState* found = counter(number);
    if (found == nullptr) return;
    if (found->visit != 0) {
        const Visit& visit = state_.visits.at(found->visit);
        return reply_counter(
            number, visit.phase == VisitPhase::called ? v1::COUNTER_ACTIVITY_CALLING : v1::COUNTER_ACTIVITY_SERVING,
            visit.ticket);
    }
    if (!found->open) happen().mutable_counter_opened()->set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_FREE);
}

void Deciding::close(std::uint32_t number) {
    const CounterState* found = counter(number);
    if (found == nullptr) return;
    if (found->visit != 0) {
        return reject(
            v1::Rejection::WRONG_STATE,
            fmt::format("Counter {} cannot close while {} is there. Finish the visit first: hallcast ctl finish {}",
                        number, state_.visits.at(found->visit).ticket, number));
    }
    if (found->open) happen().mutable_counter_closed()->set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_CLOSED);
}

void Deciding::sign_in(std::uint32_t number, const std::string& staff) {
    const CounterState* found = counter(number);
    if (found == nullptr) return;
    if (staff.empty() || staff.size() > max_staff_bytes || !is_utf8(staff))
        return reject(v1::Rejection::INVALID,
                      fmt::format("A person's sign must be 1 to {} bytes of UTF-8.", max_staff_bytes));
    // One person is at one counter: the other one is left.
    for (const auto& [other, state] : state_.counters)
        if (other != number && state.staff == staff) happen().mutable_staff_signed_out()->set_counter(other);
    if (found->staff != staff) {
        v1::StaffSignedIn& signed_in = *happen().mutable_staff_signed_in();
        signed_in.set_counter(number);
        signed_in.set_staff(staff);
    }
    reply_counter(number, found->open ? v1::COUNTER_ACTIVITY_FREE : v1::COUNTER_ACTIVITY_CLOSED);
}

void Deciding::sign_out(std::uint32_t number) {
    const CounterState* found = counter(number);
    if (found == nullptr) return;
    if (!found->staff.empty()) happen().mutable_staff_signed_out()->set_counter(number);
    reply_counter(number, found->open ? v1::COUNTER_ACTIVITY_FREE : v1::COUNTER_ACTIVITY_CLOSED);
}

void Deciding::end_day() {
    v1::DayEnded ended;
    ended.set_ended(today());
    for (const auto& [id, visit] : state_.visits) {
        if (visit.phase == VisitPhase::serving)
            ended.add_finished(id);
        else if (!is_over(visit.phase))
            ended.add_expired(id);
    }
    const std::uint32_t through = last_day_ended(today(), moment_.next_day);
    for (const auto& [id, appointment] : state_.bookings.appointments)
        if (appointment.phase == v1::APPOINTMENT_PHASE_CONFIRMED && appointment.day <= through) ended.add_missed(id);
    v1::DaySummary& summary = *decision_.reply.mutable_day();
    summary.set_day(today());
    summary.set_expired(std::uint32_t(ended.expired_size()));
    summary.set_finished(std::uint32_t(ended.finished_size()));
    *happen().mutable_day_ended() = std::move(ended);
}

void Deciding::apply_office(const v1::Office& office) {
    if (auto fault = fault_of(office)) return reject(v1::Rejection::INVALID, *std::move(fault));
    if (auto obstacle = obstacle_to(state_, office)) return reject(v1::Rejection::WRONG_STATE, *std::move(obstacle));
    const bool changed = !google::protobuf::util::MessageDifferencer::Equals(*state_.office, office);
    if (changed) *happen().mutable_office_applied()->mutable_office() = office;
    v1::OfficeSummary& summary = *decision_.reply.mutable_office();
    summary.set_services(std::uint32_t(office.services_size()));
    summary.set_counters(std::uint32_t(office.counters_size()));
    summary.set_halls(std::uint32_t(office.halls_size()));
    summary.set_changed(changed);
}

}  // namespace hallcast::queue
