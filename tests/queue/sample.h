// A small office, commands to it, and the checks that the tests of the queue core share.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "player/queue/apply.h"
#include "player/queue/decide.h"
#include "player/queue/projection.h"
#include "player/queue/store.h"
#include "protocol/cmd_id.h"
#include "protocol/hall_state.h"
#include "tests/catch.h"

namespace hallcast::queue::sample {

// Two halls, three number series, four counters: 1 serves all, 2 serves A and B, 3 serves B, 4 (in "upstairs") serves
// C.
inline v1::Office office() {
    v1::Office office;
    office.set_id("krakow");
    office.set_time_zone("Europe/Warsaw");
    for (const char* language : {"pl", "uk", "en"}) office.add_languages(language);
    for (const char* id : {"A", "B", "C"}) {
        v1::Service& service = *office.add_services();
        service.set_id(id);
        (*service.mutable_name())["en"] = std::string("Service ") + id;
    }
    for (const char* id : {"main", "upstairs"}) office.add_halls()->set_id(id);
    const auto counter = [&](std::uint32_t number, const char* hall, std::initializer_list<const char*> services) {
        v1::Counter& added = *office.add_counters();
        added.set_number(number);
        added.set_hall(hall);
        for (const char* service : services) added.add_services(service);
    };
    counter(1, "", {});
    counter(2, "main", {"A", "B"});
    counter(3, "main", {"B"});
    counter(4, "upstairs", {"C"});
    return office;
}

// Ids that differ and do not depend on chance.
inline std::string next_cmd_id() {
    static std::atomic<std::uint64_t> count{0};
    const std::uint64_t number = ++count;
    std::string id(wire::cmd_id_bytes, '\0');
    std::memcpy(id.data(), &number, sizeof(number));
    return id;
}

inline v1::Command command() {
    v1::Command command;
    command.set_cmd_id(next_cmd_id());
    command.set_actor("test");
    return command;
}
inline v1::Command issue(const std::string& service, const std::string& language = "") {
    v1::Command made = command();
    made.mutable_issue_ticket()->set_service(service);
    made.mutable_issue_ticket()->set_language(language);
    return made;
}
inline v1::Command open(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_open_counter()->set_counter(counter);
    return made;
}
inline v1::Command close(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_close_counter()->set_counter(counter);
    return made;
}
inline v1::Command call_next(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_call_next()->set_counter(counter);
    return made;
}
inline v1::Command call_ticket(std::uint32_t counter, const std::string& ticket) {
    v1::Command made = command();
    made.mutable_call_ticket()->set_counter(counter);
    made.mutable_call_ticket()->set_ticket(ticket);
    return made;
}
inline v1::Command recall(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_recall()->set_counter(counter);
    return made;
}
inline v1::Command start(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_start_service()->set_counter(counter);
    return made;
}
inline v1::Command finish(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_finish_service()->set_counter(counter);
    return made;
}
inline v1::Command no_show(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_mark_no_show()->set_counter(counter);
    return made;
}
inline v1::Command apply_office(const v1::Office& office) {
    v1::Command made = command();
    *made.mutable_apply_office()->mutable_office() = office;
    return made;
}

// State and log without store or thread: what `decide` decides happens at once.
struct Desk {
    State state;
    std::vector<v1::Event> log;
    std::int64_t now_ms = 1'700'000'000'000;

    v1::CommandReply operator()(const v1::Command& command) {
        ++now_ms;
        Decision decision = decide(state, command, {now_ms, 60'000});
        for (v1::Event& event : decision.events) {
            apply(state, event);
            log.push_back(std::move(event));
        }
        return decision.reply;
    }
};

inline Desk open_desk() {
    Desk desk;
    REQUIRE(desk(apply_office(office())).has_office());
    for (std::uint32_t counter = 1; counter <= 4; ++counter) REQUIRE(desk(open(counter)).has_counter());
    return desk;
}

// Everything that a state says, to compare two of them.
inline std::string describe(const State& state) {
    std::string text =
        fmt::format("log {} visits {} office {}\n", state.log_seq, state.last_visit, state.office->DebugString());
    for (const auto& [id, service] : state.services) {
        text += fmt::format("service {} {}:", id, service.prefix);
        for (const auto visit : service.waiting) text += fmt::format(" {}", visit);
        text += '\n';
    }
    for (const auto& [number, counter] : state.counters) {
        text += fmt::format("counter {} {} {} {}:", number, counter.hall, counter.open, counter.visit);
        for (const auto& service : counter.services) text += " " + service;
        text += '\n';
    }
    for (const auto& [prefix, number] : state.series) text += fmt::format("series {} {}\n", prefix, number);
    for (const auto& [hall, board] : state.boards) {
        text += fmt::format("board {} {}\n", hall, board.last_call_seq);
        for (const auto& call : board.calls) text += call.ShortDebugString() + '\n';
    }
    for (const auto& [id, visit] : state.visits)
        text += fmt::format("visit {} {} {} {} {} {} {} {}\n", id, visit.id, visit.service, visit.ticket,
                            visit.language, visit.issued_at_ms, int(visit.phase), visit.call.ShortDebugString());
    for (const auto& [ticket, visit] : state.visit_of_ticket) text += fmt::format("{}={} ", ticket, visit);
    for (const auto visit : state.ended) text += fmt::format("{} ", visit);
    return text;
}

inline State replay_of(const std::vector<v1::Event>& log) {
    State state;
    for (const v1::Event& event : log) apply(state, event);
    return state;
}

// What must hold of a log whatever happened; the first thing that does not, or nothing.
inline std::optional<std::string> fault_of_log(const std::vector<v1::Event>& log) {
    std::map<std::string, std::uint32_t> series;
    std::set<std::string> tickets, call_ids;
    std::map<std::uint64_t, std::uint32_t> counter_of_visit;
    std::map<std::uint32_t, std::uint64_t> visit_at_counter;
    std::map<std::string, std::uint64_t> first_effect;  // of a command id: the log_seq where its events began
    std::string last_cmd_id;
    std::uint64_t last = 0;
    for (const v1::Event& event : log) {
        if (event.log_seq() != ++last) return fmt::format("log entry {} follows {}", event.log_seq(), last - 1);
        // The events of one command stand together: where its id comes again later, it had a second effect.
        if (event.cmd_id() != last_cmd_id) {
            const auto [first, fresh] = first_effect.try_emplace(event.cmd_id(), event.log_seq());
            if (!fresh)
                return fmt::format("the command of entry {} had another effect at {}", first->second, event.log_seq());
            last_cmd_id = event.cmd_id();
        } else if (!(event.has_ticket_called() && log[last - 2].has_service_finished())) {
            return fmt::format("the command of entry {} had another effect at {}", last - 1, last);
        }
        const auto leave = [&](std::uint64_t visit, std::uint32_t counter) {
            counter_of_visit.erase(visit);
            visit_at_counter.erase(counter);
        };
        if (event.has_ticket_issued()) {
            const v1::TicketIssued& issued = event.ticket_issued();
            if (issued.number() != ++series[issued.prefix()])
                return fmt::format("{} is not the next of its series", issued.ticket());
            if (!tickets.insert(issued.ticket()).second) return fmt::format("{} was issued twice", issued.ticket());
        } else if (event.has_ticket_called()) {
            const v1::TicketCalled& called = event.ticket_called();
            if (!call_ids.insert(called.call_id()).second) return fmt::format("call {} came twice", called.call_id());
            if (!counter_of_visit.try_emplace(called.visit_id(), called.counter()).second)
                return fmt::format("visit {} is at two counters", called.visit_id());
            if (!visit_at_counter.try_emplace(called.counter(), called.visit_id()).second)
                return fmt::format("counter {} has two visitors", called.counter());
        } else if (event.has_service_finished()) {
            leave(event.service_finished().visit_id(), event.service_finished().counter());
        } else if (event.has_visit_missed()) {
            leave(event.visit_missed().visit_id(), event.visit_missed().counter());
        }
    }
    return std::nullopt;
}

// A folder of its own, gone at the end of the test.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "hallcast-queue-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path file() const { return path_ / "queue.db"; }

  private:
    std::filesystem::path path_;
};

inline std::vector<v1::Event> log_of(Store& store) {
    std::vector<v1::Event> log;
    const auto replayed = store.replay([&](const v1::Event& event) { log.push_back(event); });
    if (!replayed) FAIL(replayed.error().message);
    return log;
}

inline std::unique_ptr<Store> open_store(const std::filesystem::path& file) {
    auto store = open_sqlite_store(file);
    if (!store) FAIL(store.error().message);
    return *std::move(store);
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace hallcast::queue::sample
