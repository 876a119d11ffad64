#include <yaml-cpp/yaml.h>

#include "content/office_file.h"

namespace hallcast::content {
namespace {

using Texts = google::protobuf::Map<std::string, std::string>;

class OfficeWriter {
  public:
    explicit OfficeWriter(const v1::Office& office) : office_(office) {}

    std::string write() {
        out_ << YAML::BeginMap;
        pair("id", office_.id());
        texts("name", office_.name());
        pair("time_zone", office_.time_zone());
        flow_list("languages", office_.languages());
        list("hours", office_.hours(), [&](const v1::OpeningHours& hours) { write_hours(hours); });
        if (!office_.holidays().empty()) pair("holidays", office_.holidays());
        list("closures", office_.closures(), [&](const v1::Closure& closure) {
            quoted("from_date", closure.from_date());
            quoted("to_date", closure.to_date());
            flow_list("services", closure.services());
            texts("reason", closure.reason());
        });
        list("special_days", office_.special_days(), [&](const v1::SpecialDay& day) {
            quoted("date", day.date());
            quoted("from", day.from());
            quoted("to", day.to());
            flow_list("services", day.services());
        });
        list("services", office_.services(), [&](const v1::Service& service) {
            pair("id", service.id());
            texts("name", service.name());
            if (!service.prefix().empty()) pair("prefix", service.prefix());
            number("first_number", service.first_number());
            number("last_number", service.last_number());
            if (service.numbers_go_on()) pair("numbers_go_on", "true");
            number("tickets_a_day", service.tickets_a_day());
            number("tickets_an_hour", service.tickets_an_hour());
            if (service.has_booking()) write_booking(service.booking());
        });
        list("profiles", office_.profiles(), [&](const v1::WorkProfile& profile) {
            pair("id", profile.id());
            list("queues", profile.queues(), [&](const v1::ProfileQueue& queue) {
                pair("service", queue.service());
                number("head_start_minutes", queue.head_start_minutes());
            });
            number("appointments_in_a_row", profile.appointments_in_a_row());
        });
        list("priorities", office_.priorities(), [&](const v1::PriorityClass& priority) {
            pair("id", priority.id());
            texts("name", priority.name());
            out_ << YAML::Key << "head_start_minutes" << YAML::Value << priority.head_start_minutes();
        });
        if (office_.has_rules()) write_rules(office_.rules());
        if (office_.has_ducking()) write_ducking(office_.ducking());
        list("counters", office_.counters(), [&](const v1::Counter& counter) {
            out_ << YAML::Key << "number" << YAML::Value << counter.number();
            if (!counter.hall().empty()) pair("hall", counter.hall());
            flow_list("services", counter.services());
            if (!counter.profile().empty()) pair("profile", counter.profile());
            texts("directions", counter.directions());
            if (!counter.arrow().empty()) pair("arrow", counter.arrow());
        });
        list("halls", office_.halls(), [&](const v1::Hall& hall) {
            pair("id", hall.id());
            texts("name", hall.name());
            list("ticker", hall.ticker(), [&](const v1::Text& text) {
                pair("id", text.id());
                texts("text", text.text());
            });
            list("sound", hall.sound(), [&](const v1::SoundHours& sound) {
                write_hours(sound.when());
                if (sound.film_db() != 0) out_ << YAML::Key << "film_db" << YAML::Value << sound.film_db();
                if (sound.speech_db() != 0) out_ << YAML::Key << "speech_db" << YAML::Value << sound.speech_db();
                if (sound.quiet()) pair("quiet", "true");
            });
        });
        out_ << YAML::EndMap;
        return std::string(out_.c_str()) + "\n";
    }

  private:
    void pair(const char* key, const std::string& value) { out_ << YAML::Key << key << YAML::Value << value; }

    void number(const char* key, std::uint32_t value) {
        if (value != 0) out_ << YAML::Key << key << YAML::Value << value;
    }

    void write_hours(const v1::OpeningHours& hours) {
        flow_list("days", hours.days());
        quoted("from", hours.from());
        quoted("to", hours.to());
        flow_list("services", hours.services());
        number("every_weeks", hours.every_weeks());
        quoted("first_date", hours.first_date());
        quoted("valid_from", hours.valid_from());
        quoted("valid_until", hours.valid_until());
    }

    void write_booking(const v1::Booking& booking) {
        out_ << YAML::Key << "booking" << YAML::Value << YAML::BeginMap;
        number("slot_minutes", booking.slot_minutes());
        number("slots", booking.slots());
        list("availabilities", booking.availabilities(), [&](const v1::Availability& availability) {
            write_hours(availability.when());
            number("counters", availability.counters());
            number("internal", availability.internal());
        });
        list("tiers", booking.tiers(), [&](const v1::ReleaseTier& tier) {
            out_ << YAML::Key << "days_ahead" << YAML::Value << tier.days_ahead();
            number("percent", tier.percent());
        });
        number("hold_minutes", booking.hold_minutes());
        optional("cooldown_minutes", booking.has_cooldown_minutes(), booking.cooldown_minutes());
        number("per_case", booking.per_case());
        optional("check_in_early_minutes", booking.has_check_in_early_minutes(), booking.check_in_early_minutes());
        optional("check_in_late_minutes", booking.has_check_in_late_minutes(), booking.check_in_late_minutes());
        if (booking.late_as_walk_in()) pair("late_as_walk_in", "true");
        if (booking.by_draw()) pair("by_draw", "true");
        out_ << YAML::EndMap;
    }

    template <typename Number>
    void optional(const char* key, bool set, Number value) {
        if (set) out_ << YAML::Key << key << YAML::Value << value;
    }

    // What is not set stays so: the defaults are the program's, and may change with it.
    void write_rules(const v1::Rules& rules) {
        out_ << YAML::Key << "rules" << YAML::Value << YAML::BeginMap;
        optional("recycle_after_minutes", rules.has_recycle_after_minutes(), rules.recycle_after_minutes());
        optional("recycle_times", rules.has_recycle_times(), rules.recycle_times());
        optional("reinstate_minutes", rules.has_reinstate_minutes(), rules.reinstate_minutes());
        if (rules.reinstated_come_last()) pair("reinstated_come_last", "true");
        optional("deadline_days", rules.has_deadline_days(), rules.deadline_days());
        optional("deadline_head_start_minutes", rules.has_deadline_head_start_minutes(),
                 rules.deadline_head_start_minutes());
        optional("appointment_due_minutes", rules.has_appointment_due_minutes(), rules.appointment_due_minutes());
        optional("keep_contact_days", rules.has_keep_contact_days(), rules.keep_contact_days());
        optional("keep_case_days", rules.has_keep_case_days(), rules.keep_case_days());
        optional("unseen_after_ms", rules.has_unseen_after_ms(), rules.unseen_after_ms());
        quoted("day_starts", rules.day_starts());
        out_ << YAML::EndMap;
    }

    void write_ducking(const v1::Ducking& ducking) {
        out_ << YAML::Key << "ducking" << YAML::Value << YAML::BeginMap;
        optional("depth_db", ducking.has_depth_db(), ducking.depth_db());
        optional("before_ms", ducking.has_before_ms(), ducking.before_ms());
        optional("after_ms", ducking.has_after_ms(), ducking.after_ms());
        out_ << YAML::EndMap;
    }

    // Times and dates, where there are any: other YAML readers take 08:00 for a number of base 60, 2026-03-29 for a
    // date of their own.
    void quoted(const char* key, const std::string& value) {
        if (!value.empty()) out_ << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
    }

    template <typename List>
    void flow_list(const char* key, const List& entries) {
        if (entries.empty()) return;
        out_ << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginSeq;
        for (const std::string& entry : entries) out_ << entry;
        out_ << YAML::EndSeq;
    }

    template <typename List, typename Write>
    void list(const char* key, const List& entries, Write write_entry) {
        if (entries.empty()) return;
        out_ << YAML::Key << key << YAML::Value << YAML::BeginSeq;
        for (const auto& entry : entries) {
            out_ << YAML::BeginMap;
            write_entry(entry);
            out_ << YAML::EndMap;
        }
        out_ << YAML::EndSeq;
    }

    // In the office's order of languages, so that the same office always gives the same file.
    void texts(const char* key, const Texts& by_language) {
        if (by_language.empty()) return;
        out_ << YAML::Key << key << YAML::Value << YAML::BeginMap;
        for (const std::string& language : office_.languages()) {
            const auto found = by_language.find(language);
            if (found != by_language.end()) pair(language.c_str(), found->second);
        }
        out_ << YAML::EndMap;
    }

    const v1::Office& office_;
    YAML::Emitter out_;
};

}  // namespace

std::string format_office(const v1::Office& office) { return OfficeWriter(office).write(); }

}  // namespace hallcast::content
