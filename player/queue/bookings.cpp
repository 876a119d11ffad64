#include "player/queue/bookings.h"

#include <algorithm>

#include "protocol/base/error.h"

namespace hallcast::queue {
namespace {

using Places = std::vector<TakenPlace>;

Appointment& appointment_of(Bookings& bookings, std::uint64_t id) {
    const auto found = bookings.appointments.find(id);
    HALLCAST_ASSERT(found != bookings.appointments.end());
    return found->second;
}

void forget(Bookings& bookings, std::uint64_t id) {
    const auto found = bookings.appointments.find(id);
    if (found == bookings.appointments.end()) return;
    const auto known = bookings.of_case.find(found->second.case_hash);
    known->second.erase(id);
    if (known->second.empty()) bookings.of_case.erase(known);
    bookings.appointments.erase(found);
}

// Every change of places goes through these two.
void take(Bookings& bookings, const Appointment& appointment, std::int64_t until_ms, std::int64_t at_ms) {
    for (const std::int64_t start_ms : appointment.slots) {
        Places& places = bookings.taken[appointment.service][start_ms];
        for (const TakenPlace& place : places)
            if (place.until_ms <= at_ms && place.appointment != 0) forget(bookings, place.appointment);
        std::erase_if(places, [&](const TakenPlace& place) { return place.until_ms <= at_ms; });
        places.push_back({appointment.id, until_ms, appointment.internal});
    }
}

void leave(Bookings& bookings, const Appointment& appointment, std::int64_t until_ms) {
    for (const std::int64_t start_ms : appointment.slots) {
        Places& places = bookings.taken[appointment.service][start_ms];
        const auto place = std::ranges::find(places, appointment.id, &TakenPlace::appointment);
        HALLCAST_ASSERT(place != places.end());
        if (until_ms == 0)
            places.erase(place);
        else
            *place = {0, until_ms, appointment.internal};
    }
}

void add(Bookings& bookings, Appointment appointment) {
    HALLCAST_ASSERT(appointment.id == bookings.last_appointment + 1 && !appointment.slots.empty());
    bookings.last_appointment = appointment.id;
    bookings.of_case[appointment.case_hash].insert(appointment.id);
    bookings.appointments.emplace(appointment.id, std::move(appointment));
}

}  // namespace

bool is_live(const Appointment& appointment, std::int64_t now_ms) {
    return appointment.phase != v1::APPOINTMENT_PHASE_HELD || appointment.until_ms > now_ms;
}

std::vector<const Appointment*> appointments_of(const Bookings& bookings, std::string_view case_hash) {
    std::vector<const Appointment*> appointments;
    if (const auto known = bookings.of_case.find(case_hash); known != bookings.of_case.end())
        for (const std::uint64_t id : known->second) appointments.push_back(&bookings.appointments.at(id));
    return appointments;
}

std::vector<const Appointment*> appointments_of(const Bookings& bookings,
                                                const google::protobuf::RepeatedPtrField<std::string>& case_hashes) {
    std::vector<const Appointment*> appointments;
    for (const std::string& hash : case_hashes)
        for (const Appointment* one : appointments_of(bookings, hash)) appointments.push_back(one);
    return appointments;
}

std::uint32_t taken_places(const Bookings& bookings, std::string_view service, std::int64_t start_ms, bool internal,
                           std::int64_t now_ms) {
    const auto slots = bookings.taken.find(service);
    if (slots == bookings.taken.end()) return 0;
    const auto places = slots->second.find(start_ms);
    if (places == slots->second.end()) return 0;
    return std::uint32_t(std::ranges::count_if(places->second, [&](const TakenPlace& place) {
        return place.internal == internal && place.until_ms > now_ms;
    }));
}

void apply(Bookings& bookings, const v1::SlotHeld& held, std::int64_t at_ms) {
    Appointment made;
    made.id = held.appointment();
    made.service = held.service();
    made.slots.assign(held.slots().begin(), held.slots().end());
    made.end_ms = held.end_ms();
    made.day = held.day();
    made.internal = held.internal();
    made.until_ms = held.until_ms();
    made.case_hash = held.case_hash();
    made.language = held.language();
    take(bookings, made, made.until_ms, at_ms);
    add(bookings, std::move(made));
}

void apply(Bookings& bookings, const v1::AppointmentConfirmed& confirmed) {
    Appointment& one = appointment_of(bookings, confirmed.appointment());
    HALLCAST_ASSERT(one.phase == v1::APPOINTMENT_PHASE_HELD);
    one.phase = v1::APPOINTMENT_PHASE_CONFIRMED;
    one.person = confirmed.sealed().person();
    one.sealed = confirmed.sealed().bytes();
    for (const std::int64_t start_ms : one.slots)
        for (TakenPlace& place : bookings.taken[one.service][start_ms])
            if (place.appointment == one.id) place.until_ms = for_good;
}

void apply(Bookings& bookings, const v1::AppointmentMoved& moved, std::int64_t at_ms) {
    Appointment& one = appointment_of(bookings, moved.appointment());
    HALLCAST_ASSERT(one.phase == v1::APPOINTMENT_PHASE_CONFIRMED);
    leave(bookings, one, moved.cooldown_until_ms());
    one.slots.assign(moved.slots().begin(), moved.slots().end());
    one.end_ms = moved.end_ms();
    one.day = moved.day();
    ++one.revision;
    take(bookings, one, for_good, at_ms);
}

void apply(Bookings& bookings, const v1::AppointmentCancelled& cancelled) {
    leave(bookings, appointment_of(bookings, cancelled.appointment()), cancelled.cooldown_until_ms());
    forget(bookings, cancelled.appointment());
}

void apply(Bookings& bookings, const v1::ContactForgotten& forgotten) {
    for (const std::uint64_t id : forgotten.appointments()) {
        Appointment& one = appointment_of(bookings, id);
        one.person.clear();
        one.sealed.clear();
    }
}

void apply(Bookings& bookings, const v1::DrawOpened& opened) {
    Draw draw;
    draw.service = opened.service();
    draw.first_day = opened.first_day();
    draw.last_day = opened.last_day();
    draw.closes_at_ms = opened.closes_at_ms();
    draw.commitment = opened.commitment();
    draw.beacon_source = opened.beacon_source();
    for (const v1::DrawOpened::Place& place : opened.places())
        draw.places.push_back(
            {{place.slots().begin(), place.slots().end()}, place.end_ms(), place.day(), place.capacity()});
    const bool fresh = bookings.draws.emplace(opened.draw(), std::move(draw)).second;
    HALLCAST_ASSERT(fresh);
}

void apply(Bookings& bookings, const v1::DrawEntered& entered) {
    const auto draw = bookings.draws.find(entered.draw());
    HALLCAST_ASSERT(draw != bookings.draws.end() && entered.entry() == draw->second.entries.size() + 1);
    draw->second.entries.push_back({entered.entry(),
                                    entered.case_hash(),
                                    entered.language(),
                                    {entered.preferences().begin(), entered.preferences().end()}});
}

void apply(Bookings& bookings, const v1::DrawHeld& held, std::int64_t at_ms) {
    const auto draw = bookings.draws.find(held.draw());
    HALLCAST_ASSERT(draw != bookings.draws.end() && draw->second.seed.empty());
    draw->second.seed = held.seed();
    draw->second.beacon_value = held.beacon_value();
    for (const v1::DrawHeld::Winner& winner : held.winners()) {
        const DrawEntry& entry = draw->second.entries.at(winner.entry() - 1);
        Appointment made;
        made.id = winner.appointment();
        made.service = draw->second.service;
        const DrawnPlace& place = draw->second.places.at(winner.place());
        made.slots = place.slots;
        made.end_ms = place.end_ms;
        made.day = place.day;
        made.phase = v1::APPOINTMENT_PHASE_CONFIRMED;
        made.case_hash = entry.case_hash;
        made.language = entry.language;
        take(bookings, made, for_good, at_ms);
        add(bookings, std::move(made));
    }
}

void check_in(Bookings& bookings, std::uint64_t appointment, const std::string& ticket) {
    Appointment& one = appointment_of(bookings, appointment);
    HALLCAST_ASSERT(one.phase == v1::APPOINTMENT_PHASE_CONFIRMED);
    one.phase = v1::APPOINTMENT_PHASE_CHECKED_IN;
    one.ticket = ticket;
}

void end_day(Bookings& bookings, std::uint32_t day, std::int64_t at_ms) {
    std::vector<std::uint64_t> over;
    for (const auto& [id, appointment] : bookings.appointments)
        if (appointment.day <= day || !is_live(appointment, at_ms)) over.push_back(id);
    for (const std::uint64_t id : over) {
        const Appointment& one = appointment_of(bookings, id);
        // The places of the days to come stay as they are: a hold that has ended takes none.
        leave(bookings, one, 0);
        forget(bookings, id);
    }
    for (auto& [service, slots] : bookings.taken) {
        for (auto& [start_ms, places] : slots)
            std::erase_if(places, [&](const TakenPlace& place) { return place.until_ms <= at_ms; });
        std::erase_if(slots, [](const auto& slot) { return slot.second.empty(); });
    }
    std::erase_if(bookings.draws, [&](const auto& entry) { return entry.second.last_day <= day; });
}

}  // namespace hallcast::queue
