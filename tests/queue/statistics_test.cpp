// What statistics say of days whose figures are known, and how it is written down.
#include "player/queue/statistics.h"

#include "player/queue/statistics_text.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::statistics_test {

using namespace sample;

constexpr std::int64_t eight = 1'795'503'600'000;  // 2026-11-24 07:00 UTC, 08:00 in Warsaw
constexpr std::int64_t minute = 60'000;

// A desk on one day, with the sample office and its four counters open at 8:00; commands come at given minutes.
struct Day {
    Desk desk;

    Day() {
        desk.day = 20261124;
        at(-1, apply_office(office()));
        for (std::uint32_t counter = 1; counter <= 4; ++counter) at(-1, open(counter));
    }
    v1::CommandReply at(std::int64_t minutes_after_eight, const v1::Command& command) {
        desk.now_ms = eight + minutes_after_eight * minute - 1;
        v1::CommandReply reply = desk(command);
        INFO(reply.rejection().message());
        REQUIRE(!reply.has_rejection());
        return reply;
    }
    std::vector<Row> rows(Grouping by) const { return rows_of(desk.log, by); }
    static std::vector<Row> rows_of(const std::vector<v1::Event>& log, Grouping by) {
        Statistics statistics(by);
        for (const v1::Event& event : log) REQUIRE(statistics.add(event));
        return statistics.rows();
    }
    Row all() const { return rows({}).front(); }
    Row of(const std::string& service, std::uint32_t counter) const {
        for (const Row& row : rows({.service = true, .counter = true}))
            if (row.key.service == service && row.key.counter == counter) return row;
        FAIL("no row of service " << service << " and counter " << counter);
        return {};
    }
};

TEST_CASE("a wait runs from the arrival to the call, a service from the start to the finish") {
    Day day;
    day.at(0, issue("A"));
    day.at(1, issue("A"));
    day.at(2, issue("A"));
    day.at(3, issue("C"));
    day.at(5, call_next(1));  // after 5 minutes
    day.at(6, start(1));
    day.at(16, finish(1));
    day.at(17, call_next(2));  // after 16; nobody presses start
    day.at(20, call_next(2));  // after 18; finishes the one before
    day.at(21, no_show(2));
    const Row row = day.all();
    CHECK(row[Count::arrived] == 4);
    CHECK(row[Count::queued] == 4);
    CHECK(row[Count::called] == 3);
    CHECK(row[Count::served] == 2);
    CHECK(row[Count::no_shows] == 1);
    CHECK(row[Count::open] == 1);
    CHECK(row.wait == Summary{3, 13 * minute, 16 * minute, 18 * minute, 18 * minute});
    CHECK(row.service == Summary{2, 6 * minute + minute / 2, 3 * minute, 10 * minute, 10 * minute});
    CHECK(row.call_to_start == Summary{1, minute, minute, minute, minute});
    CHECK(day.of("A", 0)[Count::arrived] == 3);
    CHECK(day.of("A", 0).wait.count == 0);
    CHECK(day.of("A", 1).wait.mean_ms == 5 * minute);
    CHECK(day.of("A", 2).wait.mean_ms == 17 * minute);
    CHECK(day.of("A", 2)[Count::no_shows] == 1);
    CHECK(day.of("C", 0)[Count::open] == 1);
    CHECK(day.rows({.service = true}).size() == 2);
}

TEST_CASE("percentiles are values that occurred, by nearest rank") {
    Day day;
    for (int i = 1; i <= 10; ++i) day.at(0, issue("A"));
    for (int i = 1; i <= 10; ++i) day.at(i, call_next(1));
    CHECK(day.all().wait == Summary{10, 5 * minute + minute / 2, 5 * minute, 9 * minute, 10 * minute});
}

TEST_CASE("each service of a visit is a request of its own, and waits from the end of the one before") {
    Day day;
    v1::Command both = issue("A");
    both.mutable_issue_ticket()->add_then("B");
    day.at(0, both);
    day.at(4, call_next(2));
    day.at(4, start(2));
    day.at(10, finish(2));
    day.at(13, call_next(3));
    day.at(20, finish(3));
    const Row row = day.all();
    CHECK(row[Count::arrived] == 1);
    CHECK(row[Count::queued] == 2);
    CHECK(row[Count::served] == 2);
    CHECK(day.of("A", 2).wait.mean_ms == 4 * minute);
    CHECK(day.of("A", 2).service.mean_ms == 6 * minute);
    CHECK(day.of("B", 0)[Count::queued] == 1);
    CHECK(day.of("B", 0)[Count::arrived] == 0);
    CHECK(day.of("B", 3).wait.mean_ms == 3 * minute);
    CHECK(day.of("B", 3).service.mean_ms == 7 * minute);
}

TEST_CASE("a transfer ends a request and begins another, which waits from the end of an agreed delay") {
    Day day;
    day.at(0, issue("A"));
    day.at(1, issue("A"));
    day.at(2, call_next(2));
    day.at(5, transfer(2, "B"));
    day.at(9, call_next(3));
    day.at(10, finish(3));
    day.at(11, call_next(2));
    day.at(12, transfer(2, "B", 0, "", v1::Transfer::LAST, 600));  // until 22
    day.at(25, call_next(3));
    CHECK(day.all()[Count::transferred] == 2);
    CHECK(day.all()[Count::queued] == 4);
    CHECK(day.all()[Count::open] == 1);
    CHECK(day.of("A", 2)[Count::transferred] == 2);
    CHECK(day.of("A", 2).service == Summary{2, 2 * minute, minute, 3 * minute, 3 * minute});
    CHECK(day.of("B", 3).wait == Summary{2, 3 * minute + minute / 2, 3 * minute, 4 * minute, 4 * minute});
}

TEST_CASE("who is recycled or parked has waited once, and a parked visitor's service is all stays together") {
    Day day;
    day.at(0, issue("A"));
    day.at(3, call_next(1));
    day.at(4, recycle(1));
    day.at(10, call_next(2));
    day.at(11, start(2));
    day.at(13, park(2));
    day.at(40, call_ticket(1, "A001"));
    day.at(45, finish(1));
    const Row row = day.all();
    CHECK(row.wait == Summary{1, 3 * minute, 3 * minute, 3 * minute, 3 * minute});
    CHECK(row[Count::called] == 1);
    CHECK(row[Count::served] == 1);
    CHECK(row.service.mean_ms == 7 * minute);
    CHECK(day.of("A", 1)[Count::called] == 1);
    CHECK(day.of("A", 1)[Count::served] == 1);
    CHECK(day.of("A", 2)[Count::served] == 0);
}

TEST_CASE("a no-show who comes back is a new request, which waits from then on") {
    Day day;
    day.at(0, issue("A"));
    day.at(2, call_next(1));
    day.at(3, no_show(1));
    day.at(20, reinstate("A001"));
    day.at(26, call_next(1));
    day.at(27, finish(1));
    const Row row = day.all();
    CHECK(row[Count::no_shows] == 1);
    CHECK(row[Count::reinstated] == 1);
    CHECK(row[Count::arrived] == 1);
    CHECK(row[Count::queued] == 2);
    CHECK(row[Count::served] == 1);
    CHECK(row.wait == Summary{2, 4 * minute, 2 * minute, 6 * minute, 6 * minute});
}

TEST_CASE("what was undone has not happened, all that its command did") {
    Day day;
    day.at(0, issue("A"));
    day.at(0, issue("A"));
    day.at(2, call_next(1));
    day.at(3, start(1));
    const Row before = day.all();
    day.at(9, call_next(1));  // finishes A001, calls A002
    CHECK(day.all()[Count::served] == 1);
    day.at(10, undo(1));
    CHECK(day.all() == before);
    day.at(12, finish(1));
    CHECK(day.all()[Count::served] == 1);
    CHECK(day.all().service.mean_ms == 9 * minute);
    day.at(15, call_next(2));
    CHECK(day.all().wait.max_ms == 15 * minute);
    day.at(16, no_show(2));
    day.at(17, undo(2));
    day.at(18, finish(2));
    CHECK(day.all()[Count::no_shows] == 0);
    CHECK(day.all()[Count::served] == 2);
    CHECK(day.of("A", 2).service.mean_ms == 3 * minute);
}

TEST_CASE("people of a group are visits of their own; who leaves is cancelled or removed without a wait") {
    Day day;
    v1::Command family = issue("B");
    family.mutable_issue_ticket()->set_people(3);
    day.at(0, family);
    day.at(5, end_visit("B001"));
    day.at(6, end_visit("B002", v1::OUTCOME_REMOVED));
    CHECK(day.all()[Count::arrived] == 3);
    CHECK(day.all()[Count::cancelled] == 1);
    CHECK(day.all()[Count::removed] == 1);
    CHECK(day.all()[Count::open] == 1);
    CHECK(day.all().wait.count == 0);
}

TEST_CASE("the end of the day, seen the next morning, counts on the day that ended") {
    Day day;
    day.at(0, issue("A"));
    day.at(1, issue("A"));
    day.at(2, issue("A"));
    day.at(3, call_next(1));
    day.at(4, start(1));
    day.at(5, call_next(2));
    day.desk.day = 20261125;
    day.at(24 * 60, open(1));
    day.at(24 * 60, issue("A"));
    const auto rows = day.rows({.day = true, .hour = true});
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].key.day == 20261124);
    CHECK(rows[0].key.hour == 8);
    CHECK(rows[0][Count::served] == 1);
    CHECK(rows[0].service.count == 0);  // nobody knows how long
    CHECK(rows[0][Count::expired] == 2);
    CHECK(rows[0].wait.count == 2);
    CHECK(rows[1].key.day == 20261125);
    CHECK(rows[1][Count::open] == 1);

    // A period takes its days only, and all of them.
    Statistics first({}, 20261124, 20261124), second({}, 20261125);
    bool more = true;
    for (const v1::Event& event : day.desk.log) more = more && first.add(event), second.add(event);
    CHECK(!more);
    CHECK(first.rows().front()[Count::expired] == 2);
    const Row later = second.rows().front();
    CHECK(later[Count::arrived] == 1);
    CHECK(later[Count::expired] == 0);
    CHECK(later[Count::open] == 1);
}

TEST_CASE("hours are those of the office's clock: one is missing in spring, one holds two in autumn") {
    v1::Office warsaw = office();
    warsaw.mutable_rules()->set_day_starts("00:00");
    const auto arrivals_by_hour = [&](std::int64_t from_ms, int quarters) {
        Desk desk;
        OfficeDay clock;
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> arrivals;
        REQUIRE(desk(apply_office(warsaw)).has_office());
        for (int i = 0; i < quarters; ++i) {
            desk.now_ms = from_ms + i * 15 * minute - 1;
            desk.day = clock(warsaw, desk.now_ms + 1);
            REQUIRE(desk(issue("A")).has_ticket());
        }
        for (const Row& row : Day::rows_of(desk.log, {.day = true, .hour = true}))
            if (row[Count::arrived] != 0) arrivals[{row.key.day, row.key.hour}] = row[Count::arrived];
        return arrivals;
    };
    // From local midnight, for as many hours as the day has.
    const auto autumn = arrivals_by_hour(1'792'879'200'000, 25 * 4);  // 2026-10-24 22:00 UTC
    CHECK(autumn.size() == 24);
    CHECK(autumn.at({20261025, 1}) == 4);
    CHECK(autumn.at({20261025, 2}) == 8);
    CHECK(autumn.at({20261025, 23}) == 4);
    const auto spring = arrivals_by_hour(1'774'738'800'000, 23 * 4);  // 2026-03-28 23:00 UTC
    CHECK(spring.size() == 23);
    CHECK(!spring.contains({20260329, 2}));
    CHECK(spring.at({20260329, 3}) == 4);
    CHECK(spring.at({20260329, 23}) == 4);
}

TEST_CASE("a ticket printed away from the master counts in the hour of its printing, and waits from then") {
    Day day;
    const v1::NumberLease leased = day.at(0, lease("A", 5)).lease();
    v1::Command printed = issue("A");
    printed.mutable_issue_ticket()->set_lease(leased.lease());
    printed.mutable_issue_ticket()->set_number(leased.first());
    printed.mutable_issue_ticket()->set_printed_at_ms(eight + 10 * minute);
    day.at(70, printed);
    day.at(75, call_next(1));
    const auto rows = day.rows({.hour = true});
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].key.hour == 8);
    CHECK(rows[0][Count::arrived] == 1);
    CHECK(rows[1].key.hour == 9);
    CHECK(rows[1].wait.mean_ms == 65 * minute);
}

TEST_CASE("a log that begins with a later day, and a clock that goes back, are no trouble") {
    Day day;
    day.at(0, issue("A"));
    day.at(1, call_next(1));
    std::vector<v1::Event> tail(day.desk.log.end() - 1, day.desk.log.end());
    CHECK(Day::rows_of(tail, {}).front()[Count::called] == 0);  // of nobody who is known
    day.at(30, issue("A"));
    day.at(20, call_next(1));
    CHECK(day.all().wait == Summary{2, minute / 2, 0, minute, minute});
    CHECK(Day::rows_of({}, {}).front() == Row{});
    CHECK(Day::rows_of({}, {.day = true}).empty());
}

TEST_CASE("CSV has a header, a record a row, and quotes what needs it") {
    CHECK(csv_field("A") == "A");
    CHECK(csv_field("") == "");
    CHECK(csv_field("Karta, pobyt") == "\"Karta, pobyt\"");
    CHECK(csv_field("say \"yes\"") == "\"say \"\"yes\"\"\"");
    CHECK(csv_field("two\nlines") == "\"two\nlines\"");
    Row row;
    row.key = {20261124, 8, "Ż,1", 3};
    row.counts[std::size_t(Count::called)] = 2;
    row.wait = {2, 90'050, 60'000, 120'100, 120'100};
    const std::vector<Row> rows{row};
    CHECK(csv_of(rows, {.day = true, .service = true}) ==
          "day,service,arrived,queued,called,served,no_shows,reinstated,cancelled,removed,expired,transferred,open,"
          "wait_mean_s,wait_median_s,wait_p90_s,wait_max_s,service_mean_s,service_median_s,service_p90_s,"
          "call_to_start_mean_s,call_to_start_median_s\r\n"
          "2026-11-24,\"Ż,1\",0,0,2,0,0,0,0,0,0,0,0,90.0,60.0,120.1,120.1,,,,,\r\n");
    CHECK(table_of(rows, {.hour = true, .service = true, .counter = true}) ==
          "hour  service  counter  arrived  called  wait  median   p90   max\n"
          "8     Ż,1      3              0       2  1:30    1:00  2:00  2:00\n");
    CHECK(text_of_duration(3'661'499) == "1:01:01");
}

}  // namespace hallcast::queue::statistics_test
