// Who is at a counter: called, served, sent on, and one step back.
#include <algorithm>
#include <limits>

#include "player/queue/apply.h"
#include "player/queue/deciding.h"
#include "player/queue/next.h"
#include "protocol/base/error.h"

namespace hallcast::queue {
namespace {

constexpr std::uint32_t max_delay_s = 24 * 3600;

}  // namespace

const Visit* Deciding::visit_at(std::uint32_t number, const char* to_do) {
    const CounterState* found = open_counter(number);
    if (found == nullptr) return nullptr;
    if (found->visit != 0) return &state_.visits.at(found->visit);
    reject(v1::Rejection::WRONG_STATE,
           fmt::format("Nobody is at counter {}, so there is nobody to {}. Call a visitor first: "
                       "hallcast ctl call-next {}",
                       number, to_do, number));
    return nullptr;
}

const Visit* Deciding::called_at(std::uint32_t number, const char* to_do) {
    const Visit* visit = visit_at(number, to_do);
    if (visit == nullptr || visit->phase == VisitPhase::called) return visit;
    reject(v1::Rejection::WRONG_STATE,
           fmt::format("{} is being served at counter {} already. When it is done: hallcast ctl finish {}",
                       visit->ticket, number, number));
    return nullptr;
}

void Deciding::finish_visit(const Visit& visit, std::uint32_t number, v1::Outcome outcome) {
    v1::ServiceFinished& finished = *happen().mutable_service_finished();
    finished.set_visit_id(visit.id);
    finished.set_counter(number);
    finished.set_outcome(outcome);
    if (visit.current + 1 < visit.services.size()) finished.set_next_service(visit.services[visit.current + 1]);
}

void Deciding::free_counter(const CounterState& counter, std::uint32_t number) {
    if (counter.visit != 0) finish_visit(state_.visits.at(counter.visit), number, v1::OUTCOME_DONE);
}

void Deciding::call_visit(const Visit& visit, const CounterState& counter, std::uint32_t number) {
    free_counter(counter, number);
    const auto board = state_.boards.find(counter.hall);
    HALLCAST_ASSERT(board != state_.boards.end());
    v1::TicketCalled& called = *happen().mutable_ticket_called();
    called.set_visit_id(visit.id);
    called.set_counter(number);
    called.set_call_seq(board->second.last_call_seq + 1);
    called.set_call_id(fmt::format("{}-{}", counter.hall, called.call_seq()));
    called.set_hall(counter.hall);
    called.set_expires_at_ms(moment_.now_ms + moment_.call_expiry_ms);
    *decision_.reply.mutable_call() = make_call(visit, called, moment_.now_ms);
}

void Deciding::call_next(std::uint32_t number) {
    const CounterState* found = open_counter(number);
    if (found == nullptr) return;
    if (const std::uint64_t next = next_visit(state_, number, moment_.now_ms); next != 0)
        return call_visit(state_.visits.at(next), *found, number);
    const v1::WorkProfile* profile = profile_of(*state_.office, *found);
    const std::string serves = profile != nullptr
                                   ? list_of(profile->queues(), [](const auto& queue) { return queue.service(); })
                                   : list_of(found->services, [](const auto& id) { return id; });
    reject(v1::Rejection::NOBODY_WAITING,
           fmt::format("Nobody waits for counter {}{}. Nothing was changed.", number,
                       serves.empty() ? std::string() : fmt::format(" (it serves {})", serves)));
}

void Deciding::call_ticket(std::uint32_t number, const std::string& ticket) {
    const CounterState* found = open_counter(number);
    if (found == nullptr) return;
    const Visit* visit = visit_with(ticket);
    if (visit == nullptr) return;
    switch (visit->phase) {
        case VisitPhase::waiting:
        case VisitPhase::parked:
            return call_visit(*visit, *found, number);
        case VisitPhase::called:
        case VisitPhase::serving:
            return reject(v1::Rejection::WRONG_STATE,
                          visit->call.counter() == number
                              ? fmt::format("{} is at this counter already. To call it again: hallcast ctl recall {}",
                                            ticket, number)
                              : fmt::format("{} is at counter {}. It cannot be called to counter {} as well.", ticket,
                                            visit->call.counter(), number));
        case VisitPhase::no_show:
            return reject(v1::Rejection::WRONG_STATE,
                          fmt::format("{} did not come when it was called. If the visitor is here now: hallcast ctl "
                                      "reinstate {}",
                                      ticket, ticket));
        case VisitPhase::finished:
        case VisitPhase::cancelled:
        case VisitPhase::removed:
        case VisitPhase::expired:
            return reject(v1::Rejection::WRONG_STATE,
                          fmt::format("The visit of {} is finished. Ask the visitor to take a new ticket.", ticket));
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
    repeat_call(*visit, false);
}

void Deciding::repeat_call(const Visit& visit, bool unseen) {
    v1::CallRepeated& repeated = *happen().mutable_call_repeated();
    repeated.set_call_id(visit.call.call_id());
    repeated.set_attempt(visit.call.attempt() + 1);
    repeated.set_expires_at_ms(moment_.now_ms + moment_.call_expiry_ms);
    repeated.set_unseen(unseen);
    v1::Call& call = *decision_.reply.mutable_call();
    call = visit.call;
    call.set_attempt(repeated.attempt());
    call.set_called_at_ms(moment_.now_ms);
    call.set_expires_at_ms(repeated.expires_at_ms());
    call.set_unseen(unseen);
}

const Visit* Deciding::awaited_by(const std::string& call_id, std::uint32_t attempt) {
    for (const auto& [number, counter] : state_.counters) {
        if (counter.visit == 0) continue;
        const Visit& visit = state_.visits.at(counter.visit);
        if (visit.call.call_id() != call_id) continue;
        if (visit.phase == VisitPhase::called && visit.call.attempt() == attempt) return &visit;
        reject(v1::Rejection::WRONG_STATE,
               visit.phase == VisitPhase::called
                   ? fmt::format("{} has been called again since attempt {}.", visit.ticket, attempt)
                   : fmt::format("{} is being served at counter {} already.", visit.ticket, number));
        return nullptr;
    }
    reject(v1::Rejection::NOT_FOUND, fmt::format("No visitor is awaited by a call '{}'.", call_id));
    return nullptr;
}

void Deciding::repeat_unseen(const std::string& call_id, std::uint32_t attempt) {
    if (const Visit* visit = awaited_by(call_id, attempt)) repeat_call(*visit, true);
}

void Deciding::confirm_seen(const std::string& call_id, std::uint32_t attempt) {
    const Visit* visit = awaited_by(call_id, attempt);
    if (visit == nullptr) return;
    if (visit->call.unseen()) happen().mutable_call_seen()->set_call_id(call_id);
    v1::Call& call = *decision_.reply.mutable_call();
    call = visit->call;
    call.set_unseen(false);
}

void Deciding::start(std::uint32_t number) {
    const Visit* visit = called_at(number, "serve");
    if (visit == nullptr) return;
    v1::ServiceStarted& started = *happen().mutable_service_started();
    started.set_visit_id(visit->id);
    started.set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_SERVING, visit->ticket);
}

void Deciding::finish(std::uint32_t number, v1::Outcome outcome) {
    if (outcome == v1::OUTCOME_UNSPECIFIED) outcome = v1::OUTCOME_DONE;
    if (outcome != v1::OUTCOME_DONE && outcome != v1::OUTCOME_INCOMPLETE && outcome != v1::OUTCOME_REFERRED)
        return reject(v1::Rejection::INVALID, "A service ends as done, incomplete or referred.");
    const Visit* visit = visit_at(number, "finish with");
    if (visit == nullptr) return;
    finish_visit(*visit, number, outcome);
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

// Called again later, so often as the rules say; then it is a no-show.
void Deciding::recycle(std::uint32_t number) {
    const Visit* visit = called_at(number, "call again later");
    if (visit == nullptr) return;
    const RuleSet rules = rules_of(*state_.office);
    if (visit->recycled >= rules.recycle_times) {
        v1::VisitMissed& missed = *happen().mutable_visit_missed();
        missed.set_visit_id(visit->id);
        missed.set_counter(number);
    } else {
        v1::VisitRecycled& recycled = *happen().mutable_visit_recycled();
        recycled.set_visit_id(visit->id);
        recycled.set_counter(number);
        recycled.set_not_before_ms(moment_.now_ms + rules.recycle_after_ms);
    }
    reply_counter(number, v1::COUNTER_ACTIVITY_FREE);
}

void Deciding::park(std::uint32_t number) {
    const Visit* visit = visit_at(number, "park");
    if (visit == nullptr) return;
    v1::VisitParked& parked = *happen().mutable_visit_parked();
    parked.set_visit_id(visit->id);
    parked.set_counter(number);
    reply_counter(number, v1::COUNTER_ACTIVITY_FREE);
}

void Deciding::transfer(const v1::Transfer& transfer) {
    const std::uint32_t number = transfer.counter();
    const Visit* visit = visit_at(number, "send elsewhere");
    if (visit == nullptr) return;
    const int targets =
        int(!transfer.service().empty()) + int(transfer.to_counter() != 0) + int(!transfer.to_staff().empty());
    if (targets != 1) return reject(v1::Rejection::INVALID, "Say where to: one service, one counter or one person.");
    if (!transfer.service().empty() && service(transfer.service()) == nullptr) return;
    if (transfer.to_counter() != 0) {
        const CounterState* to = counter(transfer.to_counter());
        if (to == nullptr) return;
        if (transfer.to_counter() == number)
            return reject(v1::Rejection::INVALID, fmt::format("{} is at counter {} already.", visit->ticket, number));
        if (!to->open)
            return reject(v1::Rejection::WRONG_STATE,
                          fmt::format("Counter {} is closed. Send {} to an open one, or to a service.",
                                      transfer.to_counter(), visit->ticket));
    }
    if (!transfer.to_staff().empty() && std::ranges::none_of(state_.counters, [&](const auto& one) {
            return one.second.open && one.second.staff == transfer.to_staff();
        }))
        return reject(v1::Rejection::WRONG_STATE,
                      fmt::format("{} is at no open counter. Send {} to a counter or a service.", transfer.to_staff(),
                                  visit->ticket));
    if (transfer.delay_s() > max_delay_s)
        return reject(v1::Rejection::INVALID, "A visitor can be sent on with a delay of at most a day.");

    const std::string& to = transfer.service().empty() ? visit->service() : transfer.service();
    const ServiceState& queue = state_.services.find(to)->second;
    std::int64_t rank_ms = visit->arrived_at_ms;
    if (transfer.position() == v1::Transfer::LAST) {
        rank_ms = moment_.now_ms;
    } else if (transfer.position() == v1::Transfer::FIRST && !queue.walk_ins.empty()) {
        // Before all that wait there now, whatever head start they have.
        rank_ms = std::min(rank_ms, queue.walk_ins.begin()->order_ms + visit->head_start_ms - 1);
    }
    v1::VisitTransferred& transferred = *happen().mutable_visit_transferred();
    transferred.set_visit_id(visit->id);
    transferred.set_counter(number);
    transferred.set_service(to);
    transferred.set_to_counter(transfer.to_counter());
    transferred.set_to_staff(transfer.to_staff());
    transferred.set_rank_ms(rank_ms);
    transferred.set_not_before_ms(transfer.delay_s() == 0 ? 0
                                                          : moment_.now_ms + std::int64_t(transfer.delay_s()) * 1000);
    reply_counter(number, v1::COUNTER_ACTIVITY_FREE);
}

void Deciding::undo(std::uint32_t number) {
    const CounterState* found = open_counter(number);
    if (found == nullptr) return;
    if (!found->undo)
        return reject(v1::Rejection::WRONG_STATE, fmt::format("There is no step of counter {} to take back.", number));
    for (const auto& [before, changed_at] : found->undo->visits) {
        const auto now = state_.visits.find(before.id);
        if (now == state_.visits.end() || now->second.changed_at != changed_at)
            return reject(v1::Rejection::WRONG_STATE,
                          fmt::format("Somebody has gone on with {} since, so counter {} cannot take its step back.",
                                      before.ticket, number));
    }
    v1::StepUndone& undone = *happen().mutable_step_undone();
    undone.set_counter(number);
    undone.set_undone_log_seq(found->undo->log_seq);
    if (found->undo->visit == 0) return reply_counter(number, v1::COUNTER_ACTIVITY_FREE);
    const auto back = std::ranges::find_if(
        found->undo->visits, [&](const Undo::Changed& changed) { return changed.before.id == found->undo->visit; });
    HALLCAST_ASSERT(back != found->undo->visits.end());
    reply_counter(
        number, back->before.phase == VisitPhase::called ? v1::COUNTER_ACTIVITY_CALLING : v1::COUNTER_ACTIVITY_SERVING,
        back->before.ticket);
}

}  // namespace hallcast::queue
