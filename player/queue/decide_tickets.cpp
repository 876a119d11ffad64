// Who comes and goes: tickets, number series, leases, returns and departures.
#include <algorithm>

#include "player/queue/deciding.h"
#include "player/queue/next.h"
#include "player/queue/series.h"
#include "player/queue/time_units.h"
#include "player/queue/waits.h"

namespace hallcast::queue {
namespace {

constexpr std::uint32_t max_people = 8;
constexpr int max_services_a_visit = 8;
constexpr std::uint32_t max_lease = 500;

}  // namespace

// Null after a rejection.
const std::string* Deciding::language(const std::string& wished) {
    const auto& languages = state_.office->languages();
    const auto found = wished.empty() ? languages.begin() : std::ranges::find(languages, wished);
    if (found != languages.end()) return &*found;
    reject(v1::Rejection::INVALID, fmt::format("This office has no language '{}'. Choose one of: {}.", wished,
                                               list_of(languages, [](const auto& tag) { return tag; })));
    return nullptr;
}

void Deciding::issue(const v1::IssueTicket& issue) {
    const ServiceState* queue = service(issue.service());
    if (queue == nullptr) return;
    for (const std::string& id : issue.then())
        if (service(id) == nullptr) return;
    if (issue.then_size() >= max_services_a_visit)
        return reject(v1::Rejection::INVALID,
                      fmt::format("A visit may have at most {} services. Give a second ticket for the others.",
                                  max_services_a_visit));
    const std::string* spoken = language(issue.language());
    if (spoken == nullptr) return;
    const RuleSet rules = rules_of(*state_.office);
    std::int64_t head_start_ms = 0;
    if (!issue.priority().empty()) {
        const auto& known = state_.office->priorities();
        const auto found = std::ranges::find(known, issue.priority(), &v1::PriorityClass::id);
        if (found == known.end())
            return reject(v1::Rejection::INVALID,
                          fmt::format("This office has no priority '{}'. It has: {}.", issue.priority(),
                                      list_of(known, [](const auto& one) { return one.id(); })));
        head_start_ms = minutes(found->head_start_minutes());
    }
    if (issue.legal_deadline_ms() != 0 && issue.legal_deadline_ms() - moment_.now_ms <= rules.deadline_within_ms)
        head_start_ms += rules.deadline_head_start_ms;

    const std::uint32_t people = std::max(1u, issue.people());
    if (people > max_people)
        return reject(v1::Rejection::INVALID,
                      fmt::format("At most {} linked tickets at once. Give the others separately.", max_people));

    std::uint32_t number = issue.number();
    if (issue.lease() != 0) {
        if (auto fault = fault_of_leased(state_, *queue, issue, today())) return reject(v1::Rejection::INVALID, *fault);
        if (people != 1 || issue.printed_at_ms() > moment_.now_ms || issue.printed_at_ms() < moment_.now_ms - day_ms)
            return reject(
                v1::Rejection::INVALID,
                "A ticket printed away from the master is for one person and of the last 24 hours. Compare the "
                "kiosk's clock with the master's.");
    } else {
        if (auto full = no_more_tickets(state_, issue.service(), people, moment_.now_ms, today()))
            return reject(v1::Rejection::NO_CAPACITY, *std::move(full));
        number = next_number(state_, queue->prefix, today());
    }
    const std::uint64_t group = people > 1 ? state_.last_visit + 1 : 0;
    for (std::uint32_t i = 0; i < people; ++i)
        issue_one(issue, *spoken, head_start_ms, number + i, group,
                  people > 1 ? *decision_.reply.mutable_tickets()->add_tickets() : *decision_.reply.mutable_ticket());
}

void Deciding::issue_one(const v1::IssueTicket& issue, const std::string& language, std::int64_t head_start_ms,
                         std::uint32_t number, std::uint64_t group, v1::Ticket& ticket) {
    const std::size_t before = decision_.events.size();  // of this command: all issued tickets
    const ServiceState& queue = state_.services.find(issue.service())->second;
    v1::Event& event = happen();
    v1::TicketIssued& issued = *event.mutable_ticket_issued();
    issued.set_visit_id(state_.last_visit + 1 + before);
    issued.set_service(issue.service());
    issued.set_prefix(queue.prefix);
    issued.set_number(number);
    issued.set_ticket(fmt::format("{}{:03}", queue.prefix, number));
    issued.set_language(language);
    issued.set_day(series_rules(*state_.office, queue.prefix).goes_on ? 0 : today());
    *issued.mutable_then() = issue.then();
    issued.set_group(group);
    issued.set_head_start_ms(head_start_ms);
    issued.set_priority(issue.priority());
    issued.set_legal_deadline_ms(issue.legal_deadline_ms());
    issued.set_lease(issue.lease());
    if (issue.lease() != 0) issued.set_arrived_at_ms(issue.printed_at_ms());

    ticket.set_number(issued.ticket());
    ticket.set_visit_id(issued.visit_id());
    ticket.set_service(issued.service());
    ticket.set_language(language);
    ticket.set_issued_at_ms(issue.lease() != 0 ? issue.printed_at_ms() : moment_.now_ms);
    *ticket.mutable_then() = issue.then();
    const std::size_t ahead = ahead_of(queue, {ticket.issued_at_ms() - head_start_ms, issued.visit_id()}) + before;
    tell_wait(ticket, ahead);
}

void Deciding::tell_wait(v1::Ticket& ticket, std::size_t ahead) {
    const WaitForecast wait = forecast(state_, ticket.service(), ahead, moment_.now_ms);
    ticket.set_ahead(std::uint32_t(ahead));
    ticket.set_expected_wait_s(wait.expected_s);
    ticket.set_wait_low_s(wait.low_s);
    ticket.set_wait_high_s(wait.high_s);
}

void Deciding::lease(const v1::LeaseNumbers& lease) {
    const ServiceState* queue = service(lease.service());
    if (queue == nullptr) return;
    if (lease.count() == 0 || lease.count() > max_lease || lease.kiosk().empty() || lease.kiosk().size() > 64)
        return reject(v1::Rejection::INVALID,
                      fmt::format("A lease names its kiosk and has 1 to {} numbers.", max_lease));
    if (auto full = no_more_tickets(state_, lease.service(), lease.count(), moment_.now_ms, today()))
        return reject(v1::Rejection::NO_CAPACITY, *std::move(full));
    v1::NumbersLeased& leased = *happen().mutable_numbers_leased();
    leased.set_lease(state_.last_lease + 1);
    leased.set_service(lease.service());
    leased.set_prefix(queue->prefix);
    leased.set_kiosk(lease.kiosk());
    leased.set_first(next_number(state_, queue->prefix, today()));
    leased.set_last(leased.first() + lease.count() - 1);
    leased.set_day(series_rules(*state_.office, queue->prefix).goes_on ? 0 : today());
    v1::NumberLease& reply = *decision_.reply.mutable_lease();
    reply.set_lease(leased.lease());
    reply.set_prefix(leased.prefix());
    reply.set_first(leased.first());
    reply.set_last(leased.last());
    reply.set_day(leased.day());
}

void Deciding::reinstate(const std::string& ticket) {
    const Visit* visit = visit_with(ticket);
    if (visit == nullptr) return;
    if (visit->phase != VisitPhase::no_show)
        return reject(v1::Rejection::WRONG_STATE,
                      fmt::format("{} is no no-show, so it cannot come back. {}", ticket,
                                  is_over(visit->phase) ? "Ask the visitor to take a new ticket."
                                                        : "It is still in the queue, parked or at a counter."));
    const RuleSet rules = rules_of(*state_.office);
    if (moment_.now_ms - visit->ended_at_ms > rules.reinstate_ms)
        return reject(v1::Rejection::TOO_LATE,
                      fmt::format("{} was called more than {} minutes ago. Ask the visitor to take a new ticket.",
                                  ticket, rules.reinstate_ms / 60'000));
    if (service(visit->service()) == nullptr) return;
    v1::VisitReinstated& reinstated = *happen().mutable_visit_reinstated();
    reinstated.set_visit_id(visit->id);
    reinstated.set_rank_ms(rules.reinstated_come_last ? moment_.now_ms : visit->arrived_at_ms);
    reply_ticket(*visit);
    tell_wait(*decision_.reply.mutable_ticket(), ahead_of(state_.services.find(visit->service())->second,
                                                          {reinstated.rank_ms() - visit->head_start_ms, visit->id}));
}

void Deciding::end_visit(const std::string& ticket, v1::Outcome outcome) {
    if (outcome != v1::OUTCOME_CANCELLED && outcome != v1::OUTCOME_REMOVED)
        return reject(v1::Rejection::INVALID, "A visit that waits is either cancelled or removed.");
    const Visit* visit = visit_with(ticket);
    if (visit == nullptr) return;
    if (visit->phase != VisitPhase::waiting && visit->phase != VisitPhase::parked)
        return reject(v1::Rejection::WRONG_STATE,
                      is_over(visit->phase)
                          ? fmt::format("The visit of {} is over already.", ticket)
                          : fmt::format("{} is at counter {}. It is finished there: hallcast ctl finish {}", ticket,
                                        visit->call.counter(), visit->call.counter()));
    v1::VisitEnded& ended = *happen().mutable_visit_ended();
    ended.set_visit_id(visit->id);
    ended.set_outcome(outcome);
    reply_ticket(*visit);
}

}  // namespace hallcast::queue
