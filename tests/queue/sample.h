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
inline v1::Command repeat_unseen(const std::string& call_id, std::uint32_t attempt) {
    v1::Command made = command();
    made.mutable_repeat_unseen()->set_call_id(call_id);
    made.mutable_repeat_unseen()->set_attempt(attempt);
    return made;
}
inline v1::Command confirm_seen(const std::string& call_id, std::uint32_t attempt) {
    v1::Command made = command();
    made.mutable_confirm_seen()->set_call_id(call_id);
    made.mutable_confirm_seen()->set_attempt(attempt);
    return made;
}
inline v1::Command make_notice(const std::string& hall, const std::map<std::string, std::string>& text,
                               std::uint32_t seconds = 0, bool urgent = false) {
    v1::Command made = command();
    made.mutable_make_notice()->set_hall(hall);
    for (const auto& [language, words] : text) (*made.mutable_make_notice()->mutable_text())[language] = words;
    made.mutable_make_notice()->set_seconds(seconds);
    made.mutable_make_notice()->set_urgent(urgent);
    return made;
}
inline v1::Command end_notice(const std::string& id) {
    v1::Command made = command();
    made.mutable_end_notice()->set_id(id);
    return made;
}
inline v1::Command expecting(std::uint64_t version, v1::Command command) {
    command.set_expected_version(version);
    return command;
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
inline v1::Command recycle(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_recycle()->set_counter(counter);
    return made;
}
inline v1::Command park(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_park()->set_counter(counter);
    return made;
}
inline v1::Command undo(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_undo()->set_counter(counter);
    return made;
}
inline v1::Command reinstate(const std::string& ticket) {
    v1::Command made = command();
    made.mutable_reinstate()->set_ticket(ticket);
    return made;
}
inline v1::Command end_visit(const std::string& ticket, v1::Outcome outcome = v1::OUTCOME_CANCELLED) {
    v1::Command made = command();
    made.mutable_end_visit()->set_ticket(ticket);
    made.mutable_end_visit()->set_outcome(outcome);
    return made;
}
inline v1::Command end_day() {
    v1::Command made = command();
    made.mutable_end_day();
    return made;
}
inline v1::Command sign_in(std::uint32_t counter, const std::string& staff) {
    v1::Command made = command();
    made.mutable_sign_in()->set_counter(counter);
    made.mutable_sign_in()->set_staff(staff);
    return made;
}
inline v1::Command sign_out(std::uint32_t counter) {
    v1::Command made = command();
    made.mutable_sign_out()->set_counter(counter);
    return made;
}
inline v1::Command lease(const std::string& service, std::uint32_t count) {
    v1::Command made = command();
    made.mutable_lease_numbers()->set_service(service);
    made.mutable_lease_numbers()->set_kiosk("kiosk 1");
    made.mutable_lease_numbers()->set_count(count);
    return made;
}
inline v1::Command transfer(std::uint32_t counter, const std::string& service, std::uint32_t to_counter = 0,
                            const std::string& to_staff = "",
                            v1::Transfer::Position position = v1::Transfer::BY_ARRIVAL, std::uint32_t delay_s = 0) {
    v1::Command made = command();
    v1::Transfer& transfer = *made.mutable_transfer();
    transfer.set_counter(counter);
    transfer.set_service(service);
    transfer.set_to_counter(to_counter);
    transfer.set_to_staff(to_staff);
    transfer.set_position(position);
    transfer.set_delay_s(delay_s);
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
    std::uint32_t day = 0;
    Touched touched;  // by the last command

    v1::CommandReply operator()(const v1::Command& command) {
        ++now_ms;
        Decision decision = decide(state, command, {now_ms, 60'000, day});
        touched = {};
        for (v1::Event& event : decision.events) {
            merge(touched, apply(state, event));
            log.push_back(std::move(event));
        }
        return decision.reply;
    }
};

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The code of a rejection, which must tell the clerk something and leave no event.
inline v1::Rejection::Code code_of(const v1::CommandReply& reply, const std::string& part_of_message) {
    INFO(reply.ShortDebugString());
    CHECK(reply.has_rejection());
    CHECK(reply.log_seq() == 0);
    CHECK(contains(reply.rejection().message(), part_of_message));
    return reply.rejection().code();
}

inline Desk open_desk() {
    Desk desk;
    REQUIRE(desk(apply_office(office())).has_office());
    for (std::uint32_t counter = 1; counter <= 4; ++counter) REQUIRE(desk(open(counter)).has_counter());
    return desk;
}

inline std::string describe(const Bookings& bookings) {
    std::string text = fmt::format("bookings {} {}\n", bookings.last_appointment, bookings.latest_ms);
    for (const auto& [id, one] : bookings.appointments)
        text += fmt::format("appointment {} {} {} {} {} {} {} {} {} {} '{}' '{}' {} {}\n", id, one.id, one.service,
                            fmt::join(one.slots, ","), one.end_ms, one.day, one.internal, int(one.phase), one.until_ms,
                            one.case_hash, one.language, one.person + one.sealed, one.revision, one.ticket);
    for (const auto& [service, slots] : bookings.taken)
        for (const auto& [start_ms, places] : slots)
            for (const TakenPlace& place : places)
                text += fmt::format("taken {} {} {} {} {}\n", service, start_ms, place.appointment, place.until_ms,
                                    place.internal);
    for (const auto& [hash, appointments] : bookings.of_case)
        text += fmt::format("case {} {}\n", hash, fmt::join(appointments, ","));
    for (const auto& [name, draw] : bookings.draws) {
        text +=
            fmt::format("draw {} {} {} {} {} '{}' '{}' '{}' '{}'\n", name, draw.service, draw.first_day, draw.last_day,
                        draw.closes_at_ms, draw.beacon_source, draw.beacon_value, draw.commitment, draw.seed);
        for (const DrawnPlace& place : draw.places)
            text += fmt::format("place {} {} {} {}\n", fmt::join(place.slots, ","), place.end_ms, place.day,
                                place.capacity);
        for (const DrawEntry& entry : draw.entries)
            text += fmt::format("entry {} {} {} {}\n", entry.id, entry.case_hash, entry.language,
                                fmt::join(entry.preferences, ","));
    }
    return text;
}

inline std::string describe(const Pace& pace) { return fmt::format("{}/{}", pace.busy_s, pace.calls); }
inline std::string describe(const WaitRatios& ratios) {
    return fmt::format("{}<{}<{}({})", ratios.low, ratios.middle, ratios.high, ratios.learned);
}
inline std::string describe(const ServiceWaits& waits) {
    const ServicePace& pace = waits.pace;
    std::string text = fmt::format("waits {} {} {} {} {} {} {} idle {} for {} {} {}", pace.as_of_ms, describe(pace.all),
                                   describe(pace.recent), pace.usual_counters, pace.open_counters, pace.queueing,
                                   describe(waits.shift), waits.idle, waits.newcomer.expected_s, waits.newcomer.low_s,
                                   waits.newcomer.high_s);
    for (const Pace& hour : pace.by_hour) text += ' ' + describe(hour);
    for (const FollowedWait& one : waits.followed)
        text += fmt::format(" {}:{}:{}:{}:{}", one.visit, one.since_ms, one.bare_s, one.place, one.idle);
    return text;
}

// Everything that a state says, to compare two of them.
inline std::string describe(const State& state) {
    std::string text =
        fmt::format("log {} visits {} office {}\n", state.log_seq, state.last_visit, state.office->DebugString());
    text += fmt::format("day {} lease {}\n", state.day, state.last_lease);
    for (const auto& [id, service] : state.services) {
        text += fmt::format("service {} {} {} {}:", id, service.prefix, service.day, service.tickets_today);
        for (const auto& [hour, tickets] : service.tickets_by_hour) text += fmt::format(" {}:{}", hour, tickets);
        for (const auto* places : {&service.walk_ins, &service.booked})
            for (const auto& place : *places) text += fmt::format(" {}@{}", place.visit, place.order_ms);
        for (const auto arrival : service.arrivals) text += fmt::format(" {}", arrival);
        text += '\n' + describe(service.waits) + '\n';
    }
    const auto describe_visit = [](const Visit& visit) {
        std::string services;
        for (const auto& service : visit.services) services += service + ',';
        return fmt::format("visit {} {} {} {} {} {} {} {} {} {} {} {} {} '{}' {} {} {} {}\n", visit.id, services,
                           visit.current, visit.ticket, visit.language, visit.arrived_at_ms, int(visit.phase),
                           visit.group, visit.rank_ms, visit.head_start_ms, visit.not_before_ms, visit.appointment_ms,
                           visit.only_counter, visit.only_staff, visit.recycled, visit.ended_at_ms, visit.changed_at,
                           visit.call.ShortDebugString());
    };
    for (const auto& [number, counter] : state.counters) {
        text += fmt::format("counter {} {} {} {} {} '{}' {} {} {}:", number, counter.hall, counter.open, counter.visit,
                            counter.profile, counter.staff, counter.appointments_in_a_row, counter.last_group,
                            counter.version);
        for (const auto& service : counter.services) text += " " + service;
        if (counter.undo) {
            text += fmt::format(" undo {} {} {} {} {}\n", counter.undo->log_seq, counter.undo->visit,
                                counter.undo->appointments_in_a_row, counter.undo->last_group,
                                fmt::join(counter.undo->cmd_id, ","));
            for (const auto& [before, changed_at] : counter.undo->visits)
                text += fmt::format("{} ", changed_at) + describe_visit(before);
        }
        text += '\n';
    }
    for (const auto& [prefix, series] : state.series) {
        text += fmt::format("series {} {} {}\n", prefix, series.day, series.last);
        for (const auto& [id, lease] : series.leases)
            text += fmt::format("lease {} {} {} {}\n", id, lease.kiosk, lease.next, lease.last);
    }
    for (const auto& [hall, board] : state.boards) {
        text += fmt::format("board {} {}\n", hall, board.last_call_seq);
        for (const auto& call : board.calls) text += call.ShortDebugString() + '\n';
    }
    for (const auto& [id, visit] : state.visits) text += describe_visit(visit);
    text += fmt::format("notices {}\n", state.last_notice);
    for (const HallNotice& one : state.notices)
        text += fmt::format("notice '{}' {}\n", one.hall, one.notice.DebugString());
    text += describe(state.bookings);
    text += "waits " + describe(state.waits.pace);
    for (const WaitRatios& ratios : state.waits.ratios) text += ' ' + describe(ratios);
    for (const auto visit : state.sent) text += fmt::format("sent {} ", visit);
    for (const auto& [ticket, visit] : state.visit_of_ticket) text += fmt::format("{}={} ", ticket, visit);
    for (const auto visit : state.ended) text += fmt::format("{} ", visit);
    return text;
}

inline State replay_of(const std::vector<v1::Event>& log) {
    State state;
    for (const v1::Event& event : log) apply(state, event);
    return state;
}

// What must hold of a log whatever happened; the first thing that does not, or nothing. Reads the events alone.
class LogCheck {
  public:
    std::optional<std::string> add(const v1::Event& event) {
        if (event.log_seq() != ++last_) return fmt::format("log entry {} follows {}", event.log_seq(), last_ - 1);
        if (event.day() < day_) return fmt::format("entry {} goes back to day {}", last_, event.day());
        day_ = event.day();
        // The events of one command stand together: where its id comes again later, it had a second effect.
        if (event.cmd_id() != last_cmd_id_) {
            const auto [first, fresh] = first_effect_.try_emplace(event.cmd_id(), event.log_seq());
            if (!fresh)
                return fmt::format("the command of entry {} had another effect at {}", first->second, event.log_seq());
            last_cmd_id_ = event.cmd_id();
        } else if (!may_follow(event)) {
            return fmt::format("the command of entry {} had another effect at {}", last_ - 1, last_);
        }
        last_kind_ = event.kind_case();
        last_group_ = event.ticket_issued().group();
        return check(event);
    }

  private:
    bool may_follow(const v1::Event& event) const {
        const bool linked = event.has_ticket_issued() && event.ticket_issued().group() != 0 &&
                            event.ticket_issued().group() == last_group_;
        return last_kind_ == v1::Event::kDayEnded || linked ||
               (last_kind_ == v1::Event::kServiceFinished && event.has_ticket_called()) ||
               (last_kind_ == v1::Event::kStaffSignedOut && event.has_staff_signed_in());
    }

    std::optional<std::string> leave(std::uint64_t visit, std::uint32_t counter) {
        const auto at = counter_of_visit_.find(visit);
        if (at == counter_of_visit_.end() || at->second != counter)
            return fmt::format("visit {} leaves counter {}, where it is not", visit, counter);
        counter_of_visit_.erase(at);
        visit_at_counter_.erase(counter);
        return std::nullopt;
    }

    std::optional<std::string> check(const v1::Event& event) {
        switch (event.kind_case()) {
            case v1::Event::kTicketIssued: {
                const v1::TicketIssued& issued = event.ticket_issued();
                if (!tickets_.insert(fmt::format("{} {}", issued.day(), issued.ticket())).second)
                    return fmt::format("{} was issued twice", issued.ticket());
                if (issued.lease() != 0) {
                    if (issued.number() != leases_[issued.lease()]++)
                        return fmt::format("{} is not the next of its lease", issued.ticket());
                } else if (!next_in_series(issued.prefix(), issued.day(), issued.number(), issued.number())) {
                    return fmt::format("{} is not the next of its series", issued.ticket());
                }
                break;
            }
            case v1::Event::kNumbersLeased: {
                const v1::NumbersLeased& leased = event.numbers_leased();
                if (!next_in_series(leased.prefix(), leased.day(), leased.first(), leased.last()))
                    return fmt::format("lease {} does not begin with the next number", leased.lease());
                leases_[leased.lease()] = leased.first();
                break;
            }
            case v1::Event::kTicketCalled: {
                const v1::TicketCalled& called = event.ticket_called();
                if (!call_ids_.insert(called.call_id()).second)
                    return fmt::format("call {} came twice", called.call_id());
                steps_[called.counter()] = {
                    last_cmd_id_ == step_cmd_[called.counter()] ? steps_[called.counter()].left : 0, called.visit_id()};
                step_cmd_[called.counter()] = last_cmd_id_;
                if (!counter_of_visit_.try_emplace(called.visit_id(), called.counter()).second)
                    return fmt::format("visit {} is at two counters", called.visit_id());
                if (!visit_at_counter_.try_emplace(called.counter(), called.visit_id()).second)
                    return fmt::format("counter {} has two visitors", called.counter());
                break;
            }
            case v1::Event::kServiceStarted:
                begin_step(event.service_started().counter(), 0);
                break;
            case v1::Event::kServiceFinished:
                begin_step(event.service_finished().counter(), event.service_finished().visit_id());
                return leave(event.service_finished().visit_id(), event.service_finished().counter());
            case v1::Event::kVisitMissed:
                begin_step(event.visit_missed().counter(), event.visit_missed().visit_id());
                return leave(event.visit_missed().visit_id(), event.visit_missed().counter());
            case v1::Event::kVisitTransferred:
                begin_step(event.visit_transferred().counter(), event.visit_transferred().visit_id());
                return leave(event.visit_transferred().visit_id(), event.visit_transferred().counter());
            case v1::Event::kVisitParked:
                begin_step(event.visit_parked().counter(), event.visit_parked().visit_id());
                return leave(event.visit_parked().visit_id(), event.visit_parked().counter());
            case v1::Event::kVisitRecycled:
                begin_step(event.visit_recycled().counter(), event.visit_recycled().visit_id());
                return leave(event.visit_recycled().visit_id(), event.visit_recycled().counter());
            case v1::Event::kStepUndone: {
                const std::uint32_t counter = event.step_undone().counter();
                const Step step = steps_[counter];
                steps_.erase(counter);
                if (step.came != 0) {
                    if (auto fault = leave(step.came, counter)) return fault;
                }
                if (step.left != 0) {
                    if (!counter_of_visit_.try_emplace(step.left, counter).second)
                        return fmt::format("visit {} is at two counters after undo", step.left);
                    if (!visit_at_counter_.try_emplace(counter, step.left).second)
                        return fmt::format("counter {} has two visitors after undo", counter);
                }
                break;
            }
            case v1::Event::kDayEnded:
                counter_of_visit_.clear();
                visit_at_counter_.clear();
                break;
            default:
                break;
        }
        return std::nullopt;
    }

    bool next_in_series(const std::string& prefix, std::uint32_t day, std::uint32_t first, std::uint32_t last) {
        auto& series = series_[prefix];
        if (series.first != day) series = {day, 0};
        if (series.second != 0 && first != series.second + 1) return false;
        if (series.second == 0 && first != 1) return false;  // all offices of these tests begin with 1
        series.second = last;
        return true;
    }

    // Who left and who came to a counter in its last step: what undo has to turn round.
    struct Step {
        std::uint64_t left = 0;
        std::uint64_t came = 0;
    };
    void begin_step(std::uint32_t counter, std::uint64_t left) {
        steps_[counter] = {left, 0};
        step_cmd_[counter] = last_cmd_id_;
    }

    std::uint64_t last_ = 0;
    std::uint32_t day_ = 0;
    std::string last_cmd_id_;
    v1::Event::KindCase last_kind_ = v1::Event::KIND_NOT_SET;
    std::uint64_t last_group_ = 0;
    std::map<std::string, std::uint64_t> first_effect_;  // of a command id: the log_seq where its events began
    std::map<std::string, std::pair<std::uint32_t, std::uint32_t>> series_;
    std::map<std::uint64_t, std::uint32_t> leases_;
    std::set<std::string> tickets_, call_ids_;
    std::map<std::uint64_t, std::uint32_t> counter_of_visit_;
    std::map<std::uint32_t, std::uint64_t> visit_at_counter_;
    std::map<std::uint32_t, Step> steps_;
    std::map<std::uint32_t, std::string> step_cmd_;
};

inline std::optional<std::string> fault_of_log(const std::vector<v1::Event>& log) {
    LogCheck check;
    for (const v1::Event& event : log)
        if (auto fault = check.add(event)) return fault;
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
    const auto replayed = store.replay(0, [&](const v1::Event& event) { log.push_back(event); });
    if (!replayed) FAIL(replayed.error().message);
    return log;
}

inline std::unique_ptr<Store> open_store(const std::filesystem::path& file) {
    auto store = open_sqlite_store(file);
    if (!store) FAIL(store.error().message);
    return *std::move(store);
}

}  // namespace hallcast::queue::sample
