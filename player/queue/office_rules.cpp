#include "player/queue/office_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "player/queue/booking_plan.h"
#include "player/queue/vault.h"
#include "player/queue/zone.h"
#include "protocol/timetable.h"
#include "protocol/timetable_rules.h"

namespace hallcast::queue {
namespace {

// Far above any office of the field; they bound what one command can make the core hold and publish.
constexpr int max_halls = 64;
constexpr int max_services = 256;
constexpr int max_counters = 512;
constexpr int max_languages = 64;
constexpr std::size_t max_id_bytes = 32;
constexpr std::size_t max_prefix_bytes = 8;
constexpr std::size_t max_office_bytes = 1u << 20;

// Ids travel in topics ("hall/<id>/"), call ids and addresses.
bool is_id(std::string_view id) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !id.empty() && id.size() <= max_id_bytes && std::ranges::all_of(id, allowed);
}

// A digit at the end would make "A1" + "001" and "A" + "1001" the same ticket.
bool is_prefix(std::string_view prefix) {
    const auto printable = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; };
    return !prefix.empty() && prefix.size() <= max_prefix_bytes && std::ranges::all_of(prefix, printable) &&
           !(prefix.back() >= '0' && prefix.back() <= '9');
}

using Fault = std::optional<std::string>;

std::string told(const timetable::Fault& fault) {
    std::string place = fmt::format("'{}'", fault.list);
    if (fault.entry >= 0) place = fmt::format("Entry {} of {}", fault.entry + 1, place);
    if (!fault.key.empty()) place += fmt::format(", '{}'", fault.key);
    return fmt::format("{}: {}.", place, fault.message);
}

Fault fault_of_languages(const v1::Office& office) {
    if (office.languages().empty())
        return "The office has no language. List at least its own under 'languages', as in [pl, en].";
    if (office.languages_size() > max_languages)
        return fmt::format("The office has more than {} languages.", max_languages);
    std::set<std::string_view> seen;
    for (const std::string& language : office.languages()) {
        if (!is_id(language))
            return fmt::format("'{}' is no language tag. Write them as 'pl', 'uk' or 'zh-Hant'.", language);
        if (!seen.insert(language).second) return fmt::format("Language '{}' is there twice. Remove one.", language);
    }
    return {};
}

Fault fault_of_halls(const v1::Office& office) {
    if (office.halls().empty()) return "The office has no hall. Describe at least one under 'halls'.";
    if (office.halls_size() > max_halls) return fmt::format("The office has more than {} halls.", max_halls);
    std::set<std::string_view> seen;
    for (const v1::Hall& hall : office.halls()) {
        if (!is_id(hall.id()))
            return fmt::format("Hall id '{}' must be 1 to {} of the characters a-z, A-Z, 0-9, '-' and '_'.", hall.id(),
                               max_id_bytes);
        if (!seen.insert(hall.id()).second)
            return fmt::format("Hall '{}' is there twice. Give one another id.", hall.id());
        std::set<std::string_view> texts;
        for (const v1::Text& text : hall.ticker())
            if (!texts.insert(text.id()).second)
                return fmt::format("Hall '{}' has two ticker texts with the id '{}'. Give one another id.", hall.id(),
                                   text.id());
        if (const auto fault = timetable::fault_of_sound(hall))
            return fmt::format("Hall '{}': {}", hall.id(), told(*fault));
    }
    return {};
}

Fault fault_of_ducking(const v1::Office& office) {
    const v1::Ducking& ducking = office.ducking();
    const auto fault = [](std::string_view key, std::int64_t least, std::int64_t most, std::int64_t is) {
        return fmt::format("'ducking', '{}': must be {}..{}, is {}.", key, least, most, is);
    };
    const auto within = [](auto value, auto least, auto most) { return value >= least && value <= most; };
    using namespace timetable;
    if (ducking.has_depth_db() && !within(ducking.depth_db(), least_duck_db, most_duck_db))
        return fault("depth_db", least_duck_db, most_duck_db, ducking.depth_db());
    if (ducking.has_before_ms() && !within(ducking.before_ms(), least_duck_before_ms, most_duck_before_ms))
        return fault("before_ms", least_duck_before_ms, most_duck_before_ms, ducking.before_ms());
    if (ducking.has_after_ms() && !within(ducking.after_ms(), least_duck_after_ms, most_duck_after_ms))
        return fault("after_ms", least_duck_after_ms, most_duck_after_ms, ducking.after_ms());
    return {};
}

Fault fault_of_services(const v1::Office& office) {
    if (office.services_size() > max_services)
        return fmt::format("The office has more than {} services.", max_services);
    std::set<std::string_view> seen;
    for (const v1::Service& service : office.services()) {
        if (!is_id(service.id()))
            return fmt::format("Service id '{}' must be 1 to {} of the characters a-z, A-Z, 0-9, '-' and '_'.",
                               service.id(), max_id_bytes);
        if (!seen.insert(service.id()).second)
            return fmt::format("Service '{}' is there twice. Give one another id.", service.id());
        if (!is_prefix(service.prefix().empty() ? service.id() : service.prefix()))
            return fmt::format(
                "The tickets of service '{}' would start with '{}'. Give it a 'prefix' of 1 to {} characters without "
                "spaces and "
                "without a digit at the end, like A.",
                service.id(), service.prefix().empty() ? service.id() : service.prefix(), max_prefix_bytes);
    }
    return {};
}

Fault fault_of_counters(const v1::Office& office) {
    if (office.counters_size() > max_counters)
        return fmt::format("The office has more than {} counters.", max_counters);
    std::set<std::string_view> halls;
    for (const v1::Hall& hall : office.halls()) halls.insert(hall.id());
    std::set<std::string_view> services;
    for (const v1::Service& service : office.services()) services.insert(service.id());
    std::set<std::uint32_t> seen;
    for (const v1::Counter& counter : office.counters()) {
        if (counter.number() == 0) return "A counter has no number. Number the counters from 1.";
        if (!seen.insert(counter.number()).second)
            return fmt::format("Counter {} is there twice. Give one another number.", counter.number());
        if (!counter.hall().empty() && !halls.contains(counter.hall()))
            return fmt::format("Counter {} is in hall '{}', which the office does not have. Name one of its halls.",
                               counter.number(), counter.hall());
        if (!counter.profile().empty() &&
            std::ranges::find(office.profiles(), counter.profile(), &v1::WorkProfile::id) == office.profiles().end())
            return fmt::format(
                "Counter {} has the work profile '{}', which the office does not have. Describe it under "
                "'profiles'.",
                counter.number(), counter.profile());
        for (const std::string& service : counter.services())
            if (!services.contains(service))
                return fmt::format("Counter {} serves '{}', which the office does not have. Name one of its services.",
                                   counter.number(), service);
    }
    return {};
}

constexpr std::uint32_t most_head_start_minutes = 7 * 24 * 60;

Fault fault_of_profiles(const v1::Office& office) {
    std::set<std::string_view> services, seen;
    for (const v1::Service& service : office.services()) services.insert(service.id());
    for (const v1::WorkProfile& profile : office.profiles()) {
        if (!is_id(profile.id()))
            return fmt::format("Work profile id '{}' must be 1 to {} of the characters a-z, A-Z, 0-9, '-' and '_'.",
                               profile.id(), max_id_bytes);
        if (!seen.insert(profile.id()).second)
            return fmt::format("Work profile '{}' is there twice. Give one another id.", profile.id());
        std::set<std::string_view> queues;
        for (const v1::ProfileQueue& queue : profile.queues()) {
            if (!services.contains(queue.service()))
                return fmt::format(
                    "Work profile '{}' serves '{}', which the office does not have. Name one of its "
                    "services.",
                    profile.id(), queue.service());
            if (!queues.insert(queue.service()).second)
                return fmt::format("Work profile '{}' names '{}' twice. Remove one.", profile.id(), queue.service());
            if (queue.head_start_minutes() > most_head_start_minutes)
                return fmt::format("Work profile '{}' gives '{}' a head start of more than a week.", profile.id(),
                                   queue.service());
        }
    }
    seen.clear();
    for (const v1::PriorityClass& priority : office.priorities()) {
        if (!is_id(priority.id()) || !seen.insert(priority.id()).second)
            return fmt::format(
                "Priority id '{}' must be 1 to {} of the characters a-z, A-Z, 0-9, '-' and '_', and there "
                "once.",
                priority.id(), max_id_bytes);
        if (priority.head_start_minutes() > most_head_start_minutes)
            return fmt::format("Priority '{}' gives a head start of more than a week.", priority.id());
    }
    if (!office.rules().day_starts().empty() && !timetable::parse_minutes(office.rules().day_starts()))
        return fmt::format("'{}' is no time at which a day can start. Write it as 03:00.", office.rules().day_starts());
    for (const v1::Service& service : office.services())
        if (service.last_number() != 0 && service.last_number() < std::max(1u, service.first_number()))
            return fmt::format("The numbers of service '{}' end with {} before they begin with {}.", service.id(),
                               service.last_number(), std::max(1u, service.first_number()));
    return {};
}

constexpr std::uint32_t most_booking_minutes = 7 * 24 * 60;
constexpr std::uint32_t most_places = 500, most_per_case = 100, most_days_ahead = 366;
constexpr int most_availabilities = 100, most_tiers = 12;
constexpr std::uint32_t most_slots = 32;

Fault fault_of_availability(const v1::Availability& availability) {
    const auto weekly = timetable::parse(availability.when());
    if (!weekly) return "must have 'days' of mon to sun, 'from' and 'to' like 08:00, and dates like 2026-12-01";
    if (!availability.when().services().empty()) return "names services; it is of the one that it stands under";
    if (weekly->span.to > timetable::minutes_a_day) return "goes past midnight; write two, one for each day";
    const std::uint32_t places = availability.counters() + availability.internal();
    if (places == 0) return "has no place: give it 'counters', 'internal' or both";
    if (availability.counters() > most_places || availability.internal() > most_places)
        return fmt::format("has more than {} places in a slot", most_places);
    return {};
}

Fault fault_of_booking(const v1::Office& office, const v1::Service& service) {
    const v1::Booking& booking = service.booking();
    const auto at = [&](std::string_view what) {
        return fmt::format("The booking of service '{}' {}.", service.id(), what);
    };
    if (office.hours().empty() && office.special_days().empty())
        return at("needs the office's 'hours': nobody has an appointment at a closed office");
    if (booking.slot_minutes() != 0 &&
        (booking.slot_minutes() > timetable::minutes_a_day || timetable::minutes_a_day % booking.slot_minutes() != 0))
        return at(fmt::format("has slots of {} minutes, which do not divide a day: take 5, 10, 15, 20, 30 or 60",
                              booking.slot_minutes()));
    if (booking.slots() > most_slots) return at(fmt::format("takes more than {} slots", most_slots));
    if (booking.per_case() > most_per_case)
        return at(fmt::format("allows a case more than {} appointments", most_per_case));
    if (booking.availabilities().empty())
        return at("has no 'availabilities': say when how many counters take appointments");
    if (booking.availabilities_size() > most_availabilities)
        return at(fmt::format("has more than {} availabilities", most_availabilities));
    for (int i = 0; i < booking.availabilities_size(); ++i)
        if (const Fault fault = fault_of_availability(booking.availabilities(i)))
            return at(fmt::format("has a fault: availability {} {}", i + 1, *fault));
    if (booking.tiers_size() > most_tiers) return at(fmt::format("has more than {} tiers", most_tiers));
    std::map<std::uint32_t, std::uint32_t> tiers;
    for (const v1::ReleaseTier& tier : booking.tiers()) {
        if (tier.days_ahead() > most_days_ahead || tier.percent() == 0 || tier.percent() > 100)
            return at(fmt::format("has a tier that is not 0 to {} days ahead and 1 to 100 percent", most_days_ahead));
        if (!tiers.emplace(tier.days_ahead(), tier.percent()).second)
            return at(fmt::format("has two tiers for {} days ahead", tier.days_ahead()));
    }
    const std::uint32_t farthest = tiers.empty() ? usual_days_ahead : std::prev(tiers.end())->first;
    const std::uint32_t kept =
        office.rules().has_keep_case_days() ? office.rules().keep_case_days() : std::uint32_t(Retention{}.case_days);
    if (farthest > kept)
        return at(
            fmt::format("opens {} days ahead, but 'keep_case_days' forgets case numbers after {}: nobody could check "
                        "them at the appointment",
                        farthest, kept));
    for (auto near = tiers.begin(); near != tiers.end() && std::next(near) != tiers.end(); ++near)
        if (std::next(near)->second > near->second)
            return at(fmt::format("opens more places {} days ahead than {} days ahead; places are never closed again",
                                  std::next(near)->first, near->first));
    for (const std::uint32_t minutes : {booking.hold_minutes(), booking.cooldown_minutes(),
                                        booking.check_in_early_minutes(), booking.check_in_late_minutes()})
        if (minutes > most_booking_minutes) return at("has a time of more than a week");
    return {};
}

Fault fault_of_bookings(const v1::Office& office) {
    for (const v1::Service& service : office.services())
        if (service.has_booking())
            if (Fault fault = fault_of_booking(office, service)) return fault;
    return {};
}

Fault fault_of_timetable(const v1::Office& office) {
    if (!is_time_zone(office.time_zone()))
        return fmt::format("'{}' is no time zone. Write it like Europe/Warsaw under 'time_zone'.", office.time_zone());
    const auto fault = timetable::fault_of(office);
    return fault ? Fault(told(*fault)) : Fault();
}

}  // namespace

Fault fault_of(const v1::Office& office) {
    for (const auto fault_of_part : {fault_of_languages, fault_of_halls, fault_of_ducking, fault_of_services,
                                     fault_of_counters, fault_of_profiles, fault_of_timetable, fault_of_bookings})
        if (Fault fault = fault_of_part(office)) return fault;
    if (office.ByteSizeLong() > max_office_bytes) return "The office is larger than 1 MiB. Shorten its texts.";
    if (v1::Office again; !again.ParseFromString(office.SerializeAsString()))
        return "A text of the office is not valid UTF-8. Save the file as UTF-8.";
    return {};
}

std::optional<std::string> obstacle_to(const State& state, const v1::Office& office) {
    std::set<std::string_view> services;
    for (const v1::Service& service : office.services()) services.insert(service.id());
    for (const auto& [id, service] : state.services)
        if (service.waiting() != 0 && !services.contains(id))
            return fmt::format(
                "Service '{}' cannot go: {} visitors wait for it. Call them first, or apply this after hours.", id,
                service.waiting());
    for (const auto& [id, visit] : state.visits) {
        if (is_over(visit.phase)) continue;
        for (std::size_t i = visit.current; i < visit.services.size(); ++i)
            if (!services.contains(visit.services[i]))
                return fmt::format("Service '{}' cannot go: {} still needs it. Finish that visit first.",
                                   visit.services[i], visit.ticket);
    }

    for (const auto& [id, appointment] : state.bookings.appointments)
        if (!services.contains(appointment.service))
            return fmt::format("Service '{}' cannot go: appointment {} is booked for it. Cancel it first.",
                               appointment.service, id);

    std::map<std::uint32_t, std::string_view> hall_of_counter;
    for (const v1::Counter& counter : office.counters())
        hall_of_counter[counter.number()] = counter.hall().empty() ? office.halls(0).id() : counter.hall();
    for (const auto& [number, counter] : state.counters) {
        if (counter.visit == 0) continue;
        const auto next = hall_of_counter.find(number);
        if (next == hall_of_counter.end() || next->second != counter.hall)
            return fmt::format("Counter {} cannot {}: {} is there. Finish that visit first: hallcast ctl finish {}",
                               number, next == hall_of_counter.end() ? "go" : "move to another hall",
                               state.visits.at(counter.visit).ticket, number);
    }
    return {};
}

// The table of well-formed byte sequences: Unicode 15.0, table 3-7.
bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t offset) {
            return i + offset < text.size() ? static_cast<unsigned char>(text[i + offset]) : 0u;
        };
        const unsigned lead = byte(0);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                   : lead >= 0xe0 && lead < 0xf0 ? 3
                                   : lead >= 0xf0 && lead < 0xf5 ? 4
                                                                 : 0;
        if (length == 0) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((byte(k) & 0xc0) != 0x80) return false;
        const unsigned second = byte(1);
        const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
        const bool surrogate = lead == 0xed && second > 0x9f;
        const bool beyond = lead == 0xf4 && second > 0x8f;
        if (length > 1 && (overlong || surrogate || beyond)) return false;
        i += length;
    }
    return true;
}

}  // namespace hallcast::queue
