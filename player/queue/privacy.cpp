#include "player/queue/privacy.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "player/queue/case_number.h"
#include "player/queue/pin.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t most_cases = 10'000;  // whose wrong PINs are counted; a day has fewer visitors
constexpr std::uint32_t first_pin = 0;

Retention retention_of(const v1::Office& office) {
    const v1::Rules& rules = office.rules();
    Retention retention;
    if (rules.has_keep_contact_days()) retention.contact_days = int(rules.keep_contact_days());
    if (rules.has_keep_case_days()) retention.case_days = int(rules.keep_case_days());
    return retention;
}

std::string seed_name(const std::string& draw, std::int64_t closes_at_ms) {
    return fmt::format("{}/{}", draw, closes_at_ms);
}

// The command's case's, or null.
const Appointment* appointment_of(const v1::Command& command, const State& state, std::uint64_t id) {
    const auto found = state.bookings.appointments.find(id);
    if (found == state.bookings.appointments.end()) return nullptr;
    const auto& hashes = command.case_hashes();
    return std::ranges::find(hashes, found->second.case_hash) == hashes.end() ? nullptr : &found->second;
}

}  // namespace

Expected<void> Privacy::protect(v1::Command& command, const State& state, std::int64_t now_ms) {
    const timetable::Date today = state.plan->date_of(std::max(now_ms, state.bookings.latest_ms));
    if (today > today_) {
        const auto forgotten = vault_->forget_expired(today, retention_of(*state.office));
        if (!forgotten) return std::unexpected(forgotten.error());
        if (!forgotten->empty())
            spdlog::info("{} visitors' contacts are forgotten: their time is over", forgotten->size());
        today_ = today;
        wrong_pins_.clear();
    }
    command.clear_case_hashes();
    if (!command.case_number().empty()) {
        if (normal_case_number(command.case_number())) {
            auto hashes = vault_->case_hashes(command.case_number(), today);
            if (!hashes) return std::unexpected(hashes.error());
            for (std::string& hash : *hashes) command.add_case_hashes(std::move(hash));
        }
        command.clear_case_number();
    }
    switch (command.action_case()) {
        case v1::Command::kConfirmAppointment:
            command.mutable_confirm_appointment()->clear_sealed();
            if (appointment_of(command, state, command.confirm_appointment().appointment()) != nullptr)
                return seal_contact(*command.mutable_confirm_appointment(), state);
            return {};
        case v1::Command::kMoveAppointment: {
            const Appointment* one = appointment_of(command, state, command.move_appointment().appointment());
            if (one == nullptr || one->person.empty()) return {};
            const timetable::Date last =
                state.plan->date_of(std::max(one->start_ms(), command.move_appointment().start_ms())) +
                std::chrono::days(retention_of(*state.office).contact_days);
            return vault_->keep_until(one->person, last);
        }
        case v1::Command::kCheckIn:
            find_by_pin(*command.mutable_check_in(), command, state);
            return {};
        case v1::Command::kForgetContact:
            return forget_contacts(command, state);
        case v1::Command::kOpenDraw:
            command.mutable_open_draw()->set_seed(
                vault_->seed_of(seed_name(command.open_draw().draw(), command.open_draw().closes_at_ms())));
            return {};
        case v1::Command::kHoldDraw:
            if (const auto draw = state.bookings.draws.find(command.hold_draw().draw());
                draw != state.bookings.draws.end())
                command.mutable_hold_draw()->set_seed(
                    vault_->seed_of(seed_name(draw->first, draw->second.closes_at_ms)));
            return {};
        default:
            return {};
    }
}

Expected<void> Privacy::seal_contact(v1::ConfirmAppointment& confirm, const State& state) {
    if (confirm.contact().empty() || confirm.contact().size() > max_contact_bytes) return {};
    const Appointment& one = state.bookings.appointments.at(confirm.appointment());
    const timetable::Date last_day =
        state.plan->date_of(one.start_ms()) + std::chrono::days(retention_of(*state.office).contact_days);
    const auto person = vault_->new_persons(std::span(&last_day, 1));
    if (!person) return std::unexpected(person.error());
    auto sealed = vault_->seal(person->front(), confirm.contact());
    if (!sealed) return std::unexpected(sealed.error());
    confirm.mutable_sealed()->set_person(person->front());
    confirm.mutable_sealed()->set_bytes(*std::move(sealed));
    return {};
}

void Privacy::find_by_pin(v1::CheckIn& check, const v1::Command& command, const State& state) {
    if (check.appointment() != 0 || check.pin().empty()) return;
    const std::string pin = check.pin();
    check.clear_pin();
    for (const std::string& hash : command.case_hashes()) {
        const auto appointments = appointments_of(state.bookings, hash);
        if (appointments.empty()) continue;
        int& wrong = wrong_pins_[hash];
        if (wrong >= most_wrong_pins || wrong_pins_.size() > most_cases) continue;
        for (const Appointment* one : appointments)
            if (is_pin(vault_->pin_of(one->id, first_pin), pin)) return check.set_appointment(one->id);
        ++wrong;
    }
}

Expected<void> Privacy::forget_contacts(const v1::Command& command, const State& state) {
    for (const Appointment* one : appointments_of(state.bookings, command.case_hashes()))
        if (!one->person.empty())
            if (auto forgotten = vault_->forget(one->person); !forgotten) return forgotten;
    return {};
}

v1::CommandReply Privacy::completed(v1::CommandReply reply) {
    const auto add_pin = [&](v1::AppointmentStatus& status) {
        if (status.phase() == v1::APPOINTMENT_PHASE_CONFIRMED)
            status.set_pin(vault_->pin_of(status.appointment(), first_pin));
    };
    if (reply.has_appointment()) add_pin(*reply.mutable_appointment());
    if (!reply.has_case_file()) return reply;
    for (v1::CaseFile::Entry& entry : *reply.mutable_case_file()->mutable_entries()) {
        add_pin(*entry.mutable_appointment());
        if (entry.sealed().person().empty()) continue;
        const auto contact = vault_->unseal(entry.sealed().person(), entry.sealed().bytes());
        if (contact && *contact) entry.set_contact(**contact);
        if (!contact) spdlog::error("a contact cannot be read: {}", contact.error().message);
        entry.clear_sealed();
    }
    return reply;
}

}  // namespace hallcast::queue
