// Days replayed: as they were they come out the same, and with other counters as anybody can reckon.
#include "player/queue/what_if.h"

#include <algorithm>
#include <random>

#include "tests/queue/sample.h"
#include "tests/sanitized.h"

namespace hallcast::queue::what_if_test {

using namespace sample;

constexpr std::int64_t eight = 1'795'503'600'000;  // 2026-11-24 07:00 UTC, 08:00 in Warsaw
constexpr std::int64_t minute = 60'000;
constexpr std::uint32_t today = 20261124;

struct Day {
    Desk desk;
    Day() {
        desk.day = today;
        at(-5, apply_office(office()));
    }
    void at(std::int64_t minutes_after_eight, const v1::Command& command) {
        desk.now_ms = eight + minutes_after_eight * minute - 1;
        const v1::CommandReply reply = desk(command);
        INFO(reply.rejection().message());
        REQUIRE(!reply.has_rejection());
    }
};

DayLog log_of_day(const std::vector<v1::Event>& log, std::uint32_t day = today) {
    DayLog taken(day);
    for (const v1::Event& event : log)
        if (!taken.add(event)) break;
    return taken;
}

WhatIf ask(const DayLog& log, const Change& change) {
    auto answer = what_if(log, change);
    if (!answer) FAIL(answer.error().message);
    return *answer;
}

std::uint64_t not_served(const DayFigures& figures) {
    std::uint64_t all = 0;
    for (const auto& [service, left] : figures.not_served) all += left;
    return all;
}

// Who was called where and when.
std::string calls_of(const std::vector<v1::Event>& events) {
    const std::set<std::uint64_t> undone = undone_in(events);
    std::string calls;
    for (const v1::Event& event : events)
        if (event.has_ticket_called() && !undone.contains(event.log_seq()))
            calls += fmt::format("{} {} {}\n", event.at_ms(), event.ticket_called().visit_id(),
                                 event.ticket_called().counter());
    return calls;
}

// Four who come at once, ten minutes each, one counter.
Day four_at_once(bool screens_fail = false) {
    Day day;
    day.at(0, open(3));
    for (int i = 0; i < 4; ++i) day.at(0, issue("B"));
    for (int i = 0; i < 4; ++i) {
        day.at(10 * i, call_next(3));
        if (!screens_fail) continue;
        const std::string call = fmt::format("main-{}", i + 1);
        day.at(10 * i + 1, repeat_unseen(call, 1));
        day.at(10 * i + 1, make_notice("", {{"pl", "Okienko 7 jest nieczynne."}}, 300));
        day.at(10 * i + 2, confirm_seen(call, 2));
    }
    day.at(40, finish(3));
    day.at(60, close(3));
    return day;
}

TEST_CASE("one counter more halves a queue, one fewer leaves it standing") {
    const DayLog log = log_of_day(four_at_once().desk.log);
    const WhatIf more = ask(log, {.counters = +1});
    CHECK(more.change == "one more like counter 3");
    CHECK(more.mean_error_ms == 0);
    for (const DayFigures* figures : {&more.day, &more.baseline}) {
        CHECK(figures->total.wait == Summary{4, 15 * minute, 10 * minute, 30 * minute, 30 * minute});
        CHECK(figures->total[Count::served] == 4);
        CHECK(not_served(*figures) == 0);
    }
    CHECK(more.variant.total.wait == Summary{4, 5 * minute, 0, 10 * minute, 10 * minute});
    REQUIRE(more.variant.services.size() == 1);
    CHECK(more.variant.services[0].key.service == "B");
    CHECK(more.variant.services[0].wait == more.variant.total.wait);

    const WhatIf fewer = ask(log, {.counters = -1});
    CHECK(fewer.change == "without counter 3");
    CHECK(fewer.variant.total.wait.count == 0);
    CHECK(not_served(fewer.variant) == 4);
}

TEST_CASE("what the screens showed or did not is no part of a replay") {
    const WhatIf well = ask(log_of_day(four_at_once().desk.log), {.counters = +1});
    const WhatIf failing = ask(log_of_day(four_at_once(true).desk.log), {.counters = +1});
    CHECK(failing.mean_error_ms == 0);
    CHECK(failing.baseline.total.wait == well.baseline.total.wait);
    CHECK(failing.variant.total.wait == well.variant.total.wait);
}

TEST_CASE("which counter is more or fewer can be said, and must have been open") {
    Day day = four_at_once();
    day.at(61, open(1));
    day.at(61, issue("A"));
    day.at(62, call_next(1));
    day.at(63, finish(1));
    const DayLog log = log_of_day(day.desk.log);
    CHECK(ask(log, {.counters = +1}).change == "one more like counter 3");
    CHECK(ask(log, {.counters = +1, .like = 1}).change == "one more like counter 1");
    CHECK(ask(log, {.counters = -1}).change == "without counter 1");
    CHECK(ask(log, {.counters = -1, .without = 3}).change == "without counter 3");
    const auto closed = what_if(log, {.counters = -1, .without = 4});
    REQUIRE(!closed);
    CHECK(contains(closed.error().message, "counter 4 was not open"));
    CHECK(contains(closed.error().message, "1, 3"));
    CHECK(!what_if(log_of_day(day.desk.log, 20261123), {.counters = +1}));
}

TEST_CASE("clerks keep their pauses, and a counter that closes lets its visitor finish") {
    Day day;
    day.at(0, issue("B"));
    day.at(0, issue("B"));
    day.at(0, issue("B"));
    day.at(5, open(3));
    day.at(7, call_next(3));  // after a pause of 2
    day.at(17, finish(3));
    day.at(20, call_next(3));  // after a pause of 3
    day.at(30, finish(3));
    day.at(31, close(3));
    const WhatIf answer = ask(log_of_day(day.desk.log), {.counters = +1});
    CHECK(answer.baseline.total.wait == Summary{2, 13 * minute + minute / 2, 7 * minute, 20 * minute, 20 * minute});
    CHECK(not_served(answer.baseline) == 1);
    CHECK(answer.mean_error_ms == 0);
    // Both call at 7, and the third is called by whom is free first, at 20 again; that visit is as long as drawn.
    CHECK(answer.variant.total.wait.max_ms == 20 * minute);
    CHECK(answer.variant.total.wait.count == 3);
    CHECK(not_served(answer.variant) == 0);
}

TEST_CASE("a clerk who let others take the first visitor is as slow in the replay") {
    Day day;
    day.at(0, open(1));
    day.at(0, open(3));
    day.at(0, issue("B"));
    day.at(5, call_next(1));  // counter 3 could have called as well, for 5 minutes
    day.at(10, issue("B"));
    day.at(12, call_next(3));  // and now for 2
    day.at(13, finish(1));
    day.at(13, finish(3));
    const DayLog log = log_of_day(day.desk.log);
    const DayRecord record = record_of(log);
    CHECK(record.pauses.at(1).front() == 5 * minute);
    CHECK(record.pauses.at(3).front() == 7 * minute);
    CHECK(calls_of(replay_day(log, record, {}).value()) == calls_of(log.events()));
}

TEST_CASE("no-shows, recycled, parked and sent on visitors, several services and steps undone are replayed") {
    Day day;
    v1::Command both = issue("A");
    both.mutable_issue_ticket()->add_then("B");
    day.at(0, open(1));
    day.at(0, open(3));
    day.at(0, both);          // A001
    day.at(1, issue("A"));    // A002
    day.at(2, issue("A"));    // A003
    day.at(3, issue("B"));    // B001
    day.at(4, issue("C"));    // C001, who leaves
    day.at(5, call_next(1));  // A001
    day.at(5, call_next(3));  // B001
    day.at(6, start(1));
    day.at(7, undo(1));
    day.at(8, no_show(3));
    day.at(9, finish(1));      // on to B
    day.at(10, call_next(3));  // A001 for B
    day.at(11, call_next(1));  // A002
    day.at(12, recycle(1));
    day.at(13, reinstate("B001"));
    day.at(14, park(3));       // A001
    day.at(15, call_next(3));  // B001
    day.at(16, call_next(1));  // A003
    day.at(17, transfer(1, "C"));
    day.at(18, end_visit("C001"));
    day.at(19, call_next(1));  // A002 or A003: whose place is earlier
    day.at(20, finish(3));
    day.at(24, call_ticket(3, "A001"));
    day.at(26, call_next(1));
    day.at(29, finish(3));
    day.at(30, finish(1));
    day.at(31, close(1));
    day.at(31, close(3));
    const DayLog log = log_of_day(day.desk.log);
    const DayRecord record = record_of(log);
    const auto replayed = replay_day(log, record, {});
    REQUIRE(replayed);
    CHECK(calls_of(*replayed) == calls_of(log.events()));
    const WhatIf answer = ask(log, {.counters = 0});
    CHECK(answer.mean_error_ms == 0);
    CHECK(answer.baseline.total.counts == answer.day.total.counts);
    CHECK(answer.baseline.total.wait == answer.day.total.wait);
    CHECK(answer.variant.total == answer.baseline.total);
}

// A day as offices have them: clerks call the next when they are ready, which takes them their time.
struct Habits {
    std::uint32_t counters = 3;
    bool one_queue = false;
    std::uint32_t pause_in = 1;  // a free clerk calls in one of so many seconds
    bool everything = false;     // no-shows, visitors sent on, families, clerks who come and go ...
};
std::vector<v1::Event> random_day(std::uint64_t seed, const Habits& habits) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint32_t limit) { return std::uint32_t(random() % limit); };
    Desk desk;
    desk.day = today;
    v1::Office made = office();
    for (v1::Counter& counter : *made.mutable_counters())
        if (habits.one_queue) counter.clear_services();
    REQUIRE(desk(apply_office(made)).has_office());
    std::map<std::uint32_t, std::int64_t> free_at;
    for (std::uint32_t counter = 1; counter <= habits.counters; ++counter) free_at[counter] = 0;
    std::vector<std::string> tickets;
    for (int second = 0; second < 4 * 3600; ++second) {
        desk.now_ms = eight + second * 1000;
        if (second == 300)
            for (const auto& [counter, until] : free_at) desk(open(counter));
        if (habits.everything && second == 7000) {
            made.mutable_services(0)->set_tickets_a_day(5000);
            REQUIRE(desk(apply_office(made)).has_office());
            REQUIRE(desk(lease("A", 3)).has_lease());
        }
        if (habits.everything && second > 600 && below(900) == 0) {
            const std::uint32_t counter = 1 + below(habits.counters);
            below(2) ? desk(close(counter)) : desk(open(counter));
        }
        if (below(50) == 0) {
            v1::Command arrival = issue(habits.one_queue ? "A" : std::string(1, char('A' + below(2))));
            if (habits.everything && below(5) == 0) arrival.mutable_issue_ticket()->add_then("B");
            if (habits.everything && below(9) == 0) arrival.mutable_issue_ticket()->set_people(2);
            const v1::CommandReply reply = desk(arrival);
            if (reply.has_ticket()) tickets.push_back(reply.ticket().number());
        }
        if (habits.everything && !tickets.empty() && below(200) == 0) {
            const std::string& ticket = tickets[below(std::uint32_t(tickets.size()))];
            below(3) == 0 ? desk(end_visit(ticket)) : desk(reinstate(ticket));
        }
        for (auto& [counter, until] : free_at) {
            if (desk.state.counters.at(counter).visit != 0) {
                if (until > desk.now_ms) continue;
                const std::uint32_t how = habits.everything ? below(12) : 9;
                how == 0   ? desk(no_show(counter))
                : how == 1 ? desk(recycle(counter))
                : how == 2 ? desk(transfer(counter, "B", 0, "", v1::Transfer::Position(below(3)), below(2) * 120))
                           : desk(finish(counter));
            }
            if (desk.state.counters.at(counter).visit == 0 && below(habits.pause_in) == 0 &&
                desk(call_next(counter)).has_call())
                until = desk.now_ms + 30'000 + below(240) * 1000;
        }
    }
    return desk.log;
}

// The first line in which two lists differ, of both; empty where they are the same.
std::string first_difference(std::string_view a, std::string_view b) {
    while (!a.empty() || !b.empty()) {
        const std::string_view line = a.substr(0, a.find('\n')), other = b.substr(0, b.find('\n'));
        if (line != other) return fmt::format("'{}' is not '{}'", line, other);
        a.remove_prefix(std::min(a.size(), line.size() + 1));
        b.remove_prefix(std::min(b.size(), line.size() + 1));
    }
    return {};
}

TEST_CASE("replayed with its own counters, a day of calls in turn comes out as it was, to the millisecond") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    for (const Habits& habits : {Habits{.one_queue = true}, Habits{.pause_in = 20},
                                 Habits{.counters = 4, .pause_in = 20, .everything = true}}) {
        const DayLog log = log_of_day(random_day(seed, habits));
        const auto replayed = replay_day(log, record_of(log), {});
        REQUIRE(replayed);
        const std::string truth = calls_of(log.events());
        CHECK(std::ranges::count(truth, '\n') > 100);
        CHECK(first_difference(calls_of(*replayed), truth) == "");
        CHECK(fault_of_log(*replayed).value_or("") == "");
    }
}

TEST_CASE("with one queue for all and clerks without pauses, a counter more makes nobody wait longer") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    for (std::uint64_t day = 0; day < (tests::sanitized ? 1 : 5); ++day) {
        const DayLog log = log_of_day(random_day(seed + day, {.counters = 2, .one_queue = true}));
        const WhatIf answer = ask(log, {.counters = +1});
        CHECK(answer.variant.total.wait.count >= answer.baseline.total.wait.count);
        const auto same = replay_day(log, record_of(log), {});
        const auto more = replay_day(log, record_of(log), {.without = {}, .like = 1u, .seed = {}});
        std::map<std::uint64_t, std::int64_t> called_ms;
        for (const v1::Event& event : *more)
            if (event.has_ticket_called()) called_ms[event.ticket_called().visit_id()] = event.at_ms();
        std::int64_t sooner = 0;
        for (const v1::Event& event : *same) {
            if (!event.has_ticket_called()) continue;
            REQUIRE(called_ms.contains(event.ticket_called().visit_id()));
            REQUIRE(called_ms[event.ticket_called().visit_id()] <= event.at_ms());
            sooner += event.at_ms() - called_ms[event.ticket_called().visit_id()];
        }
        CHECK(sooner > 0);
    }
}

TEST_CASE("a replay is the same every time, and keeps to the seed where times are drawn") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    const DayLog log = log_of_day(random_day(seed, {.counters = 4, .pause_in = 20, .everything = true}));
    const DayRecord record = record_of(log);
    const auto replayed = [&](const Counters& counters) {
        auto events = replay_day(log, record, counters);
        REQUIRE(events);
        CHECK(fault_of_log(*events).value_or("") == "");
        return calls_of(*events);
    };
    for (const Counters& counters :
         {Counters{}, Counters{.without = 2u}, Counters{.without = {}, .like = 1u},
          Counters{.without = {}, .like = {}, .seed = 7u}, Counters{.without = {}, .like = 1u, .seed = 7u}})
        CHECK(replayed(counters) == replayed(counters));
    CHECK(replayed({.without = {}, .like = {}, .seed = 7u}) != replayed({.without = {}, .like = {}, .seed = 8u}));
    for (const int change : {-1, +1}) {
        const WhatIf answer = ask(log, {.counters = change, .like = 0, .without = 0, .seed = 7u});
        for (const DayFigures* figures : {&answer.day, &answer.baseline, &answer.variant}) {
            const Row& all = figures->total;
            CHECK(all[Count::arrived] == answer.day.total[Count::arrived]);
            CHECK(all[Count::queued] == all[Count::served] + all[Count::no_shows] + all[Count::cancelled] +
                                            all[Count::removed] + all[Count::expired] + all[Count::transferred] +
                                            all[Count::open]);
        }
    }
}

TEST_CASE("the second day of a log is replayed alone, and ended where the log ended it the next morning") {
    Day day = four_at_once();
    day.desk.day = today + 1;
    const std::int64_t tomorrow = 24 * 60;
    day.at(tomorrow, open(3));
    for (int i = 0; i < 3; ++i) day.at(tomorrow, issue("B"));
    day.at(tomorrow + 1, call_next(3));
    day.at(tomorrow + 5, call_next(3));
    day.at(tomorrow + 9, finish(3));  // one is left when the office closes; nobody closes the counter
    day.desk.day = today + 2;
    day.at(2 * tomorrow, open(3));
    day.at(2 * tomorrow, issue("B"));
    const DayLog log = log_of_day(day.desk.log, today + 1);
    CHECK(log.day_before() == today);
    CHECK(log.day_after() == today + 2);
    const WhatIf answer = ask(log, {.counters = +1});
    CHECK(answer.day.total.wait == answer.baseline.total.wait);
    CHECK(answer.day.total[Count::arrived] == 3);
    CHECK(not_served(answer.day) == 1);
    CHECK(not_served(answer.baseline) == 1);
    CHECK(not_served(answer.variant) == 0);
}

}  // namespace hallcast::queue::what_if_test
