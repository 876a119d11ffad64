// Statistics of random days beside a reference that counts differently.
#include <algorithm>
#include <random>

#include "player/queue/statistics.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::statistics_random_test {

using namespace sample;

constexpr std::int64_t eight = 1'795'503'600'000;  // 2026-11-24 07:00 UTC, 08:00 in Warsaw
constexpr std::int64_t minute = 60'000;

// First strikes out what was undone, then tells each visit's story on its own, then counts.
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

std::vector<Row> rows_of(const std::vector<v1::Event>& log, Grouping by) {
    Statistics statistics(by);
    for (const v1::Event& event : log) REQUIRE(statistics.add(event));
    return statistics.rows();
}

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
        const std::vector<Row> rows = rows_of(log, by);
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
    const Row all = rows_of(log, {}).front();
    // It would prove little if some things never happened.
    for (std::size_t i = 0; i < count_kinds; ++i) CHECK(all.counts[i] > 0);
    CHECK(all[Count::queued] == all[Count::served] + all[Count::no_shows] + all[Count::cancelled] +
                                    all[Count::removed] + all[Count::expired] + all[Count::transferred] +
                                    all[Count::open]);
    CHECK(std::ranges::count_if(log, &v1::Event::has_step_undone) > 20);
}

}  // namespace hallcast::queue::statistics_random_test
