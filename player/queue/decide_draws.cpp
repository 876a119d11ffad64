// Draws: places of a service that are too few for all who want them, given away by lot (draw.h says how).
#include <algorithm>

#include "player/queue/booking_plan.h"
#include "player/queue/deciding.h"
#include "player/queue/draw.h"
#include "player/queue/office_rules.h"

namespace hallcast::queue {
namespace {

using std::chrono::days;

constexpr std::size_t max_name_bytes = 64, max_beacon_bytes = 200;
constexpr int max_preferences = 20, max_draw_days = 92, max_draw_slots = 20'000;

bool is_text(std::string_view text, std::size_t most) { return text.size() <= most && is_utf8(text); }

std::string id_of(std::uint64_t entry) { return std::to_string(entry); }

}  // namespace

// Null after a rejection.
const Draw* Deciding::draw_with(const std::string& name) {
    const auto found = state_.bookings.draws.find(name);
    if (found != state_.bookings.draws.end()) return &found->second;
    reject(v1::Rejection::NOT_FOUND,
           fmt::format("There is no draw '{}'. There are: {}.", name,
                       list_of(state_.bookings.draws, [](const auto& one) { return one.first; })));
    return nullptr;
}

// What may be known of it now: the requests only when nobody can add one any more.
v1::DrawPublication Deciding::publication_of(const std::string& name, const Draw& draw) const {
    v1::DrawPublication publication;
    publication.set_version(1);
    publication.set_draw(name);
    publication.set_beacon_source(draw.beacon_source);
    publication.set_commitment(draw.commitment);
    for (const DrawnPlace& place : draw.places) {
        v1::DrawSlot& slot = *publication.add_slots();
        slot.set_id(local_time(place.slots.front()));
        slot.set_capacity(place.capacity);
    }
    if (latest_ms() < draw.closes_at_ms) return publication;
    for (const DrawEntry& entry : draw.entries) {
        v1::DrawRequest& request = *publication.add_requests();
        request.set_id(id_of(entry.id));
        for (const std::int64_t start_ms : entry.preferences) request.add_preferences(local_time(start_ms));
    }
    publication.set_requests_digest(draw_digest(publication));
    return draw.seed.empty() ? publication : held_draw(std::move(publication), draw.seed, draw.beacon_value);
}

void Deciding::reply_draw(const std::string& name, const Draw& draw) {
    v1::DrawStatus& status = *decision_.reply.mutable_draw();
    status.set_entries(std::uint32_t(draw.entries.size()));
    status.set_closes_at_ms(draw.closes_at_ms);
    *status.mutable_publication() = publication_of(name, draw);
}

void Deciding::show_draw(const v1::ShowDraw& show) {
    if (const Draw* draw = draw_with(show.draw())) reply_draw(show.draw(), *draw);
}

void Deciding::open_draw(const v1::OpenDraw& open) {
    const BookingRules* rules = bookable(open.service());
    if (rules == nullptr) return;
    const auto from = timetable::parse_date(open.from_date()), to = timetable::parse_date(open.to_date());
    if (open.draw().empty() || !is_text(open.draw(), max_name_bytes) ||
        !is_text(open.beacon_source(), max_beacon_bytes))
        return reject(v1::Rejection::INVALID,
                      fmt::format("A draw has a name of 1 to {} bytes, and a beacon of at most {}.", max_name_bytes,
                                  max_beacon_bytes));
    if (!from || !to || *to < *from || *to - *from >= days{max_draw_days})
        return reject(
            v1::Rejection::INVALID,
            fmt::format("A draw is of at most {} days, from a date to another, written 2026-12-01.", max_draw_days));
    if (open.closes_at_ms() <= latest_ms() || open.closes_at_ms() >= state_.plan->calendar().start_of_day_ms(*from))
        return reject(v1::Rejection::INVALID, "A draw closes in the future, and before the first day of its places.");
    if (state_.bookings.draws.contains(open.draw()))
        return reject(v1::Rejection::WRONG_STATE,
                      fmt::format("There is a draw '{}' already. Give it another name.", open.draw()));
    const std::uint32_t first_day = number_of(*from), last_day = number_of(*to);
    for (const auto& [name, other] : state_.bookings.draws)
        if (other.seed.empty() && other.service == open.service() && other.first_day <= last_day &&
            first_day <= other.last_day)
            return reject(v1::Rejection::WRONG_STATE,
                          fmt::format("The draw '{}' is of the same service and days. Hold it first.", name));
    if (state_.bookings.draws.size() >= max_draws)
        return reject(v1::Rejection::NO_CAPACITY, fmt::format("There are {} draws, the most at a time.", max_draws));

    v1::DrawOpened opened;
    std::uint32_t capacity = 0;
    for (Date date = *from; date <= *to && opened.places_size() < max_draw_slots; date += days{1}) {
        const std::vector<Slot> slots = state_.plan->slots(open.service(), date);
        // Appointments of several slots are drawn one after the other, so that none overlaps with another.
        for (std::size_t i = 0; i + rules->slots <= slots.size();) {
            std::uint32_t free = std::numeric_limits<std::uint32_t>::max();
            std::size_t k = i;
            for (; k < i + rules->slots && (k == i || slots[k - 1].end_ms == slots[k].start_ms); ++k) {
                const std::uint32_t taken =
                    taken_places(state_.bookings, open.service(), slots[k].start_ms, false, latest_ms());
                free = std::min(free, slots[k].places > taken ? slots[k].places - taken : 0);
            }
            if (k == i + rules->slots && free != 0) {
                v1::DrawOpened::Place& place = *opened.add_places();
                for (std::size_t s = i; s < k; ++s) place.add_slots(slots[s].start_ms);
                place.set_end_ms(slots[k - 1].end_ms);
                place.set_day(number_of(date));
                place.set_capacity(free);
                capacity += free;
            }
            i = k;
        }
    }
    if (capacity == 0)
        return reject(v1::Rejection::NO_CAPACITY,
                      fmt::format("'{}' has no free public place on these days.", open.service()));
    opened.set_draw(open.draw());
    opened.set_service(open.service());
    opened.set_first_day(first_day);
    opened.set_last_day(last_day);
    opened.set_closes_at_ms(open.closes_at_ms());
    opened.set_beacon_source(open.beacon_source());
    opened.set_commitment(draw_commitment(open.draw(), open.beacon_source(), open.seed()));
    Bookings after;
    queue::apply(after, opened);
    *happen().mutable_draw_opened() = std::move(opened);
    reply_draw(open.draw(), after.draws.begin()->second);
}

void Deciding::enter_draw(const v1::EnterDraw& enter) {
    const Draw* draw = draw_with(enter.draw());
    if (draw == nullptr || !has_case()) return;
    if (latest_ms() >= draw->closes_at_ms)
        return reject(v1::Rejection::TOO_LATE,
                      fmt::format("The draw '{}' closed at {}.", enter.draw(), local_time(draw->closes_at_ms)));
    const std::string* spoken = language(enter.language());
    if (spoken == nullptr) return;
    if (std::ranges::any_of(draw->entries, [&](const DrawEntry& entry) { return is_case(entry.case_hash); }))
        return reject(v1::Rejection::WRONG_STATE, "This case takes part in the draw already, once as every other.");
    if (draw->entries.size() >= max_draw_entries)
        return reject(v1::Rejection::NO_CAPACITY,
                      fmt::format("The draw has {} entries, the most it can have.", max_draw_entries));
    std::set<std::int64_t> seen;
    for (const std::int64_t start_ms : enter.preferences())
        if (!seen.insert(start_ms).second ||
            std::ranges::find(draw->places, start_ms, &DrawnPlace::start_ms) == draw->places.end())
            return reject(v1::Rejection::NOT_FOUND,
                          fmt::format("The draw has no place at {}, or it is named twice. It begins at one of: "
                                      "hallcast draw show {}",
                                      local_time(start_ms), enter.draw()));
    if (enter.preferences().empty() || enter.preferences_size() > max_preferences)
        return reject(v1::Rejection::INVALID,
                      fmt::format("Name 1 to {} times that suit, the dearest first.", max_preferences));
    v1::DrawEntered& entered = *happen().mutable_draw_entered();
    entered.set_draw(enter.draw());
    entered.set_entry(draw->entries.size() + 1);
    entered.set_case_hash(command_.case_hashes(0));
    *entered.mutable_preferences() = enter.preferences();
    entered.set_language(*spoken);
    v1::DrawStatus& status = *decision_.reply.mutable_draw();
    status.set_entry(entered.entry());
    status.set_entries(std::uint32_t(entered.entry()));
    status.set_closes_at_ms(draw->closes_at_ms);
}

void Deciding::hold_draw(const v1::HoldDraw& hold) {
    const Draw* draw = draw_with(hold.draw());
    if (draw == nullptr) return;
    if (!draw->seed.empty())
        return reject(v1::Rejection::WRONG_STATE, fmt::format("The draw '{}' was held already.", hold.draw()));
    if (latest_ms() < draw->closes_at_ms)
        return reject(v1::Rejection::WRONG_STATE, fmt::format("The draw '{}' is open for entries until {}.",
                                                              hold.draw(), local_time(draw->closes_at_ms)));
    if (draw->beacon_source.empty() != hold.beacon_value().empty() || !is_text(hold.beacon_value(), max_beacon_bytes))
        return reject(v1::Rejection::INVALID,
                      draw->beacon_source.empty()
                          ? "This draw has no beacon, so it takes no value of one."
                          : fmt::format("This draw needs the outcome of its beacon: {}.", draw->beacon_source));
    if (draw_commitment(hold.draw(), draw->beacon_source, hold.seed()) != draw->commitment)
        return reject(v1::Rejection::WRONG_STATE,
                      "The seed is not the one that the draw's commitment binds to: is persons.db another than when it "
                      "was opened? Restore that one.");
    if (state_.bookings.appointments.size() + draw->entries.size() > max_appointments)
        return reject(v1::Rejection::NO_CAPACITY, "This office has too many appointments for another draw.");
    const v1::DrawPublication held = held_draw(publication_of(hold.draw(), *draw), hold.seed(), hold.beacon_value());
    std::map<std::string, const DrawnPlace*> place_of;
    for (const DrawnPlace& place : draw->places) place_of[local_time(place.start_ms())] = &place;
    std::map<std::string, std::uint64_t> entry_of;
    for (const DrawEntry& entry : draw->entries) entry_of[id_of(entry.id)] = entry.id;
    v1::DrawHeld& event = *happen().mutable_draw_held();
    event.set_draw(hold.draw());
    event.set_seed(hold.seed());
    event.set_beacon_value(hold.beacon_value());
    for (const v1::DrawOutcome& outcome : held.outcomes()) {
        if (outcome.slot().empty()) continue;
        v1::DrawHeld::Winner& winner = *event.add_winners();
        winner.set_entry(entry_of.at(outcome.request()));
        winner.set_appointment(state_.bookings.last_appointment + std::uint64_t(event.winners_size()));
        winner.set_place(std::uint32_t(place_of.at(outcome.slot()) - draw->places.data()));
    }
    v1::DrawStatus& status = *decision_.reply.mutable_draw();
    status.set_entries(std::uint32_t(draw->entries.size()));
    status.set_winners(std::uint32_t(event.winners_size()));
    status.set_closes_at_ms(draw->closes_at_ms);
    *status.mutable_publication() = held;
}

}  // namespace hallcast::queue
