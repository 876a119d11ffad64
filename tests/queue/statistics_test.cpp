// What statistics say of days whose figures are known, and of random ones beside a reference that counts differently.
#include "player/queue/statistics.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>

#include "player/queue/log_reader.h"
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

// A reference: first strikes out what was undone, then tells each visit's story on its own, then counts.
struct Fact {
    Key key;
    std::string what;
    std::int64_t ms = 0;
};

class Reference {
  public:
    Reference(const std::vector<v1::Event>& log, Grouping by) : by_(by) {
        std::set<std::string> undone;
        for (const v1::Event& event : log)
            if (event.has_step_undone()) undone.insert(log[event.step_undone().undone_log_seq() - 1].cmd_id());
        std::map<std::uint64_t, std::vector<const v1::Event*>> stories;
        for (const v1::Event& event : log) {
            if (undone.contains(event.cmd_id())) continue;
            for (const std::uint64_t visit : visits_of(event)) stories[visit].push_back(&event);
        }
        for (const auto& [visit, story] : stories) tell(visit, story);
    }

    std::map<Key, std::map<std::string, std::vector<std::int64_t>>> groups;

  private:
    static std::vector<std::uint64_t> visits_of(const v1::Event& event) {
        if (event.has_ticket_issued()) return {event.ticket_issued().visit_id()};
        if (event.has_ticket_called()) return {event.ticket_called().visit_id()};
        if (event.has_service_started()) return {event.service_started().visit_id()};
        if (event.has_service_finished()) return {event.service_finished().visit_id()};
        if (event.has_visit_missed()) return {event.visit_missed().visit_id()};
        if (event.has_visit_transferred()) return {event.visit_transferred().visit_id()};
        if (event.has_visit_parked()) return {event.visit_parked().visit_id()};
        if (event.has_visit_recycled()) return {event.visit_recycled().visit_id()};
        if (event.has_visit_reinstated()) return {event.visit_reinstated().visit_id()};
        if (event.has_visit_ended()) return {event.visit_ended().visit_id()};
        std::vector<std::uint64_t> all;
        if (event.has_day_ended()) {
            all.assign(event.day_ended().finished().begin(), event.day_ended().finished().end());
            all.insert(all.end(), event.day_ended().expired().begin(), event.day_ended().expired().end());
        }
        return all;
    }

    void fact(const std::string& what, const v1::Event& at, std::uint32_t day, const std::string& service,
              std::uint32_t counter, std::int64_t ms = 0) {
        Key key;
        if (by_.day) key.day = day;
        // Warsaw in winter.
        if (by_.hour) key.hour = std::uint32_t((at.at_ms() / 3'600'000 + 1) % 24);
        if (by_.service) key.service = service;
        if (by_.counter) key.counter = counter;
        groups[key][what].push_back(ms);
    }

    void tell(std::uint64_t visit, const std::vector<const v1::Event*>& story) {
        const auto finishes = [&](const v1::Event& event) {
            return std::ranges::find(event.day_ended().finished(), visit) != event.day_ended().finished().end();
        };
        std::string service = story.front()->ticket_issued().service();
        std::size_t begin = 0;  // of the request in the story
        std::int64_t waits_from = story.front()->at_ms();
        fact("arrived", *story[0], story[0]->day(), service, 0);
        fact("queued", *story[0], story[0]->day(), service, 0);
        for (std::size_t i = 1; i <= story.size(); ++i) {
            if (i == story.size()) {
                if (begin < i) fact("open", *story[i - 1], story[i - 1]->day(), service, 0);
                break;
            }
            const v1::Event& event = *story[i];
            const auto end_request = [&](const std::string& how, std::uint32_t counter) {
                fact(how, event, event.day(), service, counter);
                if (how == "served" || how == "transferred") {
                    std::int64_t at_counters = 0, from = 0;
                    for (std::size_t j = begin; j <= i; ++j) {
                        if (story[j]->has_ticket_called() || story[j]->has_service_started()) from = story[j]->at_ms();
                        if (story[j]->has_visit_parked() || j == i) at_counters += story[j]->at_ms() - from;
                    }
                    fact("service", event, event.day(), service, counter, at_counters);
                }
                begin = i + 1;
            };
            const auto begin_request = [&](const std::string& queue, std::int64_t from) {
                begin = i;
                service = queue;
                waits_from = from;
                fact("queued", event, event.day(), service, 0);
            };
            if (event.has_ticket_called()) {
                const auto earlier = std::find_if(story.begin() + long(begin), story.begin() + long(i),
                                                  [](const auto* other) { return other->has_ticket_called(); });
                if (earlier == story.begin() + long(i)) {
                    const std::uint32_t counter = event.ticket_called().counter();
                    fact("called", event, event.day(), service, counter);
                    fact("wait", event, event.day(), service, counter,
                         std::max<std::int64_t>(0, event.at_ms() - waits_from));
                }
            } else if (event.has_service_started()) {
                fact("to start", event, event.day(), service, event.service_started().counter(),
                     event.at_ms() - story[i - 1]->at_ms());
            } else if (event.has_service_finished()) {
                const v1::ServiceFinished& finished = event.service_finished();
                end_request("served", finished.counter());
                if (!finished.next_service().empty()) begin_request(finished.next_service(), event.at_ms());
            } else if (event.has_visit_missed()) {
                end_request("no_shows", event.visit_missed().counter());
            } else if (event.has_visit_reinstated()) {
                fact("reinstated", event, event.day(), service, 0);
                begin_request(service, event.at_ms());
            } else if (event.has_visit_transferred()) {
                const v1::VisitTransferred& sent = event.visit_transferred();
                end_request("transferred", sent.counter());
                begin_request(sent.service(), std::max(event.at_ms(), sent.not_before_ms()));
            } else if (event.has_visit_ended()) {
                end_request(event.visit_ended().outcome() == v1::OUTCOME_REMOVED ? "removed" : "cancelled", 0);
            } else if (event.has_day_ended()) {
                std::uint32_t counter = 0;
                for (std::size_t j = 0; j < i && finishes(event); ++j)
                    if (story[j]->has_ticket_called()) counter = story[j]->ticket_called().counter();
                fact(finishes(event) ? "served" : "expired", *story[i - 1], event.day_ended().ended(), service,
                     counter);
                begin = i + 1;
            }
        }
    }

    const Grouping by_;
};

// Three days in an office where everything happens that can.
std::vector<v1::Event> random_days(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint32_t limit) { return std::uint32_t(random() % limit); };
    Desk desk;
    desk.now_ms = eight;
    desk.day = 20261124;
    REQUIRE(desk(apply_office(office())).has_office());
    for (int day = 0; day < 3; ++day) {
        desk.day = 20261124 + std::uint32_t(day);
        desk.now_ms = eight + day * 24 * 60 * minute;
        std::vector<std::string> tickets{"A001"};
        for (int i = 0; i < 1500; ++i) {
            desk.now_ms += below(30'000);
            const std::uint32_t counter = 1 + below(4);
            const std::string& ticket =
                tickets[tickets.size() - 1 - below(std::uint32_t(std::min<std::size_t>(tickets.size(), 12)))];
            v1::Command arrival = issue(std::string(1, char('A' + below(3))));
            if (below(4) == 0) arrival.mutable_issue_ticket()->add_then(std::string(1, char('A' + below(3))));
            if (below(8) == 0) arrival.mutable_issue_ticket()->set_people(3);
            const v1::Command choices[] = {
                arrival, arrival, arrival, open(counter), call_next(counter), call_next(counter), call_next(counter),
                start(counter), start(counter), finish(counter), finish(counter), no_show(counter), recycle(counter),
                park(counter), undo(counter), undo(counter), recall(counter), call_ticket(counter, ticket),
                call_ticket(counter, ticket),  reinstate(ticket), end_visit(ticket),
                below(3) == 0 ? end_visit(ticket, v1::OUTCOME_REMOVED) : open(counter),
                below(9) == 0 ? close(counter) : open(counter), sign_in(counter, below(2) ? "ann" : "bob"),
                transfer(counter, std::string(1, char('A' + below(3))), 0, "", v1::Transfer::Position(below(3)), below(2) * 300),
                transfer(counter, "", 1 + below(4)),
                below(50) == 0 ? apply_office(below(2) ? office() : [] {
                    v1::Office other = office();
                    other.mutable_services(0)->set_tickets_a_day(5000);
                    return other;
                }()) : arrival};
            const v1::CommandReply reply = desk(choices[below(std::uint32_t(std::size(choices)))]);
            if (reply.has_ticket()) tickets.push_back(reply.ticket().number());
            if (desk.log.back().has_visit_missed() && below(3) == 0)
                desk(reinstate(desk.state.visits.at(desk.log.back().visit_missed().visit_id()).ticket));
        }
        if (day == 1) desk(end_day());
    }
    return desk.log;
}

void check_summary(const Summary& summary, std::vector<std::int64_t> values) {
    std::ranges::sort(values);
    REQUIRE(summary.count == values.size());
    if (values.empty()) return;
    std::int64_t sum = 0;
    for (const auto value : values) sum += value;
    CHECK(std::abs(summary.mean_ms - sum / std::int64_t(values.size())) <= 1);
    const auto least = [&](std::size_t percent) {
        for (const auto value : values) {
            const auto covered = std::size_t(std::ranges::upper_bound(values, value) - values.begin());
            if (covered * 100 >= percent * values.size()) return value;
        }
        return values.back();
    };
    CHECK(summary.median_ms == least(50));
    CHECK(summary.p90_ms == least(90));
    CHECK(summary.max_ms == values.back());
}

TEST_CASE("on random days statistics agree with a reference that tells each visit's story apart") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    const std::vector<v1::Event> log = random_days(seed);
    for (const Grouping by : {Grouping{}, Grouping{.service = true}, Grouping{.day = true, .counter = true},
                              Grouping{.day = true, .hour = true, .service = true, .counter = true}}) {
        Reference reference(log, by);
        const std::vector<Row> rows = Day::rows_of(log, by);
        REQUIRE(rows.size() == reference.groups.size());
        for (const Row& row : rows) {
            INFO(row.key.day << " " << row.key.hour << " " << row.key.service << " " << row.key.counter);
            auto& group = reference.groups[row.key];
            const char* names[] = {"arrived",   "queued",  "called",  "served",      "no_shows", "reinstated",
                                   "cancelled", "removed", "expired", "transferred", "open"};
            for (std::size_t i = 0; i < count_kinds; ++i) {
                INFO(names[i]);
                REQUIRE(row.counts[i] == group[names[i]].size());
            }
            check_summary(row.wait, group["wait"]);
            check_summary(row.service, group["service"]);
            check_summary(row.call_to_start, group["to start"]);
        }
    }
    const Row all = Day::rows_of(log, {}).front();
    // It would prove little if some things never happened.
    for (std::size_t i = 0; i < count_kinds; ++i) CHECK(all.counts[i] > 0);
    CHECK(all[Count::queued] == all[Count::served] + all[Count::no_shows] + all[Count::cancelled] +
                                    all[Count::removed] + all[Count::expired] + all[Count::transferred] +
                                    all[Count::open]);
    CHECK(std::ranges::count_if(log, &v1::Event::has_step_undone) > 20);
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

TEST_CASE("the log is read beside a master that writes, and the reader changes nothing") {
    const TemporaryFolder folder;
    const auto store = open_store(folder.file());
    Day day;
    day.at(0, issue("A"));
    const auto commit = [&](std::size_t from) {
        for (std::size_t i = from; i < day.desk.log.size(); ++i) {
            Outcome outcome;
            outcome.cmd_id = fmt::format("{}", i);
            outcome.events.push_back(day.desk.log[i]);
            REQUIRE(store->commit(std::vector{outcome}));
        }
    };
    commit(0);
    const auto bytes_of = [&](const char* name) {
        std::ifstream file(folder.path() / name, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    const std::string database = bytes_of("queue.db"), written_ahead = bytes_of("queue.db-wal");
    REQUIRE(!written_ahead.empty());
    std::size_t seen = 0;
    const std::size_t there = day.desk.log.size();
    const auto read = read_log(folder.path(), [&](const v1::Event& event) {
        CHECK(event.SerializeAsString() == day.desk.log[seen].SerializeAsString());
        if (++seen == 2) {  // the master goes on meanwhile
            day.at(1, issue("A"));
            commit(there);
        }
        return true;
    });
    REQUIRE(read);
    CHECK(seen == there);  // as it was when the reading began
    CHECK(bytes_of("queue.db") == database);
    CHECK(bytes_of("queue.db-wal").substr(0, written_ahead.size()) == written_ahead);  // only grown, by the master
    seen = 0;
    REQUIRE(read_log(folder.path(), [&](const v1::Event&) { return ++seen < 3; }));
    CHECK(seen == 3);
    REQUIRE(read_log(folder.path(), [&](const v1::Event&) { return ++seen, true; }));
    CHECK(seen == 3 + there + 1);
}

TEST_CASE("a folder without a log, and a log that is none, are said") {
    const TemporaryFolder folder;
    const auto error = [](const std::filesystem::path& directory) {
        const auto read = read_log(directory, [](const v1::Event&) { return true; });
        REQUIRE(!read);
        return read.error().message;
    };
    CHECK(contains(error(folder.path() / "none"), "no such folder"));
    CHECK(contains(error(folder.path()), "no master has worked in this folder"));
    std::ofstream(folder.file()) << "this is no database, but it is long enough to be looked at as one";
    CHECK(contains(error(folder.path()), "queue.db"));
    std::filesystem::remove(folder.file());
    {
        const auto store = open_store(folder.file());
        Outcome outcome;
        outcome.cmd_id = "1";
        outcome.events.emplace_back().set_log_seq(1);
        REQUIRE(store->commit(std::vector{outcome}));
    }
    CHECK(contains(error(folder.path()), "of a kind that this version of hallcast does not know"));
}

}  // namespace hallcast::queue::statistics_test
