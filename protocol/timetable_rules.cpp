#include "protocol/timetable_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "protocol/timetable.h"

namespace hallcast::timetable {
namespace {

using std::chrono::days;
using Found = std::optional<Fault>;
using Ids = google::protobuf::RepeatedPtrField<std::string>;

// Where the checks stand: which entry of which list.
struct At {
    std::string_view list;
    int entry;

    Fault operator()(std::string_view key, std::string message, int item = -1) const {
        return Fault{list, entry, key, item, std::move(message)};
    }
};

Found fault_of_services(const At& at, const Ids& services, const std::set<std::string_view>& known) {
    std::set<std::string_view> seen;
    for (int i = 0; i < services.size(); ++i) {
        if (!known.contains(services[i]))
            return at("services",
                      fmt::format("there is no service '{}'; there are {}", services[i], fmt::join(known, ", ")), i);
        if (!seen.insert(services[i]).second)
            return at("services", fmt::format("service '{}' is there twice", services[i]), i);
    }
    return {};
}

Found fault_of_date(const At& at, std::string_view key, const std::string& text) {
    if (parse_date(text)) return {};
    if (text.empty()) return at("", fmt::format("'{}' is missing; write it like \"2026-03-29\"", key));
    return at(key, fmt::format("a date must be a day that exists, \"{}\"..\"{}\", is '{}'", text_of(earliest_date),
                               text_of(latest_date), text));
}

// Both may be empty: without a beginning, without an end.
Found fault_of_range(const At& at, std::string_view from_key, const std::string& from, std::string_view to_key,
                     const std::string& to) {
    if (!from.empty())
        if (Found fault = fault_of_date(at, from_key, from)) return fault;
    if (!to.empty())
        if (Found fault = fault_of_date(at, to_key, to)) return fault;
    if (!from.empty() && !to.empty() && *parse_date(to) < *parse_date(from))
        return at(to_key, fmt::format("'{}' {} is before '{}' {}", to_key, to, from_key, from));
    return {};
}

Found fault_of_span(const At& at, const std::string& from, const std::string& to) {
    for (const auto& [key, time] : {std::pair{"from", &from}, std::pair{"to", &to}})
        if (!parse_minutes(*time)) return at(key, fmt::format("a time must be \"00:00\"..\"24:00\", is '{}'", *time));
    const auto span = parse_span(from, to);
    if (!span && from != to) return at("from", "\"24:00\" is the end of a day; the next day begins at \"00:00\"");
    if (!span)
        return at("", fmt::format("'from' must be before 'to', but both are {}; a whole day is \"00:00\" to \"24:00\"",
                                  from));
    if (span->to > minutes_a_day && span->to - span->from > max_hours_past_midnight * 60)
        return at("", fmt::format("'from' must be before 'to', but is {} with 'to' {}; hours that pass midnight may "
                                  "last at most {} hours",
                                  from, to, max_hours_past_midnight));
    return {};
}

Found fault_of_entry(const At& at, const v1::OpeningHours& hours, const std::set<std::string_view>& services) {
    if (Found fault = fault_of_span(at, hours.from(), hours.to())) return fault;
    if (hours.days().empty()) return at("", "'days' is missing; write it like [mon, tue]");
    std::set<std::string_view> seen;
    for (int i = 0; i < hours.days_size(); ++i) {
        if (!parse_weekday(hours.days(i)))
            return at("days",
                      fmt::format("'{}' is no day; a day is mon, tue, wed, thu, fri, sat or sun", hours.days(i)), i);
        if (!seen.insert(hours.days(i)).second) return at("days", fmt::format("'{}' is there twice", hours.days(i)), i);
    }
    if (Found fault = fault_of_services(at, hours.services(), services)) return fault;
    if (hours.every_weeks() > max_every_weeks)
        return at("every_weeks",
                  fmt::format("'every_weeks' must be 1..{}, is {}", max_every_weeks, hours.every_weeks()));
    if (hours.every_weeks() > 1)
        if (Found fault = fault_of_date(at, "first_date", hours.first_date())) return fault;
    if (hours.every_weeks() <= 1 && !hours.first_date().empty())
        return at("first_date",
                  "'first_date' says which weeks count, and goes with an 'every_weeks' of 2 and more; the first day "
                  "of hours is 'valid_from'");
    return fault_of_range(at, "valid_from", hours.valid_from(), "valid_until", hours.valid_until());
}

bool share_a_service(const Ids& one, const Ids& other) {
    return one.empty() || std::ranges::any_of(one, [&](const std::string& id) { return concerns(other, id); });
}

// Whether there is a day of that weekday on which `one` holds, and `other` holds `shift` days later.
bool meet(const Weekly& one, unsigned weekday, const Weekly& other, int shift) {
    const Date last = std::min(one.last, other.last - days{shift});
    Date date = monday_of(std::max(one.first, other.first - days{shift})) + days{weekday};
    // After every_weeks weeks of `one` it has held once; then every_weeks times that show all that may come.
    for (int week = 0; week < one.every_weeks + 1 && date <= last && !holds_on(one, date); ++week) date += days{7};
    for (int turn = 0; turn < other.every_weeks + 1 && date <= last; ++turn, date += days{7 * one.every_weeks})
        if (holds_on(one, date) && holds_on(other, date + days{shift})) return true;
    return false;
}

// The later entry is named: the earlier one stood there when somebody wrote it.
Found fault_of_overlap(const v1::Office& office) {
    std::vector<Weekly> all;
    for (const v1::OpeningHours& hours : office.hours()) all.push_back(parse(hours).value_or(Weekly{}));
    for (int later = 0; later < office.hours_size(); ++later)
        for (int earlier = 0; earlier < later; ++earlier) {
            const Weekly& one = all[std::size_t(later)];
            const Weekly& other = all[std::size_t(earlier)];
            if (!share_a_service(office.hours(later).services(), office.hours(earlier).services())) continue;
            for (const int shift : {0, -1, 1}) {
                const int offset = shift * minutes_a_day;
                if (one.span.from >= other.span.to + offset || other.span.from + offset >= one.span.to) continue;
                for (int item = 0; item < office.hours(later).days_size(); ++item) {
                    const unsigned weekday = *parse_weekday(office.hours(later).days(item));
                    const unsigned others = unsigned(int(weekday) + 7 + shift) % 7;
                    if ((other.days >> others & 1) == 0 || !meet(one, weekday, other, shift)) continue;
                    const v1::OpeningHours& with = office.hours(earlier);
                    return Fault{"hours", later, "days", item,
                                 fmt::format("the hours of '{}' overlap with {} of '{}' in entry {}, for the same "
                                             "service",
                                             text_of_weekday(weekday), with.from() + "-" + with.to(),
                                             text_of_weekday(others), earlier + 1)};
                }
            }
        }
    return {};
}

Found fault_of_special_days(const v1::Office& office, const std::set<std::string_view>& services) {
    std::multimap<std::string_view, int> by_date;
    for (int i = 0; i < office.special_days_size(); ++i) {
        const At at{"special_days", i};
        const v1::SpecialDay& day = office.special_days(i);
        if (Found fault = fault_of_date(at, "date", day.date())) return fault;
        if (Found fault = fault_of_span(at, day.from(), day.to())) return fault;
        if (Found fault = fault_of_services(at, day.services(), services)) return fault;
        const Span span = *parse_span(day.from(), day.to());
        const auto [first, last] = by_date.equal_range(day.date());
        for (auto it = first; it != last; ++it) {
            const v1::SpecialDay& other = office.special_days(it->second);
            const Span others = *parse_span(other.from(), other.to());
            if (span.from < others.to && others.from < span.to && share_a_service(day.services(), other.services()))
                return at("", fmt::format("the hours of {} overlap with {}-{} in entry {}, for the same service",
                                          day.date(), other.from(), other.to(), it->second + 1));
        }
        by_date.emplace(day.date(), i);
    }
    return {};
}

// Who writes hours for some services means the others too, or has forgotten them: silently closed for ever is worse.
Found fault_of_coverage(const v1::Office& office) {
    if (office.hours().empty() && office.special_days().empty()) return {};
    for (int i = 0; i < office.services_size(); ++i) {
        const auto about = [&](const auto& entry) { return concerns(entry.services(), office.services(i).id()); };
        if (!std::ranges::any_of(office.hours(), about) && !std::ranges::any_of(office.special_days(), about))
            return Fault{
                "services", i, "", -1,
                fmt::format("service '{}' has no hours, though others have; name it in an entry of 'hours', or "
                            "write one without 'services' for all",
                            office.services(i).id())};
    }
    return {};
}

}  // namespace

std::optional<Fault> fault_of(const v1::Office& office) {
    if (office.hours_size() > max_hours)
        return Fault{"hours", -1, "", -1, fmt::format("'hours' may have at most {} entries", max_hours)};
    if (office.closures_size() > max_closures)
        return Fault{"closures", -1, "", -1, fmt::format("'closures' may have at most {} entries", max_closures)};
    if (office.special_days_size() > max_special_days)
        return Fault{"special_days", -1, "", -1,
                     fmt::format("'special_days' may have at most {} entries", max_special_days)};
    if (!office.holidays().empty() &&
        std::ranges::find(holiday_countries(), office.holidays()) == holiday_countries().end())
        return Fault{"holidays", -1, "", -1,
                     fmt::format("the public holidays of '{}' are not known; known are those of {}. Leave 'holidays' "
                                 "out and write 'closures'",
                                 office.holidays(), fmt::join(holiday_countries(), ", "))};
    std::set<std::string_view> services;
    for (const v1::Service& service : office.services()) services.insert(service.id());
    for (int i = 0; i < office.hours_size(); ++i)
        if (Found fault = fault_of_entry({"hours", i}, office.hours(i), services)) return fault;
    if (Found fault = fault_of_overlap(office)) return fault;
    for (int i = 0; i < office.closures_size(); ++i) {
        const At at{"closures", i};
        const v1::Closure& closure = office.closures(i);
        if (Found fault = fault_of_date(at, "from_date", closure.from_date())) return fault;
        if (Found fault = fault_of_range(at, "from_date", closure.from_date(), "to_date", closure.to_date()))
            return fault;
        if (Found fault = fault_of_services(at, closure.services(), services)) return fault;
    }
    if (Found fault = fault_of_special_days(office, services)) return fault;
    return fault_of_coverage(office);
}

std::optional<Fault> fault_of_sound(const v1::Hall& hall) {
    if (hall.sound_size() > max_sound_hours)
        return Fault{"sound", -1, "", -1, fmt::format("'sound' may have at most {} entries", max_sound_hours)};
    for (int i = 0; i < hall.sound_size(); ++i) {
        const At at{"sound", i};
        const v1::SoundHours& sound = hall.sound(i);
        if (!sound.when().services().empty())
            return at("services", "a hall is as loud for all services; leave 'services' out");
        if (Found fault = fault_of_entry(at, sound.when(), {})) return fault;
        if (sound.film_db() < least_film_db || sound.film_db() > most_film_db)
            return at("film_db",
                      fmt::format("'film_db' must be {}..{}, how much quieter films are ({}: not heard), is {}",
                                  least_film_db, most_film_db, least_film_db, sound.film_db()));
        if (sound.speech_db() < least_speech_db || sound.speech_db() > most_speech_db)
            return at("speech_db",
                      fmt::format("'speech_db' must be {}..{}, how much quieter or louder speech is, is {}",
                                  least_speech_db, most_speech_db, sound.speech_db()));
        if (!sound.quiet() && sound.film_db() == 0 && sound.speech_db() == 0)
            return at("", "says nothing; give it 'film_db', 'speech_db' or 'quiet: true'");
    }
    return {};
}

}  // namespace hallcast::timetable
