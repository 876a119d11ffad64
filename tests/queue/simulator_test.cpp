// A whole office by chance: clerks, kiosks, nights, clock jumps, lost answers and restarts, each answer checked against
// the model and each event against what must hold of a log.
#include <google/protobuf/util/message_differencer.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <random>
#include <ranges>

#include "player/queue/core.h"
#include "player/queue/next.h"
#include "tests/queue/booking_sample.h"
#include "tests/queue/model.h"
#include "tests/queue/stores.h"
#include "tests/sanitized.h"
#include "tests/seed.h"

namespace hallcast::queue::simulator_test {

using namespace booking_sample;
using model::Answer;

v1::Office busy_office() {
    v1::Office made = office();
    made.mutable_services(0)->set_tickets_a_day(150);
    made.mutable_services(1)->set_tickets_an_hour(25);
    made.mutable_services(2)->set_numbers_go_on(true);
    for (const auto& [id, minutes] : {std::pair{"pregnant", 20}, std::pair{"disabled", 45}}) {
        v1::PriorityClass& priority = *made.add_priorities();
        priority.set_id(id);
        priority.set_head_start_minutes(std::uint32_t(minutes));
    }
    v1::WorkProfile& profile = *made.add_profiles();
    profile.set_id("first-b");
    for (const auto& [id, minutes] : {std::pair{"A", 0}, std::pair{"B", 30}}) {
        v1::ProfileQueue& queue = *profile.add_queues();
        queue.set_service(id);
        queue.set_head_start_minutes(std::uint32_t(minutes));
    }
    made.mutable_counters(1)->set_profile("first-b");
    made.mutable_rules()->set_recycle_after_minutes(2);
    // As the model's diary has it.
    made.set_time_zone("Etc/UTC");
    v1::OpeningHours& hours = *made.add_hours();
    for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) hours.add_days(day);
    hours.set_from("00:00");
    hours.set_to("24:00");
    const auto availability = [&](v1::Booking& booking, const char* from, const char* to) -> v1::Availability& {
        v1::Availability& added = *booking.add_availabilities();
        *added.mutable_when()->mutable_days() = hours.days();
        added.mutable_when()->set_from(from);
        added.mutable_when()->set_to(to);
        return added;
    };
    v1::Booking& first = *made.mutable_services(0)->mutable_booking();
    first.set_slot_minutes(30);
    first.set_late_as_walk_in(true);
    availability(first, "08:00", "10:00").set_counters(2);
    first.mutable_availabilities(0)->set_internal(1);
    v1::Booking& second = *made.mutable_services(1)->mutable_booking();
    second.set_slots(2);
    availability(second, "12:00", "13:00").set_counters(1);
    return made;
}

std::uint32_t day_of(std::int64_t now_ms) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(now_ms))));
    return std::uint32_t(int(date.year()) * 10000 + int(unsigned(date.month())) * 100 + int(unsigned(date.day())));
}

Answer answer_of(const v1::CommandReply& reply) {
    Answer answer;
    if (reply.has_rejection()) answer.code = reply.rejection().code();
    if (reply.has_ticket()) answer.ticket = reply.ticket().number();
    if (reply.has_tickets())
        for (const auto& ticket : reply.tickets().tickets()) answer.ticket += ticket.number() + " ";
    if (reply.has_call()) {
        answer.ticket = reply.call().ticket();
        answer.call = reply.call().call_id();
        answer.attempt = reply.call().attempt();
        answer.unseen = reply.call().unseen();
    }
    if (reply.has_appointment())
        answer.call = fmt::format("{} {} {}", reply.appointment().appointment(), int(reply.appointment().phase()),
                                  reply.appointment().start_ms());
    if (reply.has_notice())
        answer.call = fmt::format("{} {} {}", reply.notice().id(), reply.notice().over() ? "over" : "holds",
                                  reply.notice().expires_at_ms());
    for (const auto& slot : reply.slots().slots()) answer.ticket += fmt::format("{}:{} ", slot.start_ms(), slot.free());
    if (reply.has_counter()) answer.ticket = reply.counter().ticket();
    return answer;
}

// What of the two can be compared for this command.
bool same(const v1::Command& command, const v1::CommandReply& reply, Answer expected) {
    Answer given = answer_of(reply);
    if (reply.has_ticket() && (command.has_issue_ticket() || command.has_check_in())) given.ticket += " ";
    if (reply.has_day())
        given.count = reply.day().expired();
    else if (reply.has_lease())
        given.count = reply.lease().last() - reply.lease().first() + 1;
    else
        given.count = 0;
    if (!reply.has_day() && !reply.has_lease()) expected.count = 0;
    return given == expected;
}

// That no place was ever given to two, by the log alone: holds and appointments with the time until which they last.
class PlacesCheck {
  public:
    std::optional<std::string> add(const v1::Event& event) {
        now_ = std::max(now_, event.at_ms());
        if (event.has_slot_held()) {
            const v1::SlotHeld& held = event.slot_held();
            kind_of_[held.appointment()] = {held.service(), held.internal()};
            return take(held.appointment(), held.slots(), held.until_ms());
        }
        if (event.has_appointment_confirmed()) {
            for (auto& [place, owners] : taken_)
                for (auto& [owner, until] : owners)
                    if (owner == event.appointment_confirmed().appointment()) {
                        if (until <= now_) return fmt::format("appointment {} was confirmed after its hold", owner);
                        until = std::numeric_limits<std::int64_t>::max();
                    }
        } else if (event.has_appointment_moved()) {
            leave(event.appointment_moved().appointment(), event.appointment_moved().cooldown_until_ms());
            return take(event.appointment_moved().appointment(), event.appointment_moved().slots(),
                        std::numeric_limits<std::int64_t>::max());
        } else if (event.has_appointment_cancelled()) {
            leave(event.appointment_cancelled().appointment(), event.appointment_cancelled().cooldown_until_ms());
        } else if (event.has_day_ended()) {
            const std::uint32_t through = std::max(event.day_ended().ended(), event.day() - 1);
            for (auto& [place, owners] : taken_)
                if (day_of(std::get<2>(place)) <= through)
                    std::erase_if(owners, [](const auto& owner) { return owner.first != 0; });
        }
        return std::nullopt;
    }

  private:
    template <typename Slots>
    std::optional<std::string> take(std::uint64_t appointment, const Slots& slots, std::int64_t until) {
        const auto& [service, internal] = kind_of_.at(appointment);
        for (const std::int64_t start : slots) {
            auto& owners = taken_[{service, internal, start}];
            std::erase_if(owners, [&](const auto& owner) { return owner.second <= now_; });
            owners.emplace_back(appointment, until);
            if (owners.size() > (service == "A" && !internal ? 2 : 1))
                return fmt::format("{} appointments of {} at {}", owners.size(), service, start);
        }
        return std::nullopt;
    }
    void leave(std::uint64_t appointment, std::int64_t until) {
        for (auto& [place, owners] : taken_)
            for (auto& owner : owners)
                if (owner.first == appointment) owner = {0, until};
    }

    std::int64_t now_ = 0;
    std::map<std::uint64_t, std::pair<std::string, bool>> kind_of_;
    std::map<std::tuple<std::string, bool, std::int64_t>, std::vector<std::pair<std::uint64_t, std::int64_t>>> taken_;
};

// How the core is broken, to see that this is noticed.
enum class Broken { nowhere, dedupe, capacity, places, ageing };

class Simulation {
  public:
    Simulation(std::uint64_t seed, Broken broken) : random_(seed), broken_(broken) { restart(); }

    // The first thing that is wrong.
    std::optional<std::string> run(int commands) {
        if (auto fault = step(apply_office(busy_office()))) return fault;
        for (int i = 0; i < commands; ++i) {
            if (below(4000) == 0) {
                restart();
                ++restarts_;
            }
            pass_time();
            if (auto fault = look_at_counters()) return fmt::format("command {}: {}", i, *fault);
            // An answer was lost, and the client asks again.
            if (below(50) == 0 && !sent_.empty()) {
                if (auto fault = repeat()) return fmt::format("command {}: {}", i, *fault);
                continue;
            }
            if (auto fault = below(25) == 0 ? crowd() : step(some_command()))
                return fmt::format("command {}: {}", i, *fault);
            if (i % 64 == 0)
                if (auto fault = compare_halls()) return fmt::format("command {}: {}", i, *fault);
        }
        return check_log();
    }
    int accepted() const { return accepted_; }
    const std::map<int, int>& done() const { return done_; }
    int refused() const { return refused_; }
    int days() const { return days_; }
    int restarts() const { return restarts_; }
    int conflicts() const { return conflicts_; }

  private:
    void restart() {
        core_.reset();
        // The core has kept a snapshot at its stop. Some masters are killed instead, and find an older one, or none.
        if (below(2)) memory_->snapshot = std::exchange(older_snapshot_, memory_->snapshot);
        std::unique_ptr<Store> store = std::make_unique<MemoryStore>(memory_);
        CoreOptions options;
        options.snapshot_every = 500;
        options.now_ms = [this] { return now_ms_.load(); };
        options.day = [](const v1::Office&, std::int64_t now_ms) { return day_of(now_ms); };
        if (broken_ == Broken::dedupe) {
            store = std::make_unique<ForgetfulStore>(std::move(store));
            options.remembered_replies = 0;
        }
        auto opened = open_core(std::move(store), options);
        REQUIRE(opened);
        core_ = *std::move(opened);
    }

    void pass_time() {
        std::int64_t passed = below(20'000);
        if (below(600) == 0) passed = std::int64_t(below(10)) * 3'600'000;  // a pause, often a night
        if (below(400) == 0)  // to a time when somebody has an appointment
            for (const auto& [id, entry] : model_.diary().entries())
                if (entry.state == "firm" && entry.start > now_ms_) {
                    passed = std::max<std::int64_t>(0, entry.start - now_ms_ - 40 * 60'000);
                    break;
                }
        if (below(1000) == 0) passed = -std::int64_t(below(90'000));  // the clock is put right
        now_ms_ = std::max<std::int64_t>(now_ms_ + passed, 1'700'000'000'000);
    }

    // What the core is told: not always what the model is.
    v1::Command as_sent(const v1::Command& command) const {
        v1::Command sent = command;
        if (!command.has_apply_office()) return sent;
        v1::Office& office = *sent.mutable_apply_office()->mutable_office();
        for (auto& service : *office.mutable_services())
            if (broken_ == Broken::capacity) service.clear_tickets_a_day(), service.clear_tickets_an_hour();
        if (broken_ == Broken::places)  // a place more than there is
            for (auto& service : *office.mutable_services()) {
                if (!service.has_booking()) continue;
                for (auto& availability : *service.mutable_booking()->mutable_availabilities())
                    availability.set_counters(availability.counters() + 1);
            }
        if (broken_ == Broken::ageing)  // a priority that no wait makes up for
            for (auto& priority : *office.mutable_priorities()) priority.set_head_start_minutes(7 * 24 * 60);
        return sent;
    }

    std::optional<std::string> judge(const v1::Command& command, const v1::CommandReply& reply) {
        static const bool trace = std::getenv("HALLCAST_TRACE") != nullptr;
        if (trace)
            fmt::print("{} {} => {}\n", now_ms_.load(), command.ShortDebugString().substr(60),
                       reply.ShortDebugString().substr(60));
        if (reply.cmd_id() != command.cmd_id()) return "an answer to another command";
        const auto passed = command.has_call_next() ? overtaken(command.call_next().counter(), reply) : std::nullopt;
        if (passed) return passed;
        v1::Command for_model = command;
        if (const auto counter = model::Model::counter_asked(command); counter && command.expected_version() != 0)
            for_model.set_expected_version(versions_[*counter].at(command.expected_version()));
        const Answer expected = model_.carry_out(for_model, now_ms_, day_of(now_ms_));
        if (!same(command, reply, expected))
            return fmt::format("{}: the model says code {} '{}' {} {} {}, the core {}", command.ShortDebugString(),
                               expected.code, expected.ticket, expected.call, expected.attempt, expected.count,
                               reply.ShortDebugString());
        reply.has_rejection() ? ++refused_ : ++accepted_;
        if (!reply.has_rejection()) ++done_[command.action_case()];
        if (reply.rejection().code() == v1::Rejection::CONFLICT) ++conflicts_;
        sent_.emplace_back(command, reply);
        if (sent_.size() > 64) sent_.erase(sent_.begin());
        return std::nullopt;
    }

    // Nobody is passed by who came later by more than the bound.
    std::optional<std::string> overtaken(std::uint32_t counter, const v1::CommandReply& reply) const {
        if (!reply.has_call()) return std::nullopt;
        const model::Person* called = nullptr;
        for (const auto& [id, person] : model_.people())
            if (person.ticket == reply.call().ticket()) called = &person;
        if (called == nullptr || called->family != 0 || called->time != 0 || called->wants_counter != 0 ||
            !called->wants_person.empty())
            return std::nullopt;
        const std::int64_t bound = overtaking_bound_ms(model_.office());
        for (const auto& [id, person] : model_.people()) {
            if (person.where != "waiting" || person.not_before > now_ms_ || person.wants_counter != 0 ||
                person.time != 0 || !person.wants_person.empty())
                continue;
            const auto& described = model_.office().counters(int(counter) - 1);
            const bool served = described.profile().empty()
                                    ? described.services().empty() ||
                                          std::ranges::count(described.services(), person.errands.front()) > 0
                                    : person.errands.front() != "C";
            if (served && person.stands + bound < called->stands)
                return fmt::format("{} was passed by {}, who came {} ms later", person.ticket, called->ticket,
                                   called->stands - person.stands);
        }
        return std::nullopt;
    }

    std::optional<std::string> step(const v1::Command& command) {
        return judge(command, core_->submit_and_wait(as_sent(command)));
    }

    // Several at the same moment, two clerks for the same visitor among them.
    std::optional<std::string> crowd() {
        std::vector<v1::Command> commands;
        for (std::uint32_t i = 0; i < 2 + below(8); ++i)
            commands.push_back(below(2) ? call_next(1 + below(4)) : some_command());
        std::vector<std::promise<v1::CommandReply>> replies(commands.size());
        for (std::size_t i = 0; i < commands.size(); ++i)
            core_->submit(as_sent(commands[i]),
                          [&replies, i](const v1::CommandReply& reply) { replies[i].set_value(reply); });
        std::vector<v1::CommandReply> given;
        for (auto& reply : replies) given.push_back(reply.get_future().get());
        for (std::size_t i = 0; i < commands.size(); ++i)
            if (auto fault = judge(commands[i], given[i])) return fault;
        return std::nullopt;
    }

    std::optional<std::string> repeat() {
        const auto& [command, before] = sent_[below(std::uint32_t(sent_.size()))];
        if (before.has_rejection() || before.log_seq() == 0) return std::nullopt;  // it would be decided anew
        const v1::CommandReply again = core_->submit_and_wait(as_sent(command));
        // Not by their bytes: a map has none of its own order.
        if (google::protobuf::util::MessageDifferencer::Equals(again, before)) return std::nullopt;
        return fmt::format("{} sent again was answered {} instead of {}", command.ShortDebugString(),
                           again.ShortDebugString(), before.ShortDebugString());
    }

    // The core and the model number the steps of a counter differently: which of the core's versions is which of the
    // model's. Each must change when the other does, and only then.
    std::optional<std::string> look_at_counters() {
        for (const char* hall : {"main", "upstairs"}) {
            const auto state = core_->hall_state(hall);
            for (const v1::CounterStatus& counter : state->counters()) {
                const std::uint64_t known = model_.version(counter.number());
                auto& versions = versions_[counter.number()];
                const auto [version, fresh] = versions.try_emplace(counter.version(), known);
                const bool both = version->second == known && (fresh == newest_[counter.number()].insert(known).second);
                if (!both)
                    return fmt::format("counter {} has version {} for the model's {}", counter.number(),
                                       counter.version(), known);
            }
        }
        return std::nullopt;
    }

    std::optional<std::string> compare_calls(const v1::HallState& hall) {
        for (const v1::Call& call : hall.calls()) {
            if (call.phase() != v1::CALL_PHASE_CALLED) continue;
            for (const auto& [id, person] : model_.people())
                if (person.call == call.call_id() &&
                    (person.attempt != call.attempt() || person.unseen != call.unseen()))
                    return fmt::format("{} is shown as attempt {}, unseen {}; the model says {}, {}", call.ticket(),
                                       call.attempt(), call.unseen(), person.attempt, person.unseen);
        }
        return std::nullopt;
    }

    std::optional<std::string> compare_halls() {
        for (const char* id : {"main", "upstairs"}) {
            std::string shown;
            for (const v1::Notice& notice : core_->hall_state(id)->notices()) shown += notice.id() + " ";
            if (shown != model_.notes(id))
                return fmt::format("{} shows the notices {}, the model has {}", id, shown, model_.notes(id));
        }
        const auto hall = core_->hall_state("main");
        if (auto fault = compare_calls(*hall)) return fault;
        for (const auto& service : hall->services())
            if (service.waiting() != model_.waiting(service.id()))
                return fmt::format("{} wait for {}, the hall shows {}", model_.waiting(service.id()), service.id(),
                                   service.waiting());
        return std::nullopt;
    }

    std::optional<std::string> check_log() {
        LogCheck check;
        PlacesCheck diary;
        std::map<std::pair<std::string, std::uint32_t>, std::uint32_t> a_day;
        std::map<std::pair<std::string, std::int64_t>, std::uint32_t> an_hour;
        for (const v1::Event& event : memory_->log) {
            if (auto fault = check.add(event)) return fault;
            if (event.has_day_ended()) ++days_;
            if (auto fault = diary.add(event)) return fault;
            std::uint32_t count = 0;
            std::string service;
            if (event.has_ticket_issued() && event.ticket_issued().lease() == 0 &&
                event.ticket_issued().appointment_ms() == 0)
                count = 1, service = event.ticket_issued().service();
            if (event.has_numbers_leased())
                count = event.numbers_leased().last() - event.numbers_leased().first() + 1,
                service = event.numbers_leased().service();
            if (count == 0) continue;
            if ((a_day[{service, event.day()}] += count) > 150 && service == "A")
                return fmt::format("more than 150 tickets for A on {}", event.day());
            if ((an_hour[{service, event.at_ms() / 3'600'000}] += count) > 25 && service == "B")
                return fmt::format("more than 25 tickets for B in an hour of {}", event.day());
        }
        return std::nullopt;
    }

    // What bookers do: mostly with appointments that there are, sometimes with others' or none.
    v1::Command some_booking() {
        const bool first = below(3) != 0;
        const std::string service = below(60) == 0 ? "C" : first ? "A" : "B";
        const std::int64_t today = now_ms_ / 86'400'000 * 86'400'000;
        const std::int64_t start =
            today + std::int64_t(below(4)) * 86'400'000 +
            (first ? 480 + 30 * std::int64_t(below(4)) : 720 + 15 * std::int64_t(below(4))) * 60'000 +
            (below(40) == 0 ? 60'000 : 0) + (below(80) == 0 ? 61 * 86'400'000ll : 0);
        std::string name = fmt::format("case {}", below(25));
        std::uint64_t id = below(50) == 0 ? 9999 : 0;
        for (auto entry = model_.diary().entries().rbegin(); entry != model_.diary().entries().rend() && id == 0;
             ++entry) {
            if (entry->second.state == "gone" ? below(40) : below(3)) continue;
            id = entry->first;
            if (below(20)) name = entry->second.kase.substr(8);
        }
        switch (below(12)) {
            case 0:
                return find_slots(service, "", 1 + below(4), below(4) == 0, below(4));
            case 1:
            case 2:
            case 3:
            case 4:
                return hold(name, service, start, below(5) == 0, below(10) == 0 ? 1 + below(40) : 0);
            case 5:
            case 6:
            case 7:
                return confirm(name, id);
            case 8:
                return move(name, id, start);
            case 9:
                return below(2) ? cancel(name, id) : find_slots(service, "", 1);
            default:
                return check_in(name, id);
        }
    }

    // What staff tell everybody: mostly what can be told, sometimes too much at once.
    v1::Command some_notice() {
        if (below(3) == 0) return end_notice(fmt::format("notice-{}", 1 + below(std::uint32_t(notices_ + 3))));
        ++notices_;
        const char* hall = below(50) == 0 ? "cellar" : below(3) ? "" : below(2) ? "main" : "upstairs";
        std::map<std::string, std::string> text{{below(30) ? "pl" : "xx", "Okienko 7 jest nieczynne."}};
        if (below(3) == 0) text["uk"] = std::string(below(30) ? 500 : 501, 'a');
        if (below(40) == 0) text["en"] = "two\nlines";
        if (below(40) == 0) text = {{"en", below(2) ? "" : "  "}};
        return make_notice(hall, text, below(3) == 0 ? 0 : 1 + below(below(30) ? 300 : 90'000), below(4) == 0);
    }

    // What the master's watch over the screens sends: mostly of a call that somebody is awaited by.
    v1::Command some_report() {
        std::string call = below(20) == 0 ? "main-1" : "nowhere-1";
        std::uint32_t attempt = 1;
        for (const auto& [id, person] : model_.people()) {
            if (person.where != "called" && (person.where != "served" || below(8))) continue;
            call = person.call;
            attempt = person.attempt - (below(10) == 0 ? 1 : 0);
            if (below(3) == 0) break;
        }
        return below(2) ? repeat_unseen(call, attempt) : confirm_seen(call, attempt);
    }

    // With the version of its counter that somebody may have seen: the present one, or one from before.
    v1::Command with_some_version(v1::Command command) {
        const auto counter = model::Model::counter_asked(command);
        if (!counter) return below(40) == 0 ? expecting(1 + below(1000), std::move(command)) : command;
        const auto& versions = versions_[*counter];
        if (versions.empty() || below(3)) return command;
        const auto back = below(4) ? 0 : below(std::uint32_t(std::min<std::size_t>(versions.size(), 3)));
        const std::uint64_t version = std::prev(versions.end(), 1 + std::ptrdiff_t(back))->first;
        return version == 0 ? command : expecting(version, std::move(command));
    }

    v1::Command some_command() {
        if (below(20) == 0) return some_report();
        if (below(25) == 0) return some_notice();
        return with_some_version(some_action());
    }

    v1::Command some_action() {
        if (below(5) == 0) return some_booking();
        const std::uint32_t counter = 1 + below(4) + (below(100) == 0 ? 1 : 0);  // 5 does not exist
        switch (below(40)) {
            case 0:
            case 1:
            case 2:
            case 3:
            case 4:
            case 5:
            case 6:
            case 7:
            case 8:
            case 9:
                return some_ticket();
            case 10:
            case 11:
            case 12:
                return open(counter);
            case 13:
                return below(3) == 0 ? close(counter) : open(counter);
            case 14:
            case 15:
            case 16:
            case 17:
            case 18:
            case 19:
            case 20:
            case 21:
                return call_next(counter);
            case 22:
                return call_ticket(counter, some_number());
            case 23:
            case 24:
                return recall(counter);
            case 25:
            case 26:
            case 27:
            case 28:
                return start(counter);
            case 29:
            case 30:
                return finish(counter);
            case 31:
                return no_show(counter);
            case 32:
                return below(2) ? park(counter) : recycle(counter);
            case 33:
            case 34:
                return some_transfer(counter);
            case 35:
                return below(2) ? reinstate(somebody_away())
                                : end_visit(some_number(), below(2) ? v1::OUTCOME_CANCELLED : v1::OUTCOME_REMOVED);
            case 36:
            case 37:
                return undo(counter);
            case 38:
                return below(3) == 0 ? sign_out(counter) : sign_in(counter, below(2) ? "ann" : "bob");
            default:
                return below(20) == 0 ? end_day() : recycle(counter);
        }
    }

    v1::Command some_ticket() {
        static constexpr const char* services[] = {"A", "B", "C", "D"};  // D does not exist
        const std::string service = services[below(100) == 0 ? 3 : below(3)];
        if (below(60) == 0) return lease(service, 1 + below(10));
        v1::Command made = issue(service, below(50) == 0 ? "xx" : "");
        v1::IssueTicket& ticket = *made.mutable_issue_ticket();
        if (below(6) == 0) ticket.add_then(services[below(3)]);
        if (below(20) == 0) ticket.set_people(1 + below(9));
        if (below(5) == 0) ticket.set_priority(below(2) ? "pregnant" : below(10) ? "disabled" : "royal");
        if (below(15) == 0) ticket.set_legal_deadline_ms(now_ms_ + std::int64_t(below(6)) * 86'400'000 + 1);
        if (below(8) == 0) {
            // From a lease: mostly the right number.
            ticket.set_lease(1 + below(12));
            ticket.set_number(1 + below(40));
            ticket.set_printed_at_ms(now_ms_ - below(100'000));
            for (auto event = memory_->log.rbegin();
                 event != memory_->log.rend() && event - memory_->log.rbegin() < 400; ++event) {
                if (!event->has_numbers_leased() || event->numbers_leased().service() != service) continue;
                ticket.set_lease(event->numbers_leased().lease());
                ticket.set_number(event->numbers_leased().first());
                for (auto later = event.base(); later != memory_->log.end(); ++later)
                    if (later->ticket_issued().lease() == ticket.lease())
                        ticket.set_number(later->ticket_issued().number() + 1);
                break;
            }
            ticket.set_people(0);
        }
        return made;
    }

    v1::Command some_transfer(std::uint32_t counter) {
        const auto position = v1::Transfer::Position(below(3));
        const std::uint32_t delay_s = below(4) == 0 ? below(600) : 0;
        switch (below(4)) {
            case 0:
                return transfer(counter, "", 1 + below(5), "", position, delay_s);
            case 1:
                return transfer(counter, "", 0, below(2) ? "ann" : "bob", position, delay_s);
            case 2:
                return transfer(counter, below(20) ? "" : "A", 1 + below(2), "", position);  // mostly sensible
            default:
                return transfer(counter, std::string(1, char('A' + below(3))), 0, "", position, delay_s);
        }
    }

    std::string somebody_away() {
        int looked = 0;
        for (auto person = model_.people().rbegin(); person != model_.people().rend() && ++looked < 60; ++person)
            if (person->second.where == "away" && below(4)) return person->second.ticket;
        return some_number();
    }

    std::string some_number() {
        if (model_.people().empty() || below(20) == 0) return "Z999";
        const auto last = model_.people().rbegin()->first;
        const auto person = model_.people().find(last - std::min<std::uint64_t>(last - 1, below(60)));
        return person == model_.people().end() ? "Z998" : person->second.ticket;
    }

    std::uint32_t below(std::uint32_t limit) {
        return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
    }

    std::mt19937_64 random_;
    Broken broken_;
    std::atomic<std::int64_t> now_ms_ = 1'700'000'000'000;
    std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
    std::optional<Snapshot> older_snapshot_;
    model::Model model_;
    std::unique_ptr<Core> core_;
    std::vector<std::pair<v1::Command, v1::CommandReply>> sent_;
    std::map<std::uint32_t, std::map<std::uint64_t, std::uint64_t>> versions_;  // by counter: the core's, the model's
    std::map<std::uint32_t, std::set<std::uint64_t>> newest_;                   // by counter: of the model's, all seen
    std::map<int, int> done_;                                                   // by kind of command
    int notices_ = 0;                                                           // tried
    int conflicts_ = 0;
    int accepted_ = 0, refused_ = 0, days_ = 0, restarts_ = 0;
};

// HALLCAST_COMMANDS=1000000: as many, in offices of 5000.
int commands() {
    const char* wanted = std::getenv("HALLCAST_COMMANDS");
    constexpr int usual = tests::sanitized ? 10'000 : 50'000;
    return wanted ? std::atoi(wanted) : usual;
}

// Draws, and what a vault has to do with, are in privacy_test.cpp; a ping is the server's.
std::vector<const google::protobuf::FieldDescriptor*> kinds_of_command() {
    std::vector<const google::protobuf::FieldDescriptor*> kinds;
    const auto* actions = v1::Command::descriptor()->FindOneofByName("action");
    for (int i = 0; i < actions->field_count(); ++i) {
        const std::string& name = actions->field(i)->name();
        if (name.ends_with("_draw") || name == "show_case" || name == "forget_contact" || name == "ping") continue;
        kinds.push_back(actions->field(i));
    }
    return kinds;
}

TEST_CASE("a simulated office does what the model does") {
    const std::uint64_t seed = tests::seed_of_run();
    constexpr int a_world = 5000;
    std::map<int, int> done;
    int accepted = 0, refused = 0, days = 0, restarts = 0, conflicts = 0;
    const auto kinds = kinds_of_command();
    // Every kind of command has had its effect many times. In a short run luck can leave a rare one out, so it goes on.
    const auto rarest = [&] {
        return std::ranges::min(kinds | std::views::transform([&](const auto* kind) { return done[kind->number()]; }));
    };
    int worlds = std::max(1, commands() / a_world);
    const int often = std::max(1, worlds / 2), most_worlds = worlds + 10;
    for (int world = 0; world < worlds; ++world) {
        Simulation simulation(seed + std::uint64_t(world), Broken::nowhere);
        const auto fault = simulation.run(a_world);
        INFO("seed " << seed << " world " << world);
        INFO(fault.value_or(""));
        REQUIRE(!fault);
        for (const auto& [kind, count] : simulation.done()) done[kind] += count;
        accepted += simulation.accepted();
        refused += simulation.refused();
        days += simulation.days();
        restarts += simulation.restarts();
        conflicts += simulation.conflicts();
        if (world + 1 == worlds && worlds < most_worlds && rarest() < often) ++worlds;
    }
    spdlog::info(
        "simulated office, seed {}: {} worlds, {} commands accepted, {} refused ({} for their version), {} days, {} "
        "restarts",
        seed, worlds, accepted, refused, conflicts, days, restarts);
    std::string counts;
    for (const auto* kind : kinds) counts += fmt::format(" {} {}", kind->name(), done[kind->number()]);
    spdlog::info("done:{}", counts);
    CHECK(rarest() >= often);
    CHECK(accepted > refused);
    CHECK(refused > worlds * 100);
    CHECK(conflicts > worlds * 20);
    CHECK(days > worlds);
}

TEST_CASE("a broken office is found out") {
    const auto broken = GENERATE(Broken::dedupe, Broken::capacity, Broken::places, Broken::ageing);
    const std::uint64_t seed = std::random_device{}();
    bool found = false;
    std::string fault;
    for (std::uint64_t world = 0; world < 5 && !found; ++world) {
        Simulation simulation(seed + world, broken);
        if (auto one = simulation.run(3000)) found = true, fault = *one;
    }
    INFO("seed " << seed << " broken " << int(broken));
    CHECK(found);
    spdlog::info("broken {}: {}", int(broken), fault.substr(0, 200));
}

}  // namespace hallcast::queue::simulator_test
