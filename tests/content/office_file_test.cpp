#include "content/office_file.h"

#include <google/protobuf/util/message_differencer.h>

#include <set>

#include "content/texts.h"
#include "tests/catch.h"

namespace hallcast::content::office_file_test {

using google::protobuf::util::MessageDifferencer;

const std::string small_office = R"(id: small
name: {pl: Urząd}
time_zone: Europe/Warsaw
languages: [pl, uk]
services:
  - {id: A, name: {pl: Pobyt}}
  - {id: B, name: {pl: Praca}, prefix: WP}
counters:
  - {number: 1, services: [A]}
halls:
  - {id: main, name: {pl: Sala}}
hours:
  - {days: [mon, tue], from: "08:00", to: "16:00"}
)";

// Goes on where the small office's hours end.
const std::string full_timetable =
    R"(  - {days: [sat], from: "22:00", to: "02:00", services: [A, B], every_weeks: 2, first_date: "2026-01-10"}
  - {days: [fri], from: "00:00", to: "24:00", services: [A], valid_from: "2026-09-01", valid_until: "2026-12-31"}
holidays: PL
closures:
  - {from_date: "2026-07-06", to_date: "2026-07-10", services: [B], reason: {pl: Remont, uk: Ремонт}}
  - {from_date: "2026-07-20"}
special_days:
  - {date: "2026-12-23", from: "08:00", to: "12:00", services: [A]}
  - {date: 2026-12-23, from: "13:00", to: "14:00"}
)";

// The small office with one thing changed.
std::string with(const std::string& from, const std::string& to) {
    std::string yaml = small_office;
    const std::size_t at = yaml.find(from);
    REQUIRE(at != std::string::npos);
    return yaml.replace(at, from.size(), to);
}

std::string error_of(const std::string& yaml) {
    const auto office = parse_office(yaml, "office.yaml");
    REQUIRE_FALSE(office.has_value());
    return office.error().message;
}

TEST_CASE("a small office is read") {
    const auto office = parse_office(small_office, "office.yaml");
    INFO((office ? std::string() : office.error().message));
    REQUIRE(office.has_value());
    CHECK(office->id() == "small");
    CHECK(office->name().at("pl") == "Urząd");
    CHECK(office->services(1).prefix() == "WP");
    CHECK(office->counters(0).services(0) == "A");
    CHECK(office->hours(0).days_size() == 2);
    CHECK(office->hours(0).from() == "08:00");
}

TEST_CASE("the sample office is whole: six services, eight counters, nine languages in every text") {
    const v1::Office& office = sample_office();
    CHECK(office.services_size() == 6);
    CHECK(office.counters_size() == 8);
    CHECK(office.halls_size() == 1);
    REQUIRE(office.languages_size() == 9);
    for (int i = 0; i < 9; ++i) CHECK(office.languages(i) == shipped_languages()[std::size_t(i)]);
    const auto complete = [](const auto& texts) {
        std::set<std::string> different;
        for (const auto& [language, text] : texts) different.insert(text);
        return texts.size() == 9 && different.size() >= 8;  // none is a copy of another, but for one pair at most
    };
    CHECK(complete(office.name()));
    for (const v1::Service& service : office.services()) CHECK(complete(service.name()));
    for (const v1::Counter& counter : office.counters()) CHECK(complete(counter.directions()));
    CHECK(complete(office.halls(0).name()));
    CHECK(office.halls(0).ticker_size() >= 5);
    for (const v1::Text& text : office.halls(0).ticker()) CHECK(complete(text.text()));
}

TEST_CASE("an office that is written and read again is the same") {
    const auto again = [](const v1::Office& office) {
        const std::string yaml = format_office(office);
        const auto parsed = parse_office(yaml, "again.yaml");
        INFO((parsed ? yaml : parsed.error().message + "\n" + yaml));
        REQUIRE(parsed.has_value());
        CHECK(MessageDifferencer::Equals(*parsed, office));
        CHECK(format_office(*parsed) == yaml);
    };
    again(sample_office());
    again(parse_office(small_office + full_timetable, "office.yaml").value());
    v1::Office office = parse_office(small_office, "office.yaml").value();
    for (const char* awkward : {"no",
                                "~",
                                "12",
                                "08:00",
                                "a: b",
                                "- x",
                                "#1",
                                "'q'",
                                "\"q\"",
                                "{x}",
                                " edge ",
                                "@",
                                "null",
                                "ends:",
                                "*a",
                                "%",
                                "back\\slash",
                                "Łódź, ქართული, 中文 😀",
                                "soft\u00adhyphen",
                                "nbsp\u00a0",
                                "\u200fعربي"}) {
        (*office.mutable_name())["uk"] = awkward;
        again(office);
    }
}

TEST_CASE("a counter may have an arrow that shows where it is") {
    const auto with_arrow = [](const std::string& arrow) {
        return parse_office(with("counters:", "counters:\n  - {number: 77, arrow: " + arrow + "}"), "office.yaml");
    };
    const auto office = with_arrow("up_left");
    INFO((office ? "" : office.error().message));
    REQUIRE(office);
    CHECK(office->counters(0).arrow() == "up_left");
    CHECK(MessageDifferencer::Equals(*parse_office(format_office(*office), "again.yaml"), *office));
    const auto wrong = with_arrow("sideways");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message.find("there is no arrow 'sideways'; there are left, up_left") != std::string::npos);
}

TEST_CASE("how an office works is read, and written again") {
    const auto office = parse_office(with("counters:", R"(profiles:
  - {id: both, queues: [{service: B, head_start_minutes: 20}, {service: A}], appointments_in_a_row: 2}
priorities:
  - {id: pregnant, name: {pl: Ciąża}, head_start_minutes: 30}
rules: {recycle_after_minutes: 0, recycle_times: 3, reinstated_come_last: true, unseen_after_ms: 0, day_starts: "04:30"}
counters:)"),
                                     "office.yaml");
    INFO((office ? "" : office.error().message));
    REQUIRE(office);
    CHECK(office->profiles(0).queues(0).head_start_minutes() == 20);
    CHECK(office->profiles(0).appointments_in_a_row() == 2);
    CHECK(office->priorities(0).head_start_minutes() == 30);
    CHECK(office->rules().has_recycle_after_minutes());
    CHECK(office->rules().recycle_after_minutes() == 0);
    CHECK_FALSE(office->rules().has_reinstate_minutes());
    CHECK(office->rules().day_starts() == "04:30");
    CHECK(office->rules().has_unseen_after_ms());
    CHECK(office->rules().unseen_after_ms() == 0);
    const auto again = parse_office(format_office(*office), "again.yaml");
    REQUIRE(again);
    CHECK(MessageDifferencer::Equals(*again, *office));
    CHECK(error_of(with("counters:", "rules: {day_starts: 4 am}\ncounters:")).find("is no time") != std::string::npos);
    CHECK(error_of(with("counters:", "rules: {reinstated_come_last: maybe}\ncounters:")).find("either true or false") !=
          std::string::npos);
    CHECK(error_of(with("counters:", "profiles: [{id: x, queues: [{service: Q}]}]\ncounters:"))
              .find("there is no service 'Q'") != std::string::npos);
    CHECK(error_of(with("services: [A]", "profile: none")).find("there is no work profile 'none'") !=
          std::string::npos);
}

const std::string loud_hall = R"({id: main, name: {pl: Sala}, sound: [
    {days: [mon, tue], from: "22:00", to: "06:00", film_db: -60, speech_db: -6, quiet: true},
    {days: [mon], from: "06:00", to: "08:00", every_weeks: 2, first_date: "2026-01-05", speech_db: 10}]})";

TEST_CASE("how loud a hall is when is read, and written again") {
    const auto office = parse_office(with("{id: main, name: {pl: Sala}}", loud_hall), "office.yaml");
    INFO((office ? "" : office.error().message));
    REQUIRE(office);
    REQUIRE(office->halls(0).sound_size() == 2);
    const v1::SoundHours& night = office->halls(0).sound(0);
    CHECK(night.when().from() == "22:00");
    CHECK(night.film_db() == -60);
    CHECK(night.speech_db() == -6);
    CHECK(night.quiet());
    CHECK(office->halls(0).sound(1).speech_db() == 10);
    CHECK(office->halls(0).sound(1).when().every_weeks() == 2);
    CHECK_FALSE(office->halls(0).sound(1).quiet());
    const auto again = parse_office(format_office(*office), "again.yaml");
    INFO((again ? format_office(*office) : again.error().message));
    REQUIRE(again);
    CHECK(MessageDifferencer::Equals(*again, *office));

    const auto error_with = [](const std::string& from, const std::string& to) {
        std::string hall = loud_hall;
        const std::size_t at = hall.find(from);
        REQUIRE(at != std::string::npos);
        return error_of(with("{id: main, name: {pl: Sala}}", hall.replace(at, from.size(), to)));
    };
    CHECK(error_with("film_db: -60", "film_db: -61") ==
          "office.yaml:12:61: 'film_db' must be a whole number of -60..0, is '-61'");
    CHECK(error_with("speech_db: 10", "speech_db: loud").find("'speech_db' must be a whole number of -20..10") !=
          std::string::npos);
    CHECK(error_with("22:00", "10 pm").find("office.yaml:12:30: a time must be") == 0);
    CHECK(error_with("[mon, tue]", "[mon, xyz]").find("office.yaml:12:18: 'xyz' is no day") == 0);
    CHECK(error_with("speech_db: 10", "quiet: false").find("office.yaml:13:5: says nothing; give it") == 0);
    CHECK(error_with("quiet: true", "quiet: yes").find("'quiet' is either true or false") != std::string::npos);
    CHECK(error_with("every_weeks: 2, first_date", "services: [A], first_date").find("'services' is not known") !=
          std::string::npos);
    CHECK(error_with("first_date: \"2026-01-05\", ", "").find("'first_date' is missing") != std::string::npos);
}

TEST_CASE("how films make room for speech is read, and written again as far as it is said") {
    const auto read = [](const std::string& ducking) {
        const auto office = parse_office(with("counters:", ducking + "\ncounters:"), "office.yaml");
        INFO((office ? "" : office.error().message));
        REQUIRE(office);
        const auto again = parse_office(format_office(*office), "again.yaml");
        INFO(format_office(*office));
        REQUIRE(again);
        CHECK(MessageDifferencer::Equals(*again, *office));
        return office->ducking();
    };
    const v1::Ducking all = read("ducking: {depth_db: 0, before_ms: 300, after_ms: 1500}");
    CHECK((all.has_depth_db() && all.depth_db() == 0));
    CHECK(all.before_ms() == 300);
    CHECK(all.after_ms() == 1500);
    const v1::Ducking depth = read("ducking: {depth_db: -24}");
    CHECK(depth.depth_db() == -24);
    CHECK_FALSE((depth.has_before_ms() || depth.has_after_ms()));
    CHECK(error_of(with("counters:", "ducking: {depth_db: 3}\ncounters:")) ==
          "office.yaml:8:21: 'depth_db' must be a whole number of -60..0, is '3'");
    CHECK(error_of(with("counters:", "ducking: {before_ms: 49}\ncounters:")).find("of 50..500, is '49'") !=
          std::string::npos);
    CHECK(error_of(with("counters:", "ducking: {after_ms: 5001}\ncounters:")).find("of 100..5000, is '5001'") !=
          std::string::npos);
    CHECK(error_of(with("counters:", "ducking: {before: 100}\ncounters:")).find("'before' is not known in 'ducking'") !=
          std::string::npos);
}

TEST_CASE("errors of an office file name the place and what is allowed") {
    CHECK(error_of(with("id: B", "id: A")) == "office.yaml:7:10: service 'A' is there twice");
    CHECK(error_of(with("services: [A]", "services: [A, X]")) ==
          "office.yaml:9:31: there is no service 'X'; there are A, B");
    CHECK(error_of(with("08:00", "8 am")) == "office.yaml:13:30: a time must be \"00:00\"..\"24:00\", is '8 am'");
    CHECK(error_of(with("08:00", "25:00")).find("a time must be") != std::string::npos);
    CHECK(error_of(with("08:00", "17:00")).find("'from' must be before 'to'") != std::string::npos);
    CHECK(error_of(with("[mon, tue]", "[mon, sonntag]")).find("13:18: 'sonntag' is no day; a day is mon, tue, wed") !=
          std::string::npos);
    CHECK(error_of(with("{pl: Pobyt}", "{pl: \"\"}")) == "office.yaml:6:24: the name of service 'A' in 'pl' is empty");
    CHECK(error_of(with("{pl: Pobyt}", "{uk: X}")).find("needs a text in 'pl'") != std::string::npos);
    CHECK(error_of(with("{pl: Pobyt}", "{pl: X, ua: Y}"))
              .find("is in 'ua', which is not one of the office's languages (pl, uk)") != std::string::npos);
    CHECK(error_of(with("time_zone:", "timezone:")) ==
          "office.yaml:3:1: 'timezone' is not known in an office; it may have id, name, time_zone, languages, "
          "services, counters, "
          "halls, hours, holidays, closures, special_days, profiles, priorities, rules or ducking");
    CHECK(error_of(with("time_zone: Europe/Warsaw\n", "")).find("an office needs 'time_zone'") != std::string::npos);
    CHECK(error_of(with("Europe/Warsaw", "../../etc/passwd")).find("is no time zone") != std::string::npos);
    CHECK(error_of(with("Europe/Warsaw", "Europe/Atlantis")).find("is no time zone") != std::string::npos);
    CHECK(error_of(with("number: 1", "number: 1000")) ==
          "office.yaml:9:14: a counter's number must be a whole number of 1..999, is '1000'");
    CHECK(error_of(with("number: 1", "number: one")).find("whole number of 1..999") != std::string::npos);
    CHECK(error_of(with("number: 1", "hall: side, number: 1")).find("there is no hall 'side'; there is main") !=
          std::string::npos);
    CHECK(error_of(with("prefix: WP", "prefix: A")).find("prefix 'A' belongs to another service") != std::string::npos);
    CHECK(error_of(with("prefix: WP", "prefix: w1")).find("1..3 letters A-Z") != std::string::npos);
    CHECK(error_of(with("id: B, name: {pl: Praca}, prefix: WP", "id: work, name: {pl: Praca}"))
              .find("needs a 'prefix'") != std::string::npos);
    CHECK(error_of(with("services: [A]", "services: []")).find("is an empty list") != std::string::npos);
    CHECK(error_of(with("id: small", "id: small\nid: other")) == "office.yaml:2:1: 'id' is there twice");
    CHECK(error_of(with("  - {number: 1, services: [A]}", "  - {number: 1}\n  - {number: 1}")) ==
          "office.yaml:10:14: counter 1 is there twice");
    CHECK(error_of(with("to: \"16:00\"}", "to: \"16:00\"}\n  - {days: [tue], from: \"15:00\", to: \"18:00\"}"))
              .find("hours of 'tue' overlap") != std::string::npos);
}

TEST_CASE("the timetable of an office file: weeks, versions, closures, special days") {
    const auto office = parse_office(small_office + full_timetable, "office.yaml");
    INFO((office ? std::string() : office.error().message));
    REQUIRE(office.has_value());
    CHECK(office->hours(1).every_weeks() == 2);
    CHECK(office->hours(1).first_date() == "2026-01-10");
    CHECK(office->hours(1).services_size() == 2);
    CHECK(office->hours(2).valid_from() == "2026-09-01");
    CHECK(office->hours(2).valid_until() == "2026-12-31");
    CHECK(office->holidays() == "PL");
    CHECK(office->closures(0).to_date() == "2026-07-10");
    CHECK(office->closures(0).services(0) == "B");
    CHECK(office->closures(0).reason().at("uk") == "Ремонт");
    CHECK(office->closures(1).to_date().empty());
    CHECK(office->special_days(0).services(0) == "A");
    CHECK(office->special_days(1).date() == "2026-12-23");
}

TEST_CASE("errors of a timetable name the place") {
    const auto error_with = [](const std::string& from, const std::string& to) {
        std::string yaml = small_office + full_timetable;
        const std::size_t at = yaml.find(from);
        REQUIRE(at != std::string::npos);
        return error_of(yaml.replace(at, from.size(), to));
    };
    CHECK(error_with("services: [A, B], every", "services: [A, X], every") ==
          "office.yaml:14:61: there is no service 'X'; there are A, B");
    CHECK(error_with("every_weeks: 2", "every_weeks: 53").find("office.yaml:14:78: 'every_weeks' must be") == 0);
    CHECK(error_with("first_date: \"2026-01-10\"", "first_date: \"10.1.2026\"")
              .find("office.yaml:14:93: a date must be a day that exists") == 0);
    CHECK(error_with(", first_date: \"2026-01-10\"", "").find("office.yaml:14:5: 'first_date' is missing") == 0);
    CHECK(error_with("valid_until: \"2026-12-31\"", "valid_until: \"2026-08-31\"")
              .find("'valid_until' 2026-08-31 is before 'valid_from' 2026-09-01") != std::string::npos);
    CHECK(error_with("holidays: PL", "holidays: XX").find("office.yaml:16:11: the public holidays of 'XX'") == 0);
    CHECK(error_with("to_date: \"2026-07-10\"", "to_date: \"2026-07-05\"").find("office.yaml:18:40: 'to_date'") == 0);
    CHECK(error_with("reason: {pl: Remont,", "reason: {").find("needs a text in 'pl'") != std::string::npos);
    CHECK(error_with("  - {from_date: \"2026-07-20\"}", "  - {to_date: \"2026-07-20\"}")
              .find("office.yaml:19:5: 'from_date' is missing") == 0);
    CHECK(error_with("{date: 2026-12-23, from: \"13:00\"", "{date: 2026-12-23, from: \"11:00\"")
              .find("office.yaml:22:5: the hours of 2026-12-23 overlap with 08:00-12:00 in entry 1") == 0);
    CHECK(error_with("date: 2026-12-23", "date: 2027-02-29").find("office.yaml:22:12: a date must be") == 0);
    CHECK(error_of(with("{days: [mon, tue], from", "{days: [mon, tue], services: [A], from")) ==
          "office.yaml:7:5: service 'B' has no hours, though others have; name it in an entry of 'hours', or write one "
          "without 'services' for all");
}

TEST_CASE("what is no office file is refused, whatever it is") {
    CHECK(error_of("") == "office.yaml: is empty; it must describe an office");
    CHECK(error_of("- a\n- b\n").find("office.yaml:1:1: an office must be a mapping") == 0);
    CHECK(error_of("id: [unclosed\n").find("is no YAML") != std::string::npos);
    CHECK(error_of("id: a\n\xff\n").find("office.yaml:2: is no UTF-8") == 0);
    // yaml-cpp's own LoadAll makes documents out of this for ever.
    CHECK(error_of(",i").find("office.yaml: ") == 0);
    CHECK(error_of(small_office + ",i").find("office.yaml:") == 0);
    CHECK(error_of(small_office + "---\nid: second\n").find("several documents") != std::string::npos);
    CHECK(error_of(std::string(2 << 20, '#')).find("is larger than") != std::string::npos);
    CHECK(error_of(std::string(100'000, '[')).find("office.yaml") == 0);
    CHECK(error_of("id: &a {b: *a}\n").find("office.yaml") == 0);
    CHECK(error_of("&a [*a, *a]\n").find("office.yaml") == 0);
    CHECK(error_of(with("pl: Urząd", "pl: \"two\\nlines\"")).find("must be one line") != std::string::npos);
}

TEST_CASE("an office file cut off anywhere, or with a byte changed, is read or refused, never worse") {
    for (std::size_t length = 0; length < small_office.size(); ++length)
        if (const auto office = parse_office(small_office.substr(0, length), "cut.yaml"); !office)
            CHECK(office.error().message.starts_with("cut.yaml"));
    for (std::size_t at = 0; at < small_office.size(); ++at)
        for (const char byte : {'\0', ':', '[', '*', '&', '\xc3', '"', '\t'}) {
            std::string yaml = small_office;
            yaml[at] = byte;
            if (const auto office = parse_office(yaml, "odd.yaml"); !office)
                CHECK(office.error().message.starts_with("odd.yaml"));
        }
}

}  // namespace hallcast::content::office_file_test
