#include "content/office_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "content/utf8.h"
#include "content/yaml_reader.h"
#include "protocol/base/resource.h"
#include "protocol/timetable.h"
#include "protocol/timetable_rules.h"

namespace hallcast::content {

std::span<const Resource> sample_files();  // made by hallcast_embed

namespace {

// Far beyond any office, near enough that no file can exhaust a player.
constexpr std::size_t most_bytes = 1 << 20;
constexpr std::size_t most_services = 100, most_counters = 500, most_halls = 32, most_ticker_texts = 100;
constexpr std::size_t most_languages = 40, most_profiles = 100;
constexpr unsigned most_head_start_minutes = 7 * 24 * 60;
constexpr std::size_t name_limit = 300, text_limit = 2000;

bool only(std::string_view text, std::string_view extra, bool letters_upper, bool letters_lower, bool digits) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (letters_upper && c >= 'A' && c <= 'Z') || (letters_lower && c >= 'a' && c <= 'z') ||
               (digits && c >= '0' && c <= '9') || extra.find(c) != std::string_view::npos;
    });
}

std::string identifier(const YamlPlace& place, std::string_view what) {
    std::string id = place.line(what, 32);
    if (!only(id, "_-", true, true, true))
        place.refuse("{} must be of letters a-z, digits, '-' and '_', is '{}'", what, id);
    return id;
}

bool is_prefix(std::string_view text) {
    return !text.empty() && text.size() <= 3 && only(text, "", true, false, false);
}

// Enough of BCP 47 for the tags an office uses: "pl", "zh", "zh-Hant", "pt-BR".
bool is_language(std::string_view tag) {
    const std::size_t primary = std::min(tag.find('-'), tag.size());
    if (primary < 2 || primary > 3 || !only(tag.substr(0, primary), "", false, true, false)) return false;
    return tag.size() <= 16 && tag.back() != '-' && tag.find("--") == std::string_view::npos &&
           only(tag, "-", true, true, true);
}

class OfficeReader {
  public:
    explicit OfficeReader(const YamlPlace& place)
        : file_(place, "an office",
                {"id", "name", "time_zone", "languages", "services", "counters", "halls", "hours", "holidays",
                 "closures", "special_days", "profiles", "priorities", "rules", "ducking"}) {}

    v1::Office read() {
        office_.set_id(identifier(file_.need("id"), "the office's id"));
        read_languages(file_.need("languages"));
        texts(file_.need("name"), "the office's name", name_limit, *office_.mutable_name());
        read_time_zone(file_.need("time_zone"));
        for (const YamlPlace& place : file_.need("services").list("'services'", most_services)) read_service(place);
        for (const YamlPlace& place : file_.need("halls").list("'halls'", most_halls)) read_hall(place);
        if (const YamlPlace* list = file_.find("profiles"))
            for (const YamlPlace& place : list->list("'profiles'", most_profiles)) read_profile(place);
        if (const YamlPlace* list = file_.find("priorities"))
            for (const YamlPlace& place : list->list("'priorities'", most_profiles)) read_priority(place);
        if (const YamlPlace* rules = file_.find("rules")) read_rules(*rules);
        if (const YamlPlace* ducking = file_.find("ducking")) read_ducking(*ducking);
        for (const YamlPlace& place : file_.need("counters").list("'counters'", most_counters)) read_counter(place);
        if (const YamlPlace* list = file_.find("hours"))
            for (const YamlPlace& place : list->list("'hours'", timetable::max_hours)) read_hours(place);
        if (const YamlPlace* country = file_.find("holidays")) office_.set_holidays(country->line("'holidays'", 16));
        if (const YamlPlace* list = file_.find("closures"))
            for (const YamlPlace& place : list->list("'closures'", timetable::max_closures)) read_closure(place);
        if (const YamlPlace* list = file_.find("special_days"))
            for (const YamlPlace& place : list->list("'special_days'", timetable::max_special_days))
                read_special_day(place);
        check_timetable();
        return std::move(office_);
    }

  private:
    void read_languages(const YamlPlace& list) {
        std::set<std::string> seen;
        for (const YamlPlace& place : list.list("'languages'", most_languages)) {
            const std::string tag = place.line("a language", 16);
            if (!is_language(tag)) place.refuse("'{}' is no language tag; write it like pl, uk or zh-Hant", tag);
            if (!seen.insert(tag).second) place.refuse("language '{}' is there twice", tag);
            office_.add_languages(tag);
        }
    }

    // The office's own language must be there: it is what the screen falls back to.
    void texts(const YamlPlace& place, const std::string& what, std::size_t limit,
               google::protobuf::Map<std::string, std::string>& into) {
        for (const auto& [key, value] : place.pairs(what, most_languages)) {
            const std::string tag = key.line("a language", 16);
            if (std::find(office_.languages().begin(), office_.languages().end(), tag) == office_.languages().end())
                key.refuse("{} is in '{}', which is not one of the office's languages ({})", what, tag,
                           fmt::join(office_.languages(), ", "));
            into[tag] = value.line(what + " in '" + tag + "'", limit);
        }
        if (!into.contains(office_.languages(0)))
            place.refuse("{} needs a text in '{}', the first of the office's languages", what, office_.languages(0));
    }

    void read_time_zone(const YamlPlace& place) {
        const std::string zone = place.line("the time zone", 64);
        const std::filesystem::path known = "/usr/share/zoneinfo";
        const bool plausible = only(zone, "/_+-", true, true, true) && zone.front() != '/' && zone.back() != '/';
        if (!plausible || (std::filesystem::exists(known / "UTC") && !std::filesystem::is_regular_file(known / zone)))
            place.refuse("'{}' is no time zone; write it like Europe/Warsaw", zone);
        office_.set_time_zone(zone);
    }

    void read_service(const YamlPlace& place) {
        const YamlRecord& record = remember("services", place, "a service",
                                            {"id", "name", "prefix", "first_number", "last_number", "numbers_go_on",
                                             "tickets_a_day", "tickets_an_hour", "booking"});
        v1::Service service;
        service.set_id(identifier(record.need("id"), "a service's id"));
        if (!services_.insert(service.id()).second)
            record.need("id").refuse("service '{}' is there twice", service.id());
        texts(record.need("name"), "the name of service '" + service.id() + "'", name_limit, *service.mutable_name());
        if (const YamlPlace* prefix = record.find("prefix")) {
            service.set_prefix(prefix->line("a prefix", 32));
            if (!is_prefix(service.prefix()))
                prefix->refuse("a prefix must be 1..3 letters A-Z, is '{}'", service.prefix());
        } else if (!is_prefix(service.id())) {
            place.refuse("service '{}' needs a 'prefix' of 1..3 letters A-Z for its tickets, as its id is none",
                         service.id());
        }
        service.set_first_number(number_of(record, "first_number", 1, 999'999));
        service.set_last_number(number_of(record, "last_number", 1, 999'999));
        service.set_numbers_go_on(is_set(record, "numbers_go_on"));
        service.set_tickets_a_day(number_of(record, "tickets_a_day", 1, 999'999));
        service.set_tickets_an_hour(number_of(record, "tickets_an_hour", 1, 999'999));
        if (const YamlPlace* booking = record.find("booking")) read_booking(*booking, *service.mutable_booking());
        // Two series with one prefix would print the same number on two visitors' tickets.
        const std::string& series = service.prefix().empty() ? service.id() : service.prefix();
        if (!prefixes_.insert(series).second) place.refuse("prefix '{}' belongs to another service already", series);
        *office_.add_services() = std::move(service);
    }

    void read_booking(const YamlPlace& place, v1::Booking& booking) {
        const YamlRecord record(
            place, "'booking'",
            {"slot_minutes", "slots", "availabilities", "tiers", "hold_minutes", "cooldown_minutes", "per_case",
             "check_in_early_minutes", "check_in_late_minutes", "late_as_walk_in", "by_draw"});
        booking.set_slot_minutes(number_of(record, "slot_minutes", 1, 1440));
        booking.set_slots(number_of(record, "slots", 1, 32));
        for (const YamlPlace& entry : record.need("availabilities").list("'availabilities'", 100)) {
            const YamlRecord availability(entry, "an availability",
                                          {"days", "from", "to", "every_weeks", "first_date", "valid_from",
                                           "valid_until", "counters", "internal"});
            v1::Availability& added = *booking.add_availabilities();
            read_hours(availability, *added.mutable_when());
            added.set_counters(number_of(availability, "counters", 0, 500));
            added.set_internal(number_of(availability, "internal", 0, 500));
        }
        if (const YamlPlace* tiers = record.find("tiers"))
            for (const YamlPlace& entry : tiers->list("'tiers'", 12)) {
                const YamlRecord tier(entry, "a tier", {"days_ahead", "percent"});
                v1::ReleaseTier& added = *booking.add_tiers();
                tier.need("days_ahead");
                added.set_days_ahead(number_of(tier, "days_ahead", 0, 366));
                tier.need("percent");
                added.set_percent(number_of(tier, "percent", 1, 100));
            }
        const auto set = [&](std::string_view key, unsigned low, auto setter) {
            if (record.find(key) != nullptr) (booking.*setter)(number_of(record, key, low, 10'080));
        };
        set("hold_minutes", 1, &v1::Booking::set_hold_minutes);
        set("cooldown_minutes", 0, &v1::Booking::set_cooldown_minutes);
        set("check_in_early_minutes", 0, &v1::Booking::set_check_in_early_minutes);
        set("check_in_late_minutes", 0, &v1::Booking::set_check_in_late_minutes);
        booking.set_per_case(number_of(record, "per_case", 1, 100));
        booking.set_late_as_walk_in(is_set(record, "late_as_walk_in"));
        booking.set_by_draw(is_set(record, "by_draw"));
    }

    void read_hall(const YamlPlace& place) {
        const YamlRecord record(place, "a hall", {"id", "name", "ticker", "sound"});
        v1::Hall hall;
        hall.set_id(identifier(record.need("id"), "a hall's id"));
        if (!halls_.insert(hall.id()).second) record.need("id").refuse("hall '{}' is there twice", hall.id());
        texts(record.need("name"), "the name of hall '" + hall.id() + "'", name_limit, *hall.mutable_name());
        if (const YamlPlace* ticker = record.find("ticker")) {
            std::set<std::string> seen;
            for (const YamlPlace& entry : ticker->list("'ticker'", most_ticker_texts)) {
                const YamlRecord text(entry, "a ticker text", {"id", "text"});
                v1::Text& added = *hall.add_ticker();
                added.set_id(identifier(text.need("id"), "a ticker text's id"));
                if (!seen.insert(added.id()).second)
                    text.need("id").refuse("ticker text '{}' is there twice", added.id());
                texts(text.need("text"), "ticker text '" + added.id() + "'", text_limit, *added.mutable_text());
            }
        }
        if (const YamlPlace* sound = record.find("sound")) read_sound(*sound, hall);
        *office_.add_halls() = std::move(hall);
    }

    static void read_sound(const YamlPlace& list, v1::Hall& hall) {
        std::vector<Entry> entries;
        for (const YamlPlace& place : list.list("'sound'", timetable::max_sound_hours)) {
            const YamlRecord record(place, "an entry of 'sound'",
                                    {"days", "from", "to", "every_weeks", "first_date", "valid_from", "valid_until",
                                     "film_db", "speech_db", "quiet"});
            v1::SoundHours& added = *hall.add_sound();
            read_hours(record, *added.mutable_when());
            if (const YamlPlace* film = record.find("film_db"))
                added.set_film_db(film->signed_number("'film_db'", timetable::least_film_db, timetable::most_film_db));
            if (const YamlPlace* speech = record.find("speech_db"))
                added.set_speech_db(
                    speech->signed_number("'speech_db'", timetable::least_speech_db, timetable::most_speech_db));
            added.set_quiet(is_set(record, "quiet"));
            entries.push_back({place, record});
        }
        if (const auto fault = timetable::fault_of_sound(hall)) refuse(*fault, list, entries);
    }

    void read_ducking(const YamlPlace& place) {
        using namespace timetable;
        const YamlRecord record(place, "'ducking'", {"depth_db", "before_ms", "after_ms"});
        v1::Ducking& ducking = *office_.mutable_ducking();
        if (const YamlPlace* depth = record.find("depth_db"))
            ducking.set_depth_db(depth->signed_number("'depth_db'", least_duck_db, most_duck_db));
        if (record.find("before_ms") != nullptr)
            ducking.set_before_ms(number_of(record, "before_ms", least_duck_before_ms, most_duck_before_ms));
        if (record.find("after_ms") != nullptr)
            ducking.set_after_ms(number_of(record, "after_ms", least_duck_after_ms, most_duck_after_ms));
    }

    void read_counter(const YamlPlace& place) {
        const YamlRecord record(place, "a counter", {"number", "hall", "services", "directions", "arrow", "profile"});
        v1::Counter counter;
        counter.set_number(record.need("number").number("a counter's number", 1, 999));
        if (!counters_.insert(counter.number()).second)
            record.need("number").refuse("counter {} is there twice", counter.number());
        if (const YamlPlace* hall = record.find("hall")) {
            counter.set_hall(hall->line("a hall", 32));
            if (!halls_.contains(counter.hall()))
                hall->refuse("there is no hall '{}'; there is {}", counter.hall(), fmt::join(halls_, ", "));
        }
        if (const YamlPlace* list = record.find("services")) {
            std::set<std::string> seen;
            for (const YamlPlace& entry : list->list("'services' of a counter", most_services)) {
                const std::string id = entry.line("a service", 32);
                if (!services_.contains(id))
                    entry.refuse("there is no service '{}'; there are {}", id, fmt::join(services_, ", "));
                if (!seen.insert(id).second) entry.refuse("service '{}' is there twice", id);
                counter.add_services(id);
            }
        }
        if (const YamlPlace* profile = record.find("profile")) {
            counter.set_profile(profile->line("a work profile", 32));
            if (!profiles_.contains(counter.profile()))
                profile->refuse("there is no work profile '{}'; there is {}", counter.profile(),
                                profiles_.empty() ? "none; describe it under 'profiles'"
                                                  : fmt::format("{}", fmt::join(profiles_, ", ")));
        }
        if (const YamlPlace* directions = record.find("directions"))
            texts(*directions, fmt::format("the directions to counter {}", counter.number()), text_limit,
                  *counter.mutable_directions());
        if (const YamlPlace* arrow = record.find("arrow")) {
            static constexpr std::array<std::string_view, 8> ways{"left",  "up_left",    "up",   "up_right",
                                                                  "right", "down_right", "down", "down_left"};
            counter.set_arrow(arrow->line("an arrow", 16));
            if (std::ranges::find(ways, counter.arrow()) == ways.end())
                arrow->refuse("there is no arrow '{}'; there are {}", counter.arrow(), fmt::join(ways, ", "));
        }
        *office_.add_counters() = std::move(counter);
    }

    void read_profile(const YamlPlace& place) {
        const YamlRecord record(place, "a work profile", {"id", "queues", "appointments_in_a_row"});
        v1::WorkProfile& profile = *office_.add_profiles();
        profile.set_id(identifier(record.need("id"), "a work profile's id"));
        if (!profiles_.insert(profile.id()).second)
            record.need("id").refuse("work profile '{}' is there twice", profile.id());
        profile.set_appointments_in_a_row(number_of(record, "appointments_in_a_row", 1, 100));
        std::set<std::string> seen;
        for (const YamlPlace& entry : record.need("queues").list("'queues'", most_services)) {
            const YamlRecord queue(entry, "a queue of a work profile", {"service", "head_start_minutes"});
            v1::ProfileQueue& added = *profile.add_queues();
            added.set_service(queue.need("service").line("a service", 32));
            if (!services_.contains(added.service()))
                queue.need("service").refuse("there is no service '{}'; there are {}", added.service(),
                                             fmt::join(services_, ", "));
            if (!seen.insert(added.service()).second)
                queue.need("service").refuse("service '{}' is there twice", added.service());
            added.set_head_start_minutes(number_of(queue, "head_start_minutes", 0, most_head_start_minutes));
        }
    }

    void read_priority(const YamlPlace& place) {
        const YamlRecord record(place, "a priority", {"id", "name", "head_start_minutes"});
        v1::PriorityClass& priority = *office_.add_priorities();
        priority.set_id(identifier(record.need("id"), "a priority's id"));
        for (int i = 0; i + 1 < office_.priorities_size(); ++i)
            if (office_.priorities(i).id() == priority.id())
                record.need("id").refuse("priority '{}' is there twice", priority.id());
        texts(record.need("name"), "the name of priority '" + priority.id() + "'", name_limit,
              *priority.mutable_name());
        record.need("head_start_minutes");
        priority.set_head_start_minutes(number_of(record, "head_start_minutes", 0, most_head_start_minutes));
    }

    void read_rules(const YamlPlace& place) {
        const YamlRecord record(place, "'rules'",
                                {"recycle_after_minutes", "recycle_times", "reinstate_minutes", "reinstated_come_last",
                                 "deadline_days", "deadline_head_start_minutes", "appointment_due_minutes",
                                 "keep_contact_days", "keep_case_days", "unseen_after_ms", "day_starts"});
        v1::Rules& rules = *office_.mutable_rules();
        const auto set = [&](std::string_view key, unsigned high, auto setter) {
            if (record.find(key) != nullptr) (rules.*setter)(number_of(record, key, 0, high));
        };
        set("recycle_after_minutes", 600, &v1::Rules::set_recycle_after_minutes);
        set("recycle_times", 100, &v1::Rules::set_recycle_times);
        set("reinstate_minutes", 1440, &v1::Rules::set_reinstate_minutes);
        set("deadline_days", 365, &v1::Rules::set_deadline_days);
        set("deadline_head_start_minutes", most_head_start_minutes, &v1::Rules::set_deadline_head_start_minutes);
        set("appointment_due_minutes", 600, &v1::Rules::set_appointment_due_minutes);
        set("keep_contact_days", 3650, &v1::Rules::set_keep_contact_days);
        set("keep_case_days", 3650, &v1::Rules::set_keep_case_days);
        set("unseen_after_ms", 60'000, &v1::Rules::set_unseen_after_ms);
        rules.set_reinstated_come_last(is_set(record, "reinstated_come_last"));
        if (const YamlPlace* starts = record.find("day_starts")) {
            rules.set_day_starts(starts->line("a time", 32));
            if (!timetable::parse_minutes(rules.day_starts()))
                starts->refuse("'{}' is no time; write it like \"03:00\"", rules.day_starts());
        }
    }

    static std::uint32_t number_of(const YamlRecord& record, std::string_view key, unsigned low, unsigned high) {
        const YamlPlace* place = record.find(key);
        return place ? place->number("'" + std::string(key) + "'", low, high) : 0;
    }
    static bool is_set(const YamlRecord& record, std::string_view key) {
        const YamlPlace* place = record.find(key);
        if (!place) return false;
        const std::string word = place->line("'" + std::string(key) + "'", 8);
        if (word != "true" && word != "false") place->refuse("'{}' is either true or false, is '{}'", key, word);
        return word == "true";
    }

    void read_hours(const YamlPlace& place) {
        const YamlRecord& record =
            remember("hours", place, "an entry of 'hours'",
                     {"days", "from", "to", "services", "every_weeks", "first_date", "valid_from", "valid_until"});
        v1::OpeningHours& hours = *office_.add_hours();
        read_hours(record, hours);
        read_services_of(record, *hours.mutable_services());
    }

    static void read_hours(const YamlRecord& record, v1::OpeningHours& hours) {
        hours.set_from(record.need("from").line("a time", 32));
        hours.set_to(record.need("to").line("a time", 32));
        for (const YamlPlace& entry : record.need("days").list("'days'", 7)) hours.add_days(entry.line("a day", 32));
        if (const YamlPlace* weeks = record.find("every_weeks"))
            hours.set_every_weeks(weeks->number("'every_weeks'", 1, timetable::max_every_weeks));
        hours.set_first_date(date_of(record, "first_date"));
        hours.set_valid_from(date_of(record, "valid_from"));
        hours.set_valid_until(date_of(record, "valid_until"));
    }

    void read_closure(const YamlPlace& place) {
        const YamlRecord& record =
            remember("closures", place, "a closure", {"from_date", "to_date", "services", "reason"});
        v1::Closure& closure = *office_.add_closures();
        closure.set_from_date(date_of(record, "from_date"));
        closure.set_to_date(date_of(record, "to_date"));
        read_services_of(record, *closure.mutable_services());
        if (const YamlPlace* reason = record.find("reason"))
            texts(*reason, "the reason of a closure", text_limit, *closure.mutable_reason());
    }

    void read_special_day(const YamlPlace& place) {
        const YamlRecord& record = remember("special_days", place, "a special day", {"date", "from", "to", "services"});
        v1::SpecialDay& day = *office_.add_special_days();
        day.set_date(date_of(record, "date"));
        day.set_from(record.need("from").line("a time", 32));
        day.set_to(record.need("to").line("a time", 32));
        read_services_of(record, *day.mutable_services());
    }

    static std::string date_of(const YamlRecord& record, std::string_view key) {
        const YamlPlace* place = record.find(key);
        return place ? place->line("a date", 32) : std::string();
    }

    static void read_services_of(const YamlRecord& record, google::protobuf::RepeatedPtrField<std::string>& into) {
        if (const YamlPlace* list = record.find("services"))
            for (const YamlPlace& entry : list->list("'services'", most_services))
                *into.Add() = entry.line("a service", 32);
    }

    // The rules of the timetable are the master's too and know no files: what they find is shown where it was read.
    void check_timetable() const {
        const auto fault = timetable::fault_of(office_);
        if (!fault) return;
        const auto entries = entries_.find(fault->list);
        refuse(*fault, file_.need(fault->list), entries == entries_.end() ? std::vector<Entry>() : entries->second);
    }

    struct Entry {
        YamlPlace place;
        YamlRecord record;
    };

    [[noreturn]] static void refuse(const timetable::Fault& fault, const YamlPlace& list,
                                    const std::vector<Entry>& entries) {
        if (fault.entry < 0) list.refuse("{}", fault.message);
        const Entry& entry = entries.at(std::size_t(fault.entry));
        const YamlPlace* at = entry.record.find(fault.key);
        if (at && fault.item >= 0) at->list(fault.key, 1000).at(std::size_t(fault.item)).refuse("{}", fault.message);
        (at ? *at : entry.place).refuse("{}", fault.message);
    }

    // The record, kept for check_timetable, until the next one of that list.
    const YamlRecord& remember(std::string_view list, const YamlPlace& place, std::string_view what,
                               const std::vector<std::string_view>& known) {
        return entries_[list].emplace_back(place, YamlRecord(place, what, known)).record;
    }

    YamlRecord file_;
    v1::Office office_;
    std::set<std::string> services_, prefixes_, halls_, profiles_;
    std::set<std::uint32_t> counters_;
    std::map<std::string_view, std::vector<Entry>> entries_;  // by the list's name
};

}  // namespace

Expected<v1::Office> parse_office(std::string_view yaml, const std::string& name) {
    if (yaml.size() > most_bytes)
        return fail("{}: is larger than {} bytes, the most an office may have", name, most_bytes);
    if (const std::size_t at = invalid_utf8(yaml); at != std::string_view::npos) {
        const auto line = std::count(yaml.begin(), yaml.begin() + std::ptrdiff_t(at), '\n') + 1;
        return fail("{}:{}: is no UTF-8 text; save the file as UTF-8", name, line);
    }
    try {
        const YAML::Node document = YAML::Load(std::string(yaml));
        if (document.IsNull()) return fail("{}: is empty; it must describe an office", name);
        if (has_second_document(std::string(yaml)))
            return fail("{}: holds several documents; it must hold one (no line '---' inside)", name);
        return OfficeReader(YamlPlace(document, name)).read();
    } catch (const YamlRefused& refused) {
        return std::unexpected(refused.error);
    } catch (const YAML::Exception& error) {
        return fail("{}:{}:{}: is no YAML: {}", name, error.mark.line + 1, error.mark.column + 1, error.msg);
    }
}

const v1::Office& sample_office() {
    static const v1::Office office = [] {
        const Resource& file = sample_files().front();
        auto parsed = parse_office(file.bytes, std::string(file.name));
        if (!parsed) invariant_broken(parsed.error().message.c_str(), __FILE__, __LINE__);
        return *std::move(parsed);
    }();
    return office;
}

}  // namespace hallcast::content
