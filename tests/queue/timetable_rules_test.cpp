// Each fault that a timetable can have, as a clerk's chief reads it, and timetables that only look faulty.
#include <algorithm>

#include "player/queue/office_rules.h"
#include "tests/queue/calendar_sample.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::timetable_rules_test {

using namespace calendar_sample;

v1::Office good_office() {
    v1::Office office = office_in("Europe/Warsaw");
    office.add_languages("pl");
    office.add_halls()->set_id("main");
    add_hours(office, {"mon", "tue"}, "08:00", "16:00");
    add_closure(office, "2026-12-24", "2026-12-31");
    add_special(office, "2026-07-02", "12:00", "13:00");
    office.set_holidays("PL");
    return office;
}

std::string fault_with(void (*change)(v1::Office&)) {
    v1::Office office = good_office();
    change(office);
    return fault_of(office).value_or("none");
}

TEST_CASE("a timetable without fault") { CHECK(fault_of(good_office()).value_or("none") == "none"); }

TEST_CASE("faults of a hall's sound say where, what and what to do") {
    const auto fault = [](auto change) {
        v1::Office office = good_office();
        for (int i = 0; i < 2; ++i) {
            v1::SoundHours& sound = *office.mutable_halls(0)->add_sound();
            sound.mutable_when()->add_days("mon");
            sound.mutable_when()->set_from("22:00");
            sound.mutable_when()->set_to("06:00");
            sound.set_quiet(true);
        }
        change(*office.mutable_halls(0));
        return fault_of(office).value_or("none");
    };
    CHECK(fault([](v1::Hall&) {}) == "none");  // they may overlap: the first counts
    CHECK(fault([](v1::Hall& hall) { hall.mutable_sound(1)->mutable_when()->set_from("10 pm"); }) ==
          "Hall 'main': Entry 2 of 'sound', 'from': a time must be \"00:00\"..\"24:00\", is '10 pm'.");
    CHECK(fault([](v1::Hall& hall) { hall.mutable_sound(0)->set_film_db(1); }).find("'film_db' must be -60..0") !=
          std::string::npos);
    CHECK(fault([](v1::Hall& hall) {
              hall.mutable_sound(0)->set_speech_db(-21);
          }).find("'speech_db' must be -20..10") != std::string::npos);
    CHECK(fault([](v1::Hall& hall) { hall.mutable_sound(0)->set_quiet(false); }).find("says nothing") !=
          std::string::npos);
    CHECK(fault([](v1::Hall& hall) {
              hall.mutable_sound(0)->mutable_when()->add_services("A");
          }).find("leave 'services' out") != std::string::npos);
    CHECK(fault([](v1::Hall& hall) {
              for (int i = 0; i < 49; ++i) *hall.add_sound() = hall.sound(0);
          }).find("at most 50 entries") != std::string::npos);
}

TEST_CASE("faults of how films make room say where, what and what is possible") {
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_ducking()->set_depth_db(0);
              office.mutable_ducking()->set_before_ms(500);
              office.mutable_ducking()->set_after_ms(100);
          }) == "none");
    CHECK(fault_with([](v1::Office& office) { office.mutable_ducking()->set_depth_db(1); }) ==
          "'ducking', 'depth_db': must be -60..0, is 1.");
    CHECK(fault_with([](v1::Office& office) { office.mutable_ducking()->set_before_ms(0); }) ==
          "'ducking', 'before_ms': must be 50..500, is 0.");
    CHECK(fault_with([](v1::Office& office) { office.mutable_ducking()->set_after_ms(5001); }) ==
          "'ducking', 'after_ms': must be 100..5000, is 5001.");
}

TEST_CASE("players of every hall know how films make room, and learn of a change") {
    sample::Desk desk = sample::open_desk();
    CHECK_FALSE(project(desk.state, desk.state.office->halls(0)).profile().has_ducking());
    v1::Office office = sample::office();
    office.mutable_ducking()->set_depth_db(-6);
    REQUIRE(desk(sample::apply_office(office)).has_office());
    for (const v1::HallEvent& event : repaint(desk.state, desk.now_ms)) {
        const auto& profile = std::ranges::find_if(event.changes(), &v1::HallChange::has_profile)->profile();
        CHECK(profile.ducking().depth_db() == -6);
        CHECK_FALSE(profile.ducking().has_before_ms());
    }
    office.mutable_ducking()->set_after_ms(99);
    CHECK(sample::code_of(desk(sample::apply_office(office)), "'after_ms'") == v1::Rejection::INVALID);
}

TEST_CASE("faults of hours say where, what and what to do") {
    CHECK(fault_with([](v1::Office& office) { office.set_time_zone("Europe/Atlantis"); }) ==
          "'Europe/Atlantis' is no time zone. Write it like Europe/Warsaw under 'time_zone'.");
    CHECK(fault_with([](v1::Office& office) { office.clear_time_zone(); }).starts_with("'' is no time zone"));
    CHECK(fault_with([](v1::Office& office) { office.set_time_zone("GMT+5"); }).starts_with("'GMT+5' is no time zone"));
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->set_from("8 am"); }) ==
          "Entry 1 of 'hours', 'from': a time must be \"00:00\"..\"24:00\", is '8 am'.");
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->set_to("24:01"); }).find("is '24:01'") !=
          std::string::npos);
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->set_to("08:00"); }) ==
          "Entry 1 of 'hours': 'from' must be before 'to', but both are 08:00; a whole day is \"00:00\" to \"24:00\".");
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->set_from("17:00"); }) ==
          "Entry 1 of 'hours': 'from' must be before 'to', but is 17:00 with 'to' 16:00; hours that pass midnight may "
          "last at most 16 hours.");
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_hours(0)->set_from("24:00");
          }).find("is the end of a day") != std::string::npos);
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->clear_days(); }).find("'days' is missing") !=
          std::string::npos);
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_hours(0)->add_days("tue");
          }).find("'tue' is there twice") != std::string::npos);
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->add_days("so"); }).find("'so' is no day") !=
          std::string::npos);
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->add_services("X"); }) ==
          "Entry 1 of 'hours', 'services': there is no service 'X'; there are A, B.");
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->set_every_weeks(2); }) ==
          "Entry 1 of 'hours': 'first_date' is missing; write it like \"2026-03-29\".");
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_hours(0)->set_every_weeks(53);
          }).find("'every_weeks' must be 1..52, is 53") != std::string::npos);
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_hours(0)->set_first_date("2026-01-01");
          }).find("goes with an 'every_weeks'") != std::string::npos);
    CHECK(fault_with([](v1::Office& office) { office.mutable_hours(0)->set_valid_from("2027-02-29"); }) ==
          "Entry 1 of 'hours', 'valid_from': a date must be a day that exists, \"1970-01-01\"..\"2199-12-31\", is "
          "'2027-02-29'.");
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_hours(0)->set_valid_from("2026-05-02");
              office.mutable_hours(0)->set_valid_until("2026-05-01");
          }).find("'valid_until' 2026-05-01 is before 'valid_from' 2026-05-02") != std::string::npos);
}

TEST_CASE("faults of closures, special days and holidays") {
    CHECK(fault_with([](v1::Office& office) { office.mutable_closures(0)->set_to_date("2026-12-23"); }) ==
          "Entry 1 of 'closures', 'to_date': 'to_date' 2026-12-23 is before 'from_date' 2026-12-24.");
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_closures(0)->clear_from_date();
          }).find("'from_date' is missing") != std::string::npos);
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_closures(0)->add_services("X");
          }).find("there is no service 'X'") != std::string::npos);
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_special_days(0)->set_date("2.7.2026");
          }).find("Entry 1 of 'special_days', 'date': a date must be") == 0);
    CHECK(fault_with([](v1::Office& office) {
              office.mutable_special_days(0)->clear_date();
          }).find("'date' is missing") != std::string::npos);
    CHECK(fault_with([](v1::Office& office) { add_special(office, "2026-07-02", "12:30", "14:00", {"A"}); }) ==
          "Entry 2 of 'special_days': the hours of 2026-07-02 overlap with 12:00-13:00 in entry 1, for the same "
          "service.");
    CHECK(fault_with([](v1::Office& office) { add_special(office, "2026-07-02", "13:00", "14:00"); }) == "none");
    CHECK(fault_with([](v1::Office& office) {
              office.set_holidays("DE");
          }).find("'holidays': the public holidays of 'DE' are not known; known are those of PL") == 0);
    CHECK(fault_with([](v1::Office& office) { office.clear_holidays(); }) == "none");
    CHECK(fault_with([](v1::Office& office) {
              for (int i = 0; i < 1001; ++i) add_closure(office, "2026-01-01", "");
          }).find("'closures' may have at most 1000 entries") != std::string::npos);
}

TEST_CASE("a service that was forgotten would be closed for ever") {
    CHECK(fault_with([](v1::Office& office) {
              office.clear_special_days();
              office.mutable_hours(0)->add_services("A");
          }).find("service 'B' has no hours, though others have") != std::string::npos);
    CHECK(fault_with([](v1::Office& office) {
              office.clear_hours();
              office.clear_special_days();
          }) == "none");
}

TEST_CASE("hours of one service may not overlap on any day, and only then are they refused") {
    const auto overlap = [](void (*change)(v1::Office&)) {
        const std::string fault = fault_with(change);
        const bool found = fault.find("overlap with") != std::string::npos;
        if (!found) CHECK(fault == "none");
        return found;
    };
    CHECK(fault_with([](v1::Office& office) {
              add_hours(office, {"wed", "tue"}, "15:00", "18:00");
          }) ==
          "Entry 2 of 'hours', 'days': the hours of 'tue' overlap with 08:00-16:00 of 'tue' in entry 1, for the same "
          "service.");
    CHECK_FALSE(overlap([](v1::Office& office) { add_hours(office, {"tue"}, "16:00", "18:00"); }));
    CHECK_FALSE(overlap([](v1::Office& office) { add_hours(office, {"wed"}, "15:00", "18:00"); }));
    // Past midnight, also from Sunday to Monday, in both orders.
    CHECK(overlap([](v1::Office& office) { add_hours(office, {"sun"}, "22:00", "08:01"); }));
    CHECK_FALSE(overlap([](v1::Office& office) { add_hours(office, {"sun"}, "22:00", "08:00"); }));
    CHECK(overlap([](v1::Office& office) {
        add_hours(office, {"fri"}, "22:00", "02:00");
        add_hours(office, {"sat"}, "01:59", "03:00");
    }));
    // Other services.
    CHECK_FALSE(overlap([](v1::Office& office) {
        office.mutable_hours(0)->add_services("A");
        add_hours(office, {"tue"}, "15:00", "18:00", {"B"});
    }));
    CHECK(overlap([](v1::Office& office) { add_hours(office, {"tue"}, "15:00", "18:00", {"B"}); }));
    // Other versions; a Tuesday must lie in both.
    const auto versions = [](const char* until, const char* from) {
        v1::Office office = good_office();
        office.mutable_hours(0)->set_valid_until(until);
        add_hours(office, {"tue"}, "15:00", "18:00").set_valid_from(from);
        return fault_of(office).has_value();
    };
    CHECK_FALSE(versions("2026-08-31", "2026-09-01"));
    CHECK(versions("2026-09-01", "2026-09-01"));        // a Tuesday
    CHECK_FALSE(versions("2026-09-07", "2026-09-02"));  // Wednesday to Monday
    CHECK(versions("2026-09-08", "2026-09-02"));
    // Other weeks: every second and every second; every second and every third meet.
    const auto weeks = [](unsigned one, const char* first, unsigned other, const char* others_first) {
        v1::Office office = good_office();
        office.mutable_hours(0)->set_every_weeks(one);
        office.mutable_hours(0)->set_first_date(first);
        v1::OpeningHours& added = add_hours(office, {"tue"}, "15:00", "18:00");
        added.set_every_weeks(other);
        added.set_first_date(others_first);
        return fault_of(office).has_value();
    };
    CHECK_FALSE(weeks(2, "2026-01-05", 2, "2026-01-12"));
    CHECK(weeks(2, "2026-01-05", 2, "2026-12-21"));
    CHECK(weeks(2, "2026-01-05", 3, "2026-01-12"));
    CHECK(weeks(51, "2026-01-05", 52, "2026-01-12"));
    CHECK_FALSE(weeks(26, "2026-01-05", 52, "2026-01-12"));
    CHECK(weeks(26, "2026-01-05", 52, "2026-07-06"));
}

}  // namespace hallcast::queue::timetable_rules_test
