// The calendar on days that people have looked up: changes of the clock, leap days, weeks, versions, exceptions.
#include "player/queue/calendar.h"

#include "tests/queue/calendar_sample.h"

namespace hallcast::queue::calendar_test {

using namespace calendar_sample;

std::string opens_after(const Calendar& calendar, const char* at) {
    return text_of_utc(calendar.next_opening("A", utc(at)));
}
std::string closes_after(const Calendar& calendar, const char* at) {
    return text_of_utc(calendar.closes_at("A", utc(at)));
}
std::string start_of(const Calendar& calendar, const char* day) {
    return text_of_utc(calendar.start_of_day_ms(date(day)));
}
std::int64_t hours_of(const Calendar& calendar, const char* day) {
    return (calendar.start_of_day_ms(date(day) + days{1}) - calendar.start_of_day_ms(date(day))) / 3'600'000;
}

TEST_CASE("a week in Warsaw, with lunch, in winter and in summer") {
    v1::Office office = office_in("Europe/Warsaw");
    add_hours(office, {"mon", "tue"}, "13:00", "16:00");
    add_hours(office, {"mon", "tue"}, "08:00", "12:00");
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2026-01-05") ==
          "2026-01-05 07:00 to 2026-01-05 11:00, 2026-01-05 12:00 to 2026-01-05 15:00");
    CHECK(open_on(calendar, "A", "2026-07-07") ==
          "2026-07-07 06:00 to 2026-07-07 10:00, 2026-07-07 11:00 to 2026-07-07 14:00");
    CHECK(open_on(calendar, "A", "2026-07-08").empty());
    CHECK(calendar.is_open("A", utc("2026-07-07 06:00")));
    CHECK_FALSE(calendar.is_open("A", utc("2026-07-07 06:00") - 1));
    CHECK(calendar.is_open("A", utc("2026-07-07 10:00") - 1));
    CHECK_FALSE(calendar.is_open("A", utc("2026-07-07 10:00")));
    CHECK(opens_after(calendar, "2026-07-07 10:00") == "2026-07-07 11:00");
    CHECK(opens_after(calendar, "2026-07-07 12:34") == "2026-07-07 12:34");
    CHECK(opens_after(calendar, "2026-07-07 14:00") == "2026-07-13 06:00");
    CHECK(closes_after(calendar, "2026-07-07 06:00") == "2026-07-07 10:00");
    CHECK(closes_after(calendar, "2026-07-07 10:30") == "never");
}

TEST_CASE("Warsaw, 29 March 2026: 02:00 to 03:00 is left out") {
    v1::Office office = office_in("Europe/Warsaw");
    add_daily(office, "01:00", "04:00", {"A"});
    add_daily(office, "02:30", "05:00", {"B"});
    add_daily(office, "01:30", "02:30", {"C"});
    add_daily(office, "02:10", "02:50", {"D"});
    add_daily(office, "08:00", "16:00", {"E"});
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2026-03-29") == "2026-03-29 00:00 to 2026-03-29 02:00");
    CHECK(open_on(calendar, "B", "2026-03-29") == "2026-03-29 01:00 to 2026-03-29 03:00");
    CHECK(open_on(calendar, "C", "2026-03-29") == "2026-03-29 00:30 to 2026-03-29 01:00");
    CHECK(open_on(calendar, "D", "2026-03-29").empty());
    CHECK(open_on(calendar, "D", "2026-03-28") == "2026-03-28 01:10 to 2026-03-28 01:50");
    CHECK(open_on(calendar, "E", "2026-03-28") == "2026-03-28 07:00 to 2026-03-28 15:00");
    CHECK(open_on(calendar, "E", "2026-03-29") == "2026-03-29 06:00 to 2026-03-29 14:00");
    CHECK(hours_of(calendar, "2026-03-28") == 24);
    CHECK(hours_of(calendar, "2026-03-29") == 23);
}

TEST_CASE("Warsaw, 25 October 2026: 02:00 to 03:00 comes twice") {
    v1::Office office = office_in("Europe/Warsaw");
    add_daily(office, "01:00", "04:00", {"A"});
    add_daily(office, "02:30", "05:00", {"B"});
    add_daily(office, "01:30", "02:30", {"C"});
    add_daily(office, "02:00", "03:00", {"D"});
    add_daily(office, "08:00", "16:00", {"E"});
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2026-10-25") == "2026-10-24 23:00 to 2026-10-25 03:00");
    CHECK(open_on(calendar, "B", "2026-10-25") == "2026-10-25 00:30 to 2026-10-25 04:00");
    CHECK(open_on(calendar, "C", "2026-10-25") == "2026-10-24 23:30 to 2026-10-25 01:30");
    CHECK(open_on(calendar, "D", "2026-10-25") == "2026-10-25 00:00 to 2026-10-25 02:00");
    CHECK(open_on(calendar, "E", "2026-10-25") == "2026-10-25 07:00 to 2026-10-25 15:00");
    CHECK(hours_of(calendar, "2026-10-25") == 25);
    CHECK(calendar.local_date(utc("2026-10-25 22:59")) == date("2026-10-25"));
    CHECK(calendar.local_date(utc("2026-10-25 23:00")) == date("2026-10-26"));
}

TEST_CASE("offsets of half an hour, and a change of the clock by one") {
    v1::Office office = office_in("Asia/Kathmandu");
    add_daily(office, "09:00", "17:00");
    CHECK(open_on(Calendar(office), "A", "2026-05-05") == "2026-05-05 03:15 to 2026-05-05 11:15");
    office.set_time_zone("Asia/Kolkata");
    CHECK(open_on(Calendar(office), "A", "2026-05-05") == "2026-05-05 03:30 to 2026-05-05 11:30");
    CHECK(start_of(Calendar(office), "2026-05-05") == "2026-05-04 18:30");

    v1::Office island = office_in("Australia/Lord_Howe");
    add_daily(island, "01:45", "02:15");
    const Calendar calendar(island);
    CHECK(open_on(calendar, "A", "2026-01-05") == "2026-01-04 14:45 to 2026-01-04 15:15");
    // 02:00 becomes 01:30: 01:45 comes twice. 02:00 becomes 02:30: 02:15 never comes.
    CHECK(open_on(calendar, "A", "2026-04-05") == "2026-04-04 14:45 to 2026-04-04 15:45");
    CHECK(open_on(calendar, "A", "2026-10-04") == "2026-10-03 15:15 to 2026-10-03 15:30");
}

TEST_CASE("Havana changes its clock at midnight: one day begins at 01:00, another twice") {
    v1::Office office = office_in("America/Havana");
    add_daily(office, "00:00", "06:00", {"A"});
    add_daily(office, "20:00", "24:00", {"B"});
    const Calendar calendar(office);
    CHECK(start_of(calendar, "2026-03-08") == "2026-03-08 05:00");
    CHECK(hours_of(calendar, "2026-03-08") == 23);
    CHECK(open_on(calendar, "A", "2026-03-08") == "2026-03-08 05:00 to 2026-03-08 10:00");
    CHECK(open_on(calendar, "B", "2026-03-07") == "2026-03-08 01:00 to 2026-03-08 05:00");
    CHECK(start_of(calendar, "2026-11-01") == "2026-11-01 04:00");
    CHECK(hours_of(calendar, "2026-11-01") == 25);
    CHECK(open_on(calendar, "A", "2026-11-01") == "2026-11-01 04:00 to 2026-11-01 11:00");
    CHECK(open_on(calendar, "B", "2026-10-31") == "2026-11-01 00:00 to 2026-11-01 05:00");  // the second midnight
    CHECK(calendar.local_date(utc("2026-11-01 03:59")) == date("2026-10-31"));
    CHECK(calendar.local_date(utc("2026-11-01 05:30")) == date("2026-11-01"));
}

TEST_CASE("Beirut sets its clock back at midnight: the evening before is longer") {
    v1::Office office = office_in("Asia/Beirut");
    add_daily(office, "22:00", "24:00", {"A"});
    add_daily(office, "00:00", "01:30", {"B"});
    const Calendar calendar(office);
    CHECK(hours_of(calendar, "2022-10-29") == 25);
    CHECK(start_of(calendar, "2022-10-30") == "2022-10-29 22:00");
    CHECK(open_on(calendar, "A", "2022-10-29") == "2022-10-29 19:00 to 2022-10-29 22:00");
    CHECK(start_of(calendar, "2022-03-27") == "2022-03-26 22:00");
    CHECK(open_on(calendar, "B", "2022-03-27") == "2022-03-26 22:00 to 2022-03-26 22:30");
}

TEST_CASE("Apia had no 30 December 2011") {
    v1::Office office = office_in("Pacific/Apia");
    add_daily(office, "08:00", "16:00", {"A"});
    add_daily(office, "22:00", "02:00", {"B"});
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2011-12-29") == "2011-12-29 18:00 to 2011-12-30 02:00");
    CHECK(open_on(calendar, "A", "2011-12-30").empty());
    CHECK(open_on(calendar, "A", "2011-12-31") == "2011-12-30 18:00 to 2011-12-31 02:00");
    CHECK(open_on(calendar, "B", "2011-12-29") == "2011-12-30 08:00 to 2011-12-30 10:00");
    CHECK(open_on(calendar, "B", "2011-12-30").empty());
    CHECK(start_of(calendar, "2011-12-30") == "2011-12-30 10:00");
    CHECK(start_of(calendar, "2011-12-31") == "2011-12-30 10:00");
    CHECK(calendar.local_date(utc("2011-12-30 10:00") - 1) == date("2011-12-29"));
    CHECK(calendar.local_date(utc("2011-12-30 10:00")) == date("2011-12-31"));
    CHECK(opens_after(calendar, "2011-12-30 02:00") == "2011-12-30 18:00");
}

TEST_CASE("hours past midnight belong to the day on which they begin") {
    v1::Office office = office_in("Europe/Warsaw");
    add_hours(office, {"mon"}, "22:00", "02:00");
    add_hours(office, {"tue"}, "02:00", "03:00");
    add_closure(office, "2026-06-16", "");
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2026-06-08") == "2026-06-08 20:00 to 2026-06-09 00:00");
    CHECK(closes_after(calendar, "2026-06-08 21:00") == "2026-06-09 01:00");  // Tuesday's hours begin where they end
    CHECK(calendar.is_open("A", utc("2026-06-08 23:30")));
    CHECK(closes_after(calendar, "2026-06-15 21:00") ==
          "2026-06-16 00:00");  // Tuesday is closed, Monday's hours are not
    CHECK(opens_after(calendar, "2026-06-16 00:00") == "2026-06-22 20:00");
}

TEST_CASE("open around the clock: hours of every day are one opening without an end") {
    v1::Office office = office_in("Europe/Warsaw");
    add_daily(office, "00:00", "24:00");
    const Calendar stated(office);
    CHECK(open_on(stated, "A", "2026-03-29") == "2026-03-28 23:00 to 2026-03-29 22:00");
    CHECK(closes_after(stated, "2026-03-28 12:00") == "never");
    add_closure(office, "2026-11-03", "");
    CHECK(closes_after(Calendar(office), "2026-03-28 12:00") == "2026-11-02 23:00");

    v1::Office silent = office_in("Europe/Warsaw");
    CHECK_FALSE(Calendar(silent).states_hours());
    CHECK(stated.states_hours());
    CHECK(Calendar(silent).is_open("A", utc("2026-03-28 23:59")));
    silent.set_holidays("PL");
    CHECK(open_on(Calendar(silent), "A", "2026-05-01").empty());
    CHECK(opens_after(Calendar(silent), "2026-05-01 12:00") == "2026-05-01 22:00");
}

TEST_CASE("leap days") {
    v1::Office office = office_in("Europe/Warsaw");
    add_hours(office, {"mon"}, "22:00", "02:00");
    add_hours(office, {"tue", "wed"}, "08:00", "09:00").set_valid_until("2028-02-29");
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2028-02-28") == "2028-02-28 21:00 to 2028-02-29 01:00");
    CHECK(open_on(calendar, "A", "2028-02-29") == "2028-02-29 07:00 to 2028-02-29 08:00");
    CHECK(open_on(calendar, "A", "2028-03-01").empty());
    CHECK(hours_of(calendar, "2028-02-29") == 24);
    CHECK(date("2028-03-01") - date("2028-02-28") == days{2});
    CHECK(date("2100-03-01") - date("2100-02-28") == days{1});
    for (const char* none : {"2027-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "1969-12-31",
                             "2200-01-01", "2026-1-01", "26-01-01", "2026/01/01", "2026-01-0x", ""})
        CHECK_FALSE(timetable::parse_date(none).has_value());
}

TEST_CASE("every second week, through a year of 53 weeks") {
    v1::Office office = office_in("Europe/Warsaw");
    v1::OpeningHours& hours = add_hours(office, {"mon", "sun"}, "08:00", "09:00");
    hours.set_every_weeks(2);
    hours.set_first_date("2026-12-17");  // a Thursday, of week 51
    const Calendar calendar(office);
    std::string open;
    for (Date day = date("2026-11-01"); day <= date("2027-01-31"); day += days{1})
        if (!calendar.intervals("A", day).empty()) open += timetable::text_of(day) + " ";
    // Weeks 51 and 53, then week 2 of the next year; none before the first.
    CHECK(open == "2026-12-14 2026-12-20 2026-12-28 2027-01-03 2027-01-11 2027-01-17 2027-01-25 2027-01-31 ");
}

TEST_CASE("versions of a timetable follow each other on their days") {
    v1::Office office = office_in("Europe/Warsaw");
    add_daily(office, "08:00", "16:00").set_valid_until("2026-08-31");
    v1::OpeningHours& next = add_daily(office, "10:00", "18:00");
    next.set_valid_from("2026-09-01");
    next.set_valid_until("2026-09-02");
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2026-08-31") == "2026-08-31 06:00 to 2026-08-31 14:00");
    CHECK(open_on(calendar, "A", "2026-09-01") == "2026-09-01 08:00 to 2026-09-01 16:00");
    CHECK(open_on(calendar, "A", "2026-09-02") == "2026-09-02 08:00 to 2026-09-02 16:00");
    CHECK(open_on(calendar, "A", "2026-09-03").empty());
    CHECK(opens_after(calendar, "2026-09-02 16:00") == "never");
}

TEST_CASE("closures, special days and holidays: the strongest counts, for each service") {
    v1::Office office = office_in("Europe/Warsaw");
    add_daily(office, "08:00", "16:00");
    office.set_holidays("PL");
    add_closure(office, "2026-12-28", "2026-12-30");
    add_closure(office, "2026-07-01", "", {"B"});
    add_special(office, "2026-05-01", "09:00", "11:00");         // in spite of the holiday
    add_special(office, "2026-12-29", "09:00", "11:00");         // not in spite of the closure
    add_special(office, "2026-07-02", "12:00", "13:00", {"A"});  // in place of the weekday's
    add_special(office, "2026-07-02", "06:00", "07:00", {"A"});
    add_special(office, "2026-07-02", "07:00", "08:00", {"A", "B"});
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2026-05-01") == "2026-05-01 07:00 to 2026-05-01 09:00");
    CHECK(open_on(calendar, "A", "2026-05-03").empty());
    CHECK(calendar.holiday_on(date("2026-05-03"))->english == "Constitution Day");
    CHECK_FALSE(calendar.holiday_on(date("2026-05-02")).has_value());
    for (const char* day : {"2026-12-28", "2026-12-29", "2026-12-30"}) {
        CHECK(open_on(calendar, "A", day).empty());
        CHECK(calendar.closure_on("A", date(day)) == 0);
    }
    CHECK_FALSE(open_on(calendar, "A", "2026-12-27").empty());
    CHECK_FALSE(open_on(calendar, "A", "2026-12-31").empty());
    CHECK_FALSE(open_on(calendar, "A", "2026-07-01").empty());
    CHECK(open_on(calendar, "B", "2026-07-01").empty());
    CHECK(calendar.closure_on("B", date("2026-07-01")) == 1);
    CHECK_FALSE(calendar.closure_on("A", date("2026-07-01")).has_value());
    CHECK(open_on(calendar, "A", "2026-07-02") ==
          "2026-07-02 04:00 to 2026-07-02 06:00, 2026-07-02 10:00 to 2026-07-02 11:00");
    CHECK(open_on(calendar, "B", "2026-07-02") == "2026-07-02 05:00 to 2026-07-02 06:00");
    CHECK(opens_after(calendar, "2026-12-27 15:00") == "2026-12-31 07:00");
}

TEST_CASE("services have hours of their own, beside those of all") {
    v1::Office office = office_in("Europe/Warsaw");
    add_hours(office, {"mon"}, "08:00", "12:00");
    add_hours(office, {"mon"}, "12:00", "14:00", {"B"});
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2026-01-05") == "2026-01-05 07:00 to 2026-01-05 11:00");
    CHECK(open_on(calendar, "B", "2026-01-05") == "2026-01-05 07:00 to 2026-01-05 13:00");
    CHECK(open_on(calendar, "unknown", "2026-01-05") == "2026-01-05 07:00 to 2026-01-05 11:00");
}

TEST_CASE("the next opening is looked for 400 days ahead, not further") {
    v1::Office office = office_in("UTC");
    add_special(office, "2027-06-15", "08:00", "09:00");
    const Calendar calendar(office);
    CHECK(timetable::text_of(date("2027-06-15") - days{400}) == "2026-05-11");
    CHECK(opens_after(calendar, "2026-05-11 23:59") == "2027-06-15 08:00");
    CHECK(opens_after(calendar, "2026-05-10 23:59") == "never");
    CHECK(opens_after(calendar, "2027-06-15 09:00") == "never");
}

TEST_CASE("what an old log may hold and the rules would refuse is left out, and nothing breaks") {
    v1::Office office = office_in("Europe/Atlantis");
    add_hours(office, {"mon"}, "08:00", "12:00");
    add_hours(office, {"mon"}, "8 am", "12:00");
    add_hours(office, {"montag"}, "13:00", "14:00");
    add_hours(office, {"mon"}, "13:00", "14:00").set_every_weeks(2);
    add_hours(office, {"mon"}, "13:00", "14:00").set_valid_from("tomorrow");
    add_closure(office, "soon", "2026-01-05");
    add_special(office, "2026-02-30", "08:00", "09:00");
    const Calendar calendar(office);
    CHECK(open_on(calendar, "A", "2026-01-05") == "2026-01-05 08:00 to 2026-01-05 12:00");
    for (const std::int64_t at_ms : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
                                     std::int64_t{0}, std::int64_t{-1}, std::int64_t{7'258'118'400'000}}) {
        CHECK_FALSE(calendar.is_open("A", at_ms));
        (void)calendar.next_opening("A", at_ms);
        (void)calendar.closes_at("A", at_ms);
    }
    CHECK(calendar.intervals("A", timetable::latest_date + days{6}).empty());
}

TEST_CASE("hours that an earlier version wrote to its log are read as they were") {
    const std::string bytes =
        "\x0a\x03mon\x12\x05"
        "08:00\x1a\x05"
        "18:00";
    v1::OpeningHours hours;
    REQUIRE(hours.ParseFromString(bytes));
    CHECK(hours.SerializeAsString() == bytes);
    v1::Office office = office_in("Europe/Warsaw");
    *office.add_hours() = hours;
    CHECK(open_on(Calendar(office), "A", "2026-01-05") == "2026-01-05 07:00 to 2026-01-05 17:00");
}

}  // namespace hallcast::queue::calendar_test
