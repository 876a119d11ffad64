#include "player/queue/decide.h"

#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <utility>

#include "player/queue/apply.h"
#include "player/queue/office_rules.h"
#include "protocol/base/error.h"
#include "protocol/cmd_id.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t max_actor_bytes = 128;
constexpr int max_listed = 24;  // ids in a message; a clerk reads no longer list

struct Deciding {
    const State& state;
    const v1::Command& command;
    const Moment& moment;
    Decision decision;

    void reject(v1::Rejection::Code code, std::string message) {
        decision.events.clear();
        decision.reply.clear_log_seq();
        v1::Rejection& rejection = *decision.reply.mutable_rejection();
        rejection.set_code(code);
        rejection.set_message(std::move(message));
    }

    v1::Event& happen() {
        v1::Event& event = decision.events.emplace_back();
        event.set_log_seq(state.log_seq + decision.events.size());
        event.set_at_ms(moment.now_ms);
        event.set_cmd_id(command.cmd_id());
        event.set_actor(command.actor());
        decision.reply.set_log_seq(event.log_seq());
        return event;
    }

    void reply_counter(std::uint32_t number, v1::CounterActivity activity, const std::string& ticket = {}) {
        v1::CounterStatus& status = *decision.reply.mutable_counter();
        status.set_number(number);
        status.set_activity(activity);
        status.set_ticket(ticket);
    }

    // Null after a rejection.
    const CounterState* counter(std::uint32_t number);
    const CounterState* open_counter(std::uint32_t number);
    const Visit* visit_at(std::uint32_t number, const char* to_do);

    void free_counter(const CounterState& counter, std::uint32_t number);
    void call_visit(const Visit& visit, const CounterState& counter, std::uint32_t number);

    void issue(const v1::IssueTicket& issue);
    void open(std::uint32_t number);
    void close(std::uint32_t number);
    void call_next(std::uint32_t number);
    void call_ticket(std::uint32_t number, const std::string& ticket);
    void recall(std::uint32_t number);
    void start(std::uint32_t number);
    void finish(std::uint32_t number);
    void no_show(std::uint32_t number);
    void apply_office(const v1::Office& office);
    void act();
};

const Visit& visit_at_counter(const State& state, const CounterState& counter) {
    const auto visit = state.visits.find(counter.visit);
    HALLCAST_ASSERT(visit != state.visits.end());
    return visit->second;
}

template <typename Items, typename Name>
std::string list_of(const Items& items, Name name) {
    std::string list;
    int listed = 0;
    for (const auto& item : items) {
        if (++listed > max_listed) return list + ", ...";
        fmt::format_to(std::back_inserter(list), "{}{}", listed == 1 ? "" : ", ", name(item));
    }
    return list;
}

constexpr const char* no_office =
    "This master has no office yet. Describe it in a file, then: hallcast office apply FILE";

const CounterState* Deciding::counter(std::uint32_t number) {
    const auto found = state.counters.find(number);
    if (found != state.counters.end()) return &found->second;
    reject(v1::Rejection::NOT_FOUND,
           state.office->halls().empty()
               ? no_office
               : fmt::format("There is no counter {}. This office has: {}.", number,
                             list_of(state.counters, [](const auto& entry) { return entry.first; })));
    return nullptr;
}

const CounterState* Deciding::open_counter(std::uint32_t number) {
    const CounterState* found = counter(number);
    if (found == nullptr || found->open) return found;
    reject(v1::Rejection::WRONG_STATE,
           fmt::format("Counter {} is closed. Open it first: hallcast ctl open {}", number, number));
    return nullptr;
}

const Visit* Deciding::visit_at(std::uint32_t number, const char* to_do) {
    const CounterState* found = open_counter(number);
    if (found == nullptr) return nullptr;
    if (found->visit != 0) return &visit_at_counter(state, *found);
    reject(v1::Rejection::WRONG_STATE,
           fmt::format("Nobody is at counter {}, so there is nobody to {}. Call a visitor first: "
                       "hallcast ctl call-next {}",
                       number, to_do, number));
    return nullptr;
}

void Deciding::issue(const v1::IssueTicket& issue) {
    const auto service = state.services.find(issue.service());
    if (service == state.services.end()) {
        return reject(
            v1::Rejection::NOT_FOUND,
            state.office->halls().empty()
                ? no_office
                : fmt::format("There is no service '{}'. This office has: {}.", issue.service(),
                              list_of(state.office->services(), [](const auto& known) { return known.id(); })));
    }
    const auto& languages = state.office->languages();
    const std::string& language = issue.language().empty() ? languages[0] : issue.language();
    if (std::ranges::find(languages, language) == languages.end()) {
        return reject(v1::Rejection::INVALID,
                      fmt::format("This office has no language '{}'. Choose one of: {}.", language,
                                  list_of(languages, [](const auto& tag) { return tag; })));
    }
    const std::string& prefix = service->second.prefix;
    const auto series = state.series.find(prefix);
    const std::uint32_t number = series == state.series.end() ? 1 : series->second + 1;

    v1::TicketIssued& issued = *happen().mutable_ticket_issued();
    issued.set_visit_id(state.last_visit + 1);
    issued.set_service(issue.service());
    issued.set_prefix(prefix);
    issued.set_number(number);
    issued.set_ticket(fmt::format("{}{:03}", prefix, number));
    issued.set_language(language);

    v1::Ticket& ticket = *decision.reply.mutable_ticket();
    ticket.set_number(issued.ticket());
    ticket.set_visit_id(issued.visit_id());
    ticket.set_service(issued.service());
    ticket.set_language(language);
    ticket.set_issued_at_ms(moment.now_ms);
    ticket.set_ahead(std::uint32_t(service->second.waiting.size()));
}

void Deciding::open(std::uint32_t number) {
    const CounterState* found = counter(number);
    if (found == nullptr) return;
    if (found->visit != 0) {
        const Visit& visit = visit_at_counter(state, *found);
        return reply_counter(
            number, visit.phase == VisitPhase::called ? v1::COUNTER_ACTIVITY_CALLING : v1::COUNTER_ACTIVITY_SERVING,
            visit.ticket);
    }
    if (!found->open) happen().mutable_counter_opened()->set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_FREE);
}

void Deciding::close(std::uint32_t number) {
    const CounterState* found = counter(number);
    if (found == nullptr) return;
    if (found->visit != 0) {
        return reject(
            v1::Rejection::WRONG_STATE,
            fmt::format("Counter {} cannot close while {} is there. Finish the visit first: hallcast ctl finish {}",
                        number, visit_at_counter(state, *found).ticket, number));
    }
    if (found->open) happen().mutable_counter_closed()->set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_CLOSED);
}

void Deciding::free_counter(const CounterState& counter, std::uint32_t number) {
    if (counter.visit == 0) return;
    v1::ServiceFinished& finished = *happen().mutable_service_finished();
    finished.set_visit_id(counter.visit);
    finished.set_counter(number);
}

void Deciding::call_visit(const Visit& visit, const CounterState& counter, std::uint32_t number) {
    free_counter(counter, number);
    const auto board = state.boards.find(counter.hall);
    HALLCAST_ASSERT(board != state.boards.end());
    v1::TicketCalled& called = *happen().mutable_ticket_called();
    called.set_visit_id(visit.id);
    called.set_counter(number);
    called.set_call_seq(board->second.last_call_seq + 1);
    called.set_call_id(fmt::format("{}-{}", counter.hall, called.call_seq()));
    called.set_hall(counter.hall);
    called.set_expires_at_ms(moment.now_ms + moment.call_expiry_ms);
    *decision.reply.mutable_call() = make_call(visit, called, moment.now_ms);
}

void Deciding::call_next(std::uint32_t number) {
    const CounterState* found = open_counter(number);
    if (found == nullptr) return;
    std::uint64_t next = 0;
    const auto consider = [&](const ServiceState& service) {
        if (!service.waiting.empty() && (next == 0 || *service.waiting.begin() < next)) next = *service.waiting.begin();
    };
    for (const std::string& id : found->services) {
        if (const auto service = state.services.find(id); service != state.services.end()) consider(service->second);
    }
    if (found->services.empty())
        for (const auto& [id, service] : state.services) consider(service);
    if (next != 0) return call_visit(state.visits.at(next), *found, number);
    reject(
        v1::Rejection::NOBODY_WAITING,
        fmt::format("Nobody waits for counter {}{}. Nothing was changed.", number,
                    found->services.empty()
                        ? std::string()
                        : fmt::format(" (it serves {})", list_of(found->services, [](const auto& id) { return id; }))));
}

void Deciding::call_ticket(std::uint32_t number, const std::string& ticket) {
    const CounterState* found = open_counter(number);
    if (found == nullptr) return;
    const auto visit_id = state.visit_of_ticket.find(ticket);
    if (visit_id == state.visit_of_ticket.end()) {
        return reject(v1::Rejection::NOT_FOUND,
                      fmt::format("No ticket '{}' is waiting. Check the number; tickets look like A012.", ticket));
    }
    const Visit& visit = state.visits.at(visit_id->second);
    switch (visit.phase) {
        case VisitPhase::waiting:
            return call_visit(visit, *found, number);
        case VisitPhase::called:
        case VisitPhase::serving:
            return reject(v1::Rejection::WRONG_STATE,
                          visit.call.counter() == number
                              ? fmt::format("{} is at this counter already. To call it again: hallcast ctl recall {}",
                                            ticket, number)
                              : fmt::format("{} is at counter {}. It cannot be called to counter {} as well.", ticket,
                                            visit.call.counter(), number));
        case VisitPhase::finished:
            return reject(v1::Rejection::WRONG_STATE,
                          fmt::format("The visit of {} is finished. Ask the visitor to take a new ticket.", ticket));
        case VisitPhase::no_show:
            return reject(
                v1::Rejection::WRONG_STATE,
                fmt::format("{} did not come when it was called. Ask the visitor to take a new ticket.", ticket));
    }
}

void Deciding::recall(std::uint32_t number) {
    const Visit* visit = visit_at(number, "call again");
    if (visit == nullptr) return;
    if (visit->phase != VisitPhase::called) {
        return reject(
            v1::Rejection::WRONG_STATE,
            fmt::format("{} is being served at counter {} already, so it is not called again.", visit->ticket, number));
    }
    v1::CallRepeated& repeated = *happen().mutable_call_repeated();
    repeated.set_call_id(visit->call.call_id());
    repeated.set_attempt(visit->call.attempt() + 1);
    repeated.set_expires_at_ms(moment.now_ms + moment.call_expiry_ms);
    v1::Call& call = *decision.reply.mutable_call();
    call = visit->call;
    call.set_attempt(repeated.attempt());
    call.set_called_at_ms(moment.now_ms);
    call.set_expires_at_ms(repeated.expires_at_ms());
}

void Deciding::start(std::uint32_t number) {
    const Visit* visit = visit_at(number, "serve");
    if (visit == nullptr) return;
    if (visit->phase != VisitPhase::called) {
        return reject(v1::Rejection::WRONG_STATE,
                      fmt::format("{} is being served at counter {} already. When it is done: "
                                  "hallcast ctl finish {}",
                                  visit->ticket, number, number));
    }
    v1::ServiceStarted& started = *happen().mutable_service_started();
    started.set_visit_id(visit->id);
    started.set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_SERVING, visit->ticket);
}

void Deciding::finish(std::uint32_t number) {
    const Visit* visit = visit_at(number, "finish with");
    if (visit == nullptr) return;
    v1::ServiceFinished& finished = *happen().mutable_service_finished();
    finished.set_visit_id(visit->id);
    finished.set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_FREE);
}

void Deciding::no_show(std::uint32_t number) {
    const Visit* visit = visit_at(number, "miss");
    if (visit == nullptr) return;
    if (visit->phase != VisitPhase::called) {
        return reject(
            v1::Rejection::WRONG_STATE,
            fmt::format("{} is being served at counter {}, so it did come. When it is done: hallcast ctl finish {}",
                        visit->ticket, number, number));
    }
    v1::VisitMissed& missed = *happen().mutable_visit_missed();
    missed.set_visit_id(visit->id);
    missed.set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_FREE);
}

void Deciding::apply_office(const v1::Office& office) {
    if (auto fault = fault_of(office)) return reject(v1::Rejection::INVALID, *std::move(fault));
    if (auto obstacle = obstacle_to(state, office)) return reject(v1::Rejection::WRONG_STATE, *std::move(obstacle));
    const bool changed = !google::protobuf::util::MessageDifferencer::Equals(*state.office, office);
    if (changed) *happen().mutable_office_applied()->mutable_office() = office;
    v1::OfficeSummary& summary = *decision.reply.mutable_office();
    summary.set_services(std::uint32_t(office.services_size()));
    summary.set_counters(std::uint32_t(office.counters_size()));
    summary.set_halls(std::uint32_t(office.halls_size()));
    summary.set_changed(changed);
}

void Deciding::act() {
    switch (command.action_case()) {
        case v1::Command::kIssueTicket:
            return issue(command.issue_ticket());
        case v1::Command::kOpenCounter:
            return open(command.open_counter().counter());
        case v1::Command::kCloseCounter:
            return close(command.close_counter().counter());
        case v1::Command::kCallNext:
            return call_next(command.call_next().counter());
        case v1::Command::kCallTicket:
            return call_ticket(command.call_ticket().counter(), command.call_ticket().ticket());
        case v1::Command::kRecall:
            return recall(command.recall().counter());
        case v1::Command::kStartService:
            return start(command.start_service().counter());
        case v1::Command::kFinishService:
            return finish(command.finish_service().counter());
        case v1::Command::kMarkNoShow:
            return no_show(command.mark_no_show().counter());
        case v1::Command::kApplyOffice:
            return apply_office(command.apply_office().office());
        case v1::Command::ACTION_NOT_SET:
            return reject(
                v1::Rejection::INVALID,
                "The command names no action that this master knows. Are program and master of the same version?");
    }
}

}  // namespace

Decision decide(const State& state, const v1::Command& command, const Moment& moment) {
    Deciding deciding{state, command, moment, {}};
    deciding.decision.reply.set_cmd_id(command.cmd_id());
    if (command.cmd_id().size() != wire::cmd_id_bytes) {
        deciding.reject(v1::Rejection::INVALID,
                        fmt::format("cmd_id must be {} random bytes, is {}. Update the client program.",
                                    wire::cmd_id_bytes, command.cmd_id().size()));
    } else if (command.actor().size() > max_actor_bytes || !is_utf8(command.actor())) {
        deciding.reject(
            v1::Rejection::INVALID,
            fmt::format("actor must be at most {} bytes of UTF-8. Update the client program.", max_actor_bytes));
    } else if (command.deadline_ms() != 0 && moment.now_ms > command.deadline_ms()) {
        deciding.reject(
            v1::Rejection::DEADLINE_PASSED,
            fmt::format("The command came {} ms too late, nothing was changed. Try again; if this happens often, "
                        "compare the clocks of the two machines.",
                        moment.now_ms - command.deadline_ms()));
    } else {
        deciding.act();
    }
    return std::move(deciding.decision);
}

}  // namespace hallcast::queue
