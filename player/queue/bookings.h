// The appointments of an office as its log has made them: what booking commands read and only `apply` changes.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hallcast/v1/queue.pb.h"

namespace hallcast::queue {

// Of one person at one time. Kept until it is cancelled, or its day has ended; a hold that has ended counts as gone.
struct Appointment {
    std::uint64_t id = 0;  // from 1, in the order in which they were held or won
    std::string service;
    std::vector<std::int64_t> slots;  // where they begin; consecutive, not empty
    std::int64_t end_ms = 0;
    std::uint32_t day = 0;                                    // the office's, as 20261124
    bool internal = false;                                    // in a place of the staff's
    v1::AppointmentPhase phase = v1::APPOINTMENT_PHASE_HELD;  // or CONFIRMED, or CHECKED_IN
    std::int64_t until_ms = 0;                                // of a hold
    std::string case_hash;
    std::string language;
    std::string person;  // whose key the contact is sealed with; empty: there is none
    std::string sealed;
    std::uint32_t revision = 0;  // how often it was moved
    std::string ticket;          // once it is checked in

    std::int64_t start_ms() const { return slots.front(); }
};

// Somebody's place in a slot, until then: a hold's end, a cooldown's end, or for good.
struct TakenPlace {
    std::uint64_t appointment = 0;  // 0: it cools down, or was given up
    std::int64_t until_ms = 0;
    bool internal = false;
};
constexpr std::int64_t for_good = std::numeric_limits<std::int64_t>::max();

struct DrawEntry {
    std::uint64_t id = 0;
    std::string case_hash;
    std::string language;
    std::vector<std::int64_t> preferences;  // where slots begin
};

// What one winner gets: consecutive slots, so many times.
struct DrawnPlace {
    std::vector<std::int64_t> slots;  // where they begin
    std::int64_t end_ms = 0;
    std::uint32_t day = 0;
    std::uint32_t capacity = 0;

    std::int64_t start_ms() const { return slots.front(); }
};

// Public places that are given away by lot. Kept until its last day has ended.
struct Draw {
    std::string service;
    std::uint32_t first_day = 0, last_day = 0;
    std::int64_t closes_at_ms = 0;
    std::string beacon_source, beacon_value;
    std::string commitment;
    std::string seed;  // empty until it was held
    std::vector<DrawnPlace> places;
    std::vector<DrawEntry> entries;
};

struct Bookings {
    std::uint64_t last_appointment = 0;
    // Of all events: a clock that is put back brings no hold and no cooldown back.
    std::int64_t latest_ms = 0;
    std::map<std::uint64_t, Appointment> appointments;
    // By service and by where the slot begins.
    std::map<std::string, std::map<std::int64_t, std::vector<TakenPlace>>, std::less<>> taken;
    std::map<std::string, std::set<std::uint64_t>, std::less<>> of_case;  // by case_hash
    std::map<std::string, Draw, std::less<>> draws;                       // by name
};

// Far above any office of the field.
constexpr std::size_t max_appointments = 200'000, max_draw_entries = 50'000, max_draws = 64;
constexpr std::size_t max_contact_bytes = 200;

// A hold that has ended at that moment is nobody's any more.
bool is_live(const Appointment& appointment, std::int64_t now_ms);

// Those of a case, by id, those whose hold has ended among them. Pointers into `bookings`.
std::vector<const Appointment*> appointments_of(const Bookings& bookings, std::string_view case_hash);
std::vector<const Appointment*> appointments_of(const Bookings& bookings,
                                                const google::protobuf::RepeatedPtrField<std::string>& case_hashes);

// Places of that kind in the slot that somebody has, or that cool down.
std::uint32_t taken_places(const Bookings& bookings, std::string_view service, std::int64_t start_ms, bool internal,
                           std::int64_t now_ms);

// What events do, as `apply` in apply.h says.
void apply(Bookings& bookings, const v1::SlotHeld& held, std::int64_t at_ms);
void apply(Bookings& bookings, const v1::AppointmentConfirmed& confirmed);
void apply(Bookings& bookings, const v1::AppointmentMoved& moved, std::int64_t at_ms);
void apply(Bookings& bookings, const v1::AppointmentCancelled& cancelled);
void apply(Bookings& bookings, const v1::ContactForgotten& forgotten);
void apply(Bookings& bookings, const v1::DrawOpened& opened);
void apply(Bookings& bookings, const v1::DrawEntered& entered);
void apply(Bookings& bookings, const v1::DrawHeld& held, std::int64_t at_ms);
void check_in(Bookings& bookings, std::uint64_t appointment, const std::string& ticket);
// Forgets what was on that day and before.
void end_day(Bookings& bookings, std::uint32_t day, std::int64_t at_ms);

}  // namespace hallcast::queue
