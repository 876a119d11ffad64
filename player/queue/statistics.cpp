#include "player/queue/statistics.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "player/queue/state.h"
#include "player/queue/time_units.h"

namespace hallcast::queue {
namespace {

std::int64_t nearest_rank(const std::vector<std::uint32_t>& sorted, std::size_t percent) {
    return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

Summary summarize(std::vector<std::uint32_t>& times) {
    if (times.empty()) return {};
    std::ranges::sort(times);
    const std::uint64_t sum = std::accumulate(times.begin(), times.end(), std::uint64_t{0});
    return {times.size(), std::int64_t((sum + times.size() / 2) / times.size()), nearest_rank(times, 50),
            nearest_rank(times, 90), times.back()};
}

}  // namespace

Statistics::Statistics(Grouping by, std::uint32_t from_day, std::uint32_t to_day)
    : by_(by), from_day_(from_day), to_day_(to_day) {}

bool Statistics::add(const v1::Event& event) {
    event_ = &event;
    step_ = nullptr;
    // The end of a day is mostly written on the next.
    day_ = event.has_day_ended() ? event.day_ended().ended() : event.day();
    if (day_ == 0) day_ = office_day_(office_, event.at_ms());  // a log from before there were days
    if (day_ > to_day_) return false;
    switch (event.kind_case()) {
        case v1::Event::kOfficeApplied:
            settle_all();  // no step before it can be undone
            office_ = event.office_applied().office();
            if (zone_name_ != office_.time_zone()) zone_ = Zone(zone_name_ = office_.time_zone());
            break;
        case v1::Event::kTicketIssued:
            issued(event.ticket_issued());
            break;
        case v1::Event::kTicketCalled:
            called(event.ticket_called());
            break;
        case v1::Event::kServiceStarted:
            started(event.service_started());
            break;
        case v1::Event::kServiceFinished:
            finished(event.service_finished());
            break;
        case v1::Event::kVisitMissed:
            missed(event.visit_missed());
            break;
        case v1::Event::kVisitTransferred:
            transferred(event.visit_transferred());
            break;
        case v1::Event::kVisitParked:
            left_counter(event.visit_parked().visit_id(), event.visit_parked().counter(), true);
            break;
        case v1::Event::kVisitRecycled:
            left_counter(event.visit_recycled().visit_id(), event.visit_recycled().counter(), false);
            break;
        case v1::Event::kVisitReinstated:
            reinstated(event.visit_reinstated().visit_id());
            break;
        case v1::Event::kVisitEnded:
            ended(event.visit_ended());
            break;
        case v1::Event::kStepUndone:
            undone(event.step_undone().counter());
            break;
        case v1::Event::kCounterClosed:
            settle(steps_[event.counter_closed().counter()]);
            break;
        case v1::Event::kDayEnded:
            day_ended(event.day_ended());
            break;
        default:
            break;  // says nothing of visits
    }
    return true;
}

std::vector<Row> Statistics::rows() {
    settle_all();
    for (const auto& [visit, request] : requests_)
        if (request.missed_log_seq == 0 && request.day >= from_day_)
            write({place_at(request, 0, request.day, request.moved_ms), Count::open, {}, 0});
    requests_.clear();
    if (!by_.day && !by_.hour && !by_.service && !by_.counter) tallies_.try_emplace(Place{});
    std::vector<Row> rows;
    for (auto& [place, tally] : tallies_) {
        Row& row = rows.emplace_back();
        row.key = {place.day, place.hour, by_.service ? services_[place.service] : std::string(), place.counter};
        row.counts = tally.counts;
        row.wait = summarize(tally.times[std::size_t(Time::wait)]);
        row.service = summarize(tally.times[std::size_t(Time::service)]);
        row.call_to_start = summarize(tally.times[std::size_t(Time::call_to_start)]);
    }
    tallies_.clear();
    std::ranges::sort(rows, {}, &Row::key);
    return rows;
}

std::uint32_t Statistics::number_of(const std::string& service) {
    const auto known = service_numbers_.find(service);
    if (known != service_numbers_.end()) return known->second;
    services_.push_back(service);
    return service_numbers_[service] = std::uint32_t(services_.size() - 1);
}

Statistics::Place Statistics::place_at(const Request& request, std::uint32_t counter, std::uint32_t day,
                                       std::int64_t at_ms) const {
    Place place{by_.day ? day : 0, 0, by_.service ? request.service : 0, by_.counter ? counter : 0};
    if (by_.hour) place.hour = std::uint32_t(((zone_.local_ms(at_ms) / hour_ms) % 24 + 24) % 24);
    return place;
}

// A step is all that one command did at a counter. Its visitor as they were before; null where the log does not say.
Statistics::Request* Statistics::begin_step(std::uint64_t visit, std::uint32_t counter) {
    Step& step = steps_[counter];
    if (step.cmd_id != event_->cmd_id()) {
        settle(step);
        step.cmd_id = event_->cmd_id();
    }
    step_ = &step;
    const auto found = requests_.find(visit);
    if (found == requests_.end()) return nullptr;
    step.before.emplace_back(visit, found->second);
    found->second.moved_ms = event_->at_ms();
    found->second.day = day_;
    return &found->second;
}

void Statistics::settle(Step& step) {
    for (const Figure& figure : step.figures) write(figure);
    step.figures.clear();
    step.before.clear();
    step.cmd_id.clear();
}

void Statistics::settle_all() {
    for (auto& [counter, step] : steps_) settle(step);
}

void Statistics::write(const Figure& figure) {
    Tally& tally = tallies_[figure.place];
    if (figure.count) {
        ++tally.counts[std::size_t(*figure.count)];
    } else {
        constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();  // 49 days
        tally.times[std::size_t(figure.time)].push_back(std::uint32_t(std::clamp<std::int64_t>(figure.ms, 0, most)));
    }
}

void Statistics::count(const Request& request, Count count, std::uint32_t counter) {
    if (day_ < from_day_) return;
    const Figure figure{place_at(request, counter, day_, event_->at_ms()), count, {}, 0};
    step_ != nullptr ? step_->figures.push_back(figure) : write(figure);
}

void Statistics::measure(const Request& request, Time time, std::uint32_t counter, std::int64_t from_ms,
                         std::int64_t gone_ms) {
    if (day_ < from_day_) return;
    const std::int64_t ms = gone_ms + std::max<std::int64_t>(0, event_->at_ms() - from_ms);
    step_->figures.push_back({place_at(request, counter, day_, event_->at_ms()), std::nullopt, time, ms});
}

void Statistics::enter(std::uint64_t visit, std::uint32_t service, std::int64_t since_ms) {
    Request request;
    request.service = service;
    request.day = day_;
    request.since_ms = since_ms;
    request.moved_ms = event_->at_ms();
    requests_.insert_or_assign(visit, request);
    count(request, Count::queued);
}

void Statistics::issued(const v1::TicketIssued& issued) {
    const std::int64_t arrived_ms = issued.arrived_at_ms() != 0 ? issued.arrived_at_ms() : event_->at_ms();
    Request request;
    request.service = number_of(issued.service());
    request.day = day_;
    request.since_ms = request.moved_ms = arrived_ms;
    requests_.insert_or_assign(issued.visit_id(), request);
    if (day_ < from_day_) return;
    const Place place = place_at(request, 0, day_, arrived_ms);
    write({place, Count::arrived, {}, 0});
    write({place, Count::queued, {}, 0});
}

void Statistics::called(const v1::TicketCalled& called) {
    Request* request = begin_step(called.visit_id(), called.counter());
    if (request == nullptr) return;
    if (!request->was_called) {
        count(*request, Count::called, called.counter());
        measure(*request, Time::wait, called.counter(), request->since_ms);
    }
    request->was_called = true;
    request->counter = called.counter();
    request->called_ms = event_->at_ms();
    request->started_ms = 0;
}

void Statistics::started(const v1::ServiceStarted& started) {
    Request* request = begin_step(started.visit_id(), started.counter());
    if (request == nullptr) return;
    measure(*request, Time::call_to_start, started.counter(), request->called_ms);
    request->started_ms = event_->at_ms();
}

void Statistics::finished(const v1::ServiceFinished& finished) {
    const Request* request = begin_step(finished.visit_id(), finished.counter());
    if (request == nullptr) return;
    count(*request, Count::served, finished.counter());
    measure(*request, Time::service, finished.counter(),
            request->started_ms != 0 ? request->started_ms : request->called_ms, request->stayed_ms);
    if (finished.next_service().empty())
        requests_.erase(finished.visit_id());
    else
        enter(finished.visit_id(), number_of(finished.next_service()), event_->at_ms());
}

void Statistics::transferred(const v1::VisitTransferred& transferred) {
    const Request* request = begin_step(transferred.visit_id(), transferred.counter());
    if (request == nullptr) return;
    count(*request, Count::transferred, transferred.counter());
    measure(*request, Time::service, transferred.counter(),
            request->started_ms != 0 ? request->started_ms : request->called_ms, request->stayed_ms);
    enter(transferred.visit_id(), number_of(transferred.service()),
          std::max(event_->at_ms(), transferred.not_before_ms()));
}

void Statistics::missed(const v1::VisitMissed& missed) {
    Request* request = begin_step(missed.visit_id(), missed.counter());
    if (request == nullptr) return;
    count(*request, Count::no_shows, missed.counter());
    request->missed_log_seq = event_->log_seq();
    no_shows_.emplace_back(missed.visit_id(), event_->log_seq());
    forget_oldest_no_show();
}

// A later one cannot be reinstated either: the core has forgotten the visit by then.
void Statistics::forget_oldest_no_show() {
    if (no_shows_.size() <= max_ended) return;
    const auto [visit, log_seq] = no_shows_.front();
    no_shows_.pop_front();
    const auto found = requests_.find(visit);
    if (found != requests_.end() && found->second.missed_log_seq == log_seq) requests_.erase(found);
}

void Statistics::left_counter(std::uint64_t visit, std::uint32_t counter, bool was_there) {
    Request* request = begin_step(visit, counter);
    if (request == nullptr) return;
    const std::int64_t from_ms = request->started_ms != 0 ? request->started_ms : request->called_ms;
    if (was_there) request->stayed_ms += std::max<std::int64_t>(0, event_->at_ms() - from_ms);
    request->called_ms = 0;
    request->started_ms = 0;
}

void Statistics::reinstated(std::uint64_t visit) {
    const auto found = requests_.find(visit);
    if (found == requests_.end()) return;
    count(found->second, Count::reinstated);
    enter(visit, found->second.service, event_->at_ms());
}

void Statistics::ended(const v1::VisitEnded& ended) {
    const auto found = requests_.find(ended.visit_id());
    if (found == requests_.end()) return;
    count(found->second, ended.outcome() == v1::OUTCOME_CANCELLED ? Count::cancelled
                         : ended.outcome() == v1::OUTCOME_REMOVED ? Count::removed
                                                                  : Count::expired);
    requests_.erase(found);
}

void Statistics::undone(std::uint32_t counter) {
    Step& step = steps_[counter];
    for (auto before = step.before.rbegin(); before != step.before.rend(); ++before)
        requests_.insert_or_assign(before->first, before->second);
    step = {};
}

void Statistics::day_ended(const v1::DayEnded& ended) {
    settle_all();
    const auto close = [&](std::uint64_t visit, Count count) {
        const auto found = requests_.find(visit);
        if (found == requests_.end()) return;
        const Request& request = found->second;
        if (day_ >= from_day_)
            write({place_at(request, count == Count::served ? request.counter : 0, day_, request.moved_ms),
                   count,
                   {},
                   0});
        requests_.erase(found);
    };
    for (const std::uint64_t visit : ended.finished()) close(visit, Count::served);
    for (const std::uint64_t visit : ended.expired()) close(visit, Count::expired);
}

}  // namespace hallcast::queue
