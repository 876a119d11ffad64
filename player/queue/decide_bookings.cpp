// Appointments: found, held, confirmed, moved, cancelled, and checked in.
#include <algorithm>

#include "player/queue/booking_plan.h"
#include "player/queue/deciding.h"
#include "player/queue/office_rules.h"
#include "player/queue/series.h"

namespace hallcast::queue {
namespace {

using std::chrono::days;

constexpr std::uint32_t max_slots = 32, max_days = 31, usual_days = 7;

v1::AppointmentStatus status_of(const Appointment& appointment, v1::AppointmentPhase phase) {
    v1::AppointmentStatus status;
    status.set_appointment(appointment.id);
    status.set_service(appointment.service);
    status.set_start_ms(appointment.start_ms());
    status.set_end_ms(appointment.end_ms);
    status.set_phase(phase);
    status.set_revision(appointment.revision);
    if (phase == v1::APPOINTMENT_PHASE_HELD) status.set_until_ms(appointment.until_ms);
    return status;
}

std::int64_t days_between(Date from, Date to) { return (to - from).count(); }

}  // namespace

std::int64_t Deciding::latest_ms() const { return std::max(moment_.now_ms, state_.bookings.latest_ms); }

const BookingRules* Deciding::bookable(const std::string& id) {
    if (service(id) == nullptr) return nullptr;
    const BookingRules* rules = state_.plan->rules(id);
    if (rules == nullptr)
        reject(v1::Rejection::INVALID,
               fmt::format("Service '{}' has no appointments. Take a ticket: hallcast ctl issue {}", id, id));
    return rules;
}

bool Deciding::is_drawn(const std::string& service, const BookingRules& rules, std::uint32_t day) const {
    return rules.by_draw || std::ranges::any_of(state_.bookings.draws, [&](const auto& entry) {
               const Draw& draw = entry.second;
               return draw.seed.empty() && draw.service == service && draw.first_day <= day && day <= draw.last_day;
           });
}

std::uint32_t Deciding::free_places(const std::string& service, const BookingRules& rules, const Slot& slot,
                                    bool internal) const {
    const Date today = state_.plan->date_of(latest_ms());
    const std::uint32_t places =
        internal ? slot.internal
                 : released_places(rules, slot, days_between(today, state_.plan->date_of(slot.start_ms)));
    const std::uint32_t taken = taken_places(state_.bookings, service, slot.start_ms, internal, latest_ms());
    return places > taken ? places - taken : 0;
}

std::string Deciding::local_time(std::int64_t at_ms) const { return local_text(state_.plan->calendar(), at_ms); }

void Deciding::find_slots(const v1::FindSlots& find) {
    const BookingRules* rules = bookable(find.service());
    if (rules == nullptr) return;
    const Date today = state_.plan->date_of(latest_ms());
    const auto from = find.from_date().empty() ? std::optional(today) : timetable::parse_date(find.from_date());
    const std::uint32_t count = find.slots() != 0 ? find.slots() : rules->slots;
    const std::uint32_t day_count = find.days() != 0 ? find.days() : usual_days;
    if (!from || day_count > max_days || count > max_slots)
        return reject(v1::Rejection::INVALID,
                      fmt::format("Slots are found from a date on, written 2026-12-01, for 1 to {} days, and 1 to {} "
                                  "consecutive ones.",
                                  max_days, max_slots));
    v1::FreeSlots& found = *decision_.reply.mutable_slots();
    for (Date date = *from; date < *from + days{day_count}; date += days{1}) {
        if (!find.internal() && is_drawn(find.service(), *rules, number_of(date))) {
            found.set_by_draw(true);
            continue;
        }
        const std::vector<Slot> slots = state_.plan->slots(find.service(), date);
        for (std::size_t i = 0; i + count <= slots.size(); ++i) {
            if (slots[i].start_ms <= latest_ms()) continue;
            std::uint32_t free = std::numeric_limits<std::uint32_t>::max();
            for (std::size_t k = i; k < i + count && free != 0; ++k) {
                if (k > i && slots[k - 1].end_ms != slots[k].start_ms) free = 0;
                free = std::min(free, free_places(find.service(), *rules, slots[k], find.internal()));
            }
            if (free == 0) continue;
            v1::FreeSlots::Slot& slot = *found.add_slots();
            slot.set_start_ms(slots[i].start_ms);
            slot.set_end_ms(slots[i + count - 1].end_ms);
            slot.set_free(free);
        }
    }
}

// Consecutive slots that can be booked now; empty after a rejection.
std::vector<Slot> Deciding::bookable_slots(const std::string& service, const BookingRules& rules, std::int64_t start_ms,
                                           std::uint32_t count, bool internal) {
    if (count > max_slots) {
        reject(v1::Rejection::INVALID, fmt::format("An appointment has at most {} slots.", max_slots));
        return {};
    }
    if (start_ms <= latest_ms()) {
        reject(v1::Rejection::TOO_LATE, "That time has passed. Choose a later one: hallcast book slots " + service);
        return {};
    }
    std::vector<Slot> slots = state_.plan->run(service, start_ms, count);
    if (slots.empty()) {
        reject(v1::Rejection::NOT_FOUND,
               fmt::format("'{}' has no {} from {} on. Choose one of: hallcast book slots {}", service,
                           count == 1 ? "slot" : fmt::format("{} consecutive slots", count), local_time(start_ms),
                           service));
        return {};
    }
    if (!internal && is_drawn(service, rules, number_of(state_.plan->date_of(start_ms)))) {
        reject(v1::Rejection::WRONG_STATE,
               fmt::format("The places of '{}' on that day are given away in a draw. Take part in it.", service));
        return {};
    }
    for (const Slot& slot : slots) {
        if (free_places(service, rules, slot, internal) != 0) continue;
        reject(v1::Rejection::NO_CAPACITY,
               fmt::format("There is no free place at {}: all are taken, held or not open for booking yet. Choose "
                           "another: hallcast book slots {}",
                           local_time(slot.start_ms), service));
        return {};
    }
    return slots;
}

bool Deciding::has_case() {
    if (!command_.case_hashes().empty()) return true;
    reject(v1::Rejection::INVALID,
           "An appointment is bound to a case: give the number of the case or of the document.");
    return false;
}

bool Deciding::is_case(const std::string& hash) const {
    return std::ranges::find(command_.case_hashes(), hash) != command_.case_hashes().end();
}

// Null after a rejection. Whose case it is not learns no more than that.
const Appointment* Deciding::appointment(std::uint64_t id) {
    if (!has_case()) return nullptr;
    const auto found = state_.bookings.appointments.find(id);
    if (id == 0 || id > state_.bookings.last_appointment) {
        reject(v1::Rejection::NOT_FOUND, fmt::format("There is no appointment {}. Check its number.", id));
        return nullptr;
    }
    if (found == state_.bookings.appointments.end() || !is_live(found->second, latest_ms())) {
        reject(v1::Rejection::TOO_LATE,
               fmt::format("Appointment {} is over: it was cancelled, or not confirmed in time. Book anew.", id));
        return nullptr;
    }
    if (!is_case(found->second.case_hash)) {
        reject(v1::Rejection::NOT_ALLOWED, fmt::format("Appointment {} is another case's. Check the case number.", id));
        return nullptr;
    }
    return &found->second;
}

void Deciding::reply_appointment(const Appointment& appointment, v1::AppointmentPhase phase) {
    *decision_.reply.mutable_appointment() = status_of(appointment, phase);
}

void Deciding::hold_slot(const v1::HoldSlot& hold) {
    const BookingRules* rules = bookable(hold.service());
    if (rules == nullptr || !has_case()) return;
    const std::string* spoken = language(hold.language());
    if (spoken == nullptr) return;
    const auto open =
        std::ranges::count_if(appointments_of(state_.bookings, command_.case_hashes()), [&](const Appointment* other) {
            return other->service == hold.service() && is_live(*other, latest_ms()) &&
                   other->phase != v1::APPOINTMENT_PHASE_CHECKED_IN;
        });
    if (open >= rules->per_case)
        return reject(v1::Rejection::NO_CAPACITY,
                      fmt::format("This case has {} appointment{} for '{}' already, the most it may have. Cancel or "
                                  "move that one.",
                                  open, open == 1 ? "" : "s", hold.service()));
    if (state_.bookings.appointments.size() >= max_appointments)
        return reject(v1::Rejection::NO_CAPACITY,
                      fmt::format("This office has {} appointments, the most it can keep.", max_appointments));
    const std::vector<Slot> slots = bookable_slots(hold.service(), *rules, hold.start_ms(),
                                                   hold.slots() != 0 ? hold.slots() : rules->slots, hold.internal());
    if (slots.empty()) return;
    v1::SlotHeld& held = *happen().mutable_slot_held();
    held.set_appointment(state_.bookings.last_appointment + 1);
    held.set_service(hold.service());
    for (const Slot& slot : slots) held.add_slots(slot.start_ms);
    held.set_end_ms(slots.back().end_ms);
    held.set_internal(hold.internal());
    held.set_case_hash(command_.case_hashes(0));
    held.set_language(*spoken);
    held.set_until_ms(latest_ms() + rules->hold_ms);
    held.set_day(number_of(state_.plan->date_of(slots.front().start_ms)));
    Bookings after;
    after.last_appointment = state_.bookings.last_appointment;
    queue::apply(after, held, latest_ms());
    reply_appointment(after.appointments.at(held.appointment()), v1::APPOINTMENT_PHASE_HELD);
}

void Deciding::confirm_appointment(const v1::ConfirmAppointment& confirm) {
    const Appointment* one = appointment(confirm.appointment());
    if (one == nullptr) return;
    if (one->phase != v1::APPOINTMENT_PHASE_HELD)
        return reject(v1::Rejection::WRONG_STATE, fmt::format("Appointment {} is confirmed already.", one->id));
    if (confirm.contact().size() > max_contact_bytes)
        return reject(
            v1::Rejection::INVALID,
            fmt::format("A contact has at most {} bytes, and this has {}. Give one e-mail address or telephone "
                        "number.",
                        max_contact_bytes, confirm.contact().size()));
    v1::AppointmentConfirmed& confirmed = *happen().mutable_appointment_confirmed();
    confirmed.set_appointment(one->id);
    *confirmed.mutable_sealed() = confirm.sealed();
    reply_appointment(*one, v1::APPOINTMENT_PHASE_CONFIRMED);
}

void Deciding::move_appointment(const v1::MoveAppointment& move) {
    const Appointment* one = appointment(move.appointment());
    if (one == nullptr) return;
    if (one->phase != v1::APPOINTMENT_PHASE_CONFIRMED)
        return reject(v1::Rejection::WRONG_STATE,
                      one->phase == v1::APPOINTMENT_PHASE_HELD
                          ? fmt::format("Appointment {} is not confirmed yet. Hold another time instead.", one->id)
                          : fmt::format("Appointment {} is checked in: {}.", one->id, one->ticket));
    const BookingRules* rules = bookable(one->service);
    if (rules == nullptr) return;
    const std::vector<Slot> slots =
        bookable_slots(one->service, *rules, move.start_ms(), std::uint32_t(one->slots.size()), one->internal);
    if (slots.empty()) return;
    v1::AppointmentMoved& moved = *happen().mutable_appointment_moved();
    moved.set_appointment(one->id);
    for (const Slot& slot : slots) moved.add_slots(slot.start_ms);
    moved.set_end_ms(slots.back().end_ms);
    moved.set_day(number_of(state_.plan->date_of(slots.front().start_ms)));
    moved.set_cooldown_until_ms(rules->cooldown_ms == 0 ? 0 : latest_ms() + rules->cooldown_ms);
    Appointment after = *one;
    after.slots.assign(moved.slots().begin(), moved.slots().end());
    after.end_ms = moved.end_ms();
    ++after.revision;
    reply_appointment(after, v1::APPOINTMENT_PHASE_CONFIRMED);
}

void Deciding::cancel_appointment(const v1::CancelAppointment& cancel) {
    const Appointment* one = appointment(cancel.appointment());
    if (one == nullptr) return;
    if (one->phase == v1::APPOINTMENT_PHASE_CHECKED_IN)
        return reject(v1::Rejection::WRONG_STATE,
                      fmt::format("Appointment {} is checked in: {}. Cancel the ticket.", one->id, one->ticket));
    const BookingRules* rules = state_.plan->rules(one->service);
    // A hold that is given up was never known to anybody: nothing to trade.
    const bool cools = one->phase == v1::APPOINTMENT_PHASE_CONFIRMED && rules != nullptr && rules->cooldown_ms != 0;
    v1::AppointmentCancelled& cancelled = *happen().mutable_appointment_cancelled();
    cancelled.set_appointment(one->id);
    cancelled.set_cooldown_until_ms(cools ? latest_ms() + rules->cooldown_ms : 0);
    Appointment after = *one;
    ++after.revision;
    reply_appointment(after, v1::APPOINTMENT_PHASE_CANCELLED);
}

void Deciding::check_in(const v1::CheckIn& check) {
    if (check.appointment() == 0)
        return reject(v1::Rejection::NOT_FOUND,
                      "There is no appointment with this PIN and case number. Check both, or ask at the information "
                      "point.");
    const Appointment* one = appointment(check.appointment());
    if (one == nullptr) return;
    if (one->phase == v1::APPOINTMENT_PHASE_CHECKED_IN)
        return reject(v1::Rejection::WRONG_STATE,
                      fmt::format("Appointment {} is checked in already: the ticket is {}.", one->id, one->ticket));
    if (one->phase == v1::APPOINTMENT_PHASE_HELD)
        return reject(v1::Rejection::WRONG_STATE, fmt::format("Appointment {} is not confirmed yet.", one->id));
    const BookingRules* rules = bookable(one->service);
    if (rules == nullptr) return;
    if (latest_ms() < one->start_ms() - rules->early_ms)
        return reject(v1::Rejection::WRONG_STATE,
                      fmt::format("The appointment is at {}. Check in from {} on.", local_time(one->start_ms()),
                                  local_time(one->start_ms() - rules->early_ms)));
    const bool late = latest_ms() > one->start_ms() + rules->late_ms;
    if (late && !rules->late_as_walk_in)
        return reject(v1::Rejection::TOO_LATE,
                      fmt::format("The appointment was at {}, so it is lost. Book another, or ask at the information "
                                  "point.",
                                  local_time(one->start_ms())));
    const ServiceState& queue = state_.services.find(one->service)->second;
    auto full = late ? no_more_tickets(state_, one->service, 1, moment_.now_ms, today())
                     : no_more_numbers(state_, one->service, 1, today());
    if (full) return reject(v1::Rejection::NO_CAPACITY, *std::move(full));
    v1::IssueTicket ticket;
    ticket.set_service(one->service);
    v1::Ticket& issued = *decision_.reply.mutable_ticket();
    issue_one(ticket, one->language, 0, next_number(state_, queue.prefix, today()), 0, issued);
    v1::TicketIssued& event = *decision_.events.back().mutable_ticket_issued();
    event.set_appointment(one->id);
    event.set_appointment_ms(late ? 0 : one->start_ms());
    issued.set_appointment_ms(event.appointment_ms());
}

void Deciding::show_case() {
    if (!has_case()) return;
    v1::CaseFile& file = *decision_.reply.mutable_case_file();
    for (const Appointment* one : appointments_of(state_.bookings, command_.case_hashes())) {
        if (!is_live(*one, latest_ms())) continue;
        v1::CaseFile::Entry& entry = *file.add_entries();
        *entry.mutable_appointment() = status_of(*one, one->phase);
        entry.set_language(one->language);
        entry.mutable_sealed()->set_person(one->person);
        entry.mutable_sealed()->set_bytes(one->sealed);
        entry.set_ticket(one->ticket);
    }
}

// The key is gone already when this is decided; the event takes from the state what nobody can read any more.
void Deciding::forget_contact() {
    show_case();
    if (!decision_.reply.has_case_file()) return;
    v1::ContactForgotten forgotten;
    for (v1::CaseFile::Entry& entry : *decision_.reply.mutable_case_file()->mutable_entries()) {
        if (!entry.sealed().person().empty()) forgotten.add_appointments(entry.appointment().appointment());
        entry.clear_sealed();
    }
    if (!forgotten.appointments().empty()) *happen().mutable_contact_forgotten() = std::move(forgotten);
}

}  // namespace hallcast::queue
