// The queue core a second time, as simply as it can be said: everybody in one list, searched from end to end for each
// question, and no events. What it cannot be is fast; what it may not share with the core is a way of doing things.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "hallcast/v1/queue.pb.h"
#include "tests/queue/diary.h"

namespace hallcast::queue::model {

struct Person {
    std::uint64_t id = 0;
    std::string ticket;
    std::vector<std::string> errands;  // the first is the present one
    std::int64_t came = 0;
    std::int64_t stands = 0;  // as if come then
    std::int64_t ahead = 0;
    std::int64_t not_before = 0;
    std::uint64_t family = 0;
    std::uint32_t wants_counter = 0;
    std::string wants_person;
    int retries = 0;
    std::string where = "waiting";  // "called", "served", "parked", "away", "over"
    std::uint32_t counter = 0;
    std::int64_t left = 0;
    std::int64_t time = 0;   // of an appointment
    std::uint64_t step = 0;  // of the last change
    std::string call;        // the latest, by id
    std::uint32_t attempt = 0;
    bool unseen = false;
};

struct Place {
    bool open = false;
    std::string person;
    std::uint64_t family = 0;
    int booked_in_a_row = 0;
    std::uint64_t step = 0;     // the last one that can be taken back; 0: none
    std::uint64_t version = 0;  // the last step of any kind
};

struct Note {
    std::string id, hall;
    std::int64_t until = 0;
};

// What the core must answer.
struct Answer {
    int code = 0;        // of a rejection; 0: done
    std::string ticket;  // issued, called or at the counter
    std::string call;    // its id
    std::uint32_t attempt = 0;
    std::uint32_t count = 0;  // people, or expired
    bool unseen = false;
    bool operator==(const Answer&) const = default;
};

class Model {
  public:
    Answer carry_out(const v1::Command& command, std::int64_t now, std::uint32_t day) {
        if (command.expected_version() != 0) {
            const auto number = counter_asked(command);
            if (!number) return refused(v1::Rejection::INVALID);
            if (counter(*number) && version(*number) != command.expected_version())
                return refused(v1::Rejection::CONFLICT);
        }
        const Model before = days_end(command, day) ? *this : Model();
        const bool night = days_end(command, day);
        now_ = now;
        std::uint32_t ended = 0;
        if (night) {
            ++step_;
            ended = end_day(number_of_day(day) - 1);
            forget_past_notes();
        }
        const std::uint32_t old_day = day_;
        day_ = std::max(day_, day);
        ++step_;
        changed_ = false;
        Answer answer = night && command.has_end_day() ? done() : act(command);
        if (command.has_end_day() && night) answer.count = ended;
        // Where nothing happens, the night has not ended either: the next command finds it again.
        if (changed_) diary_.happened(now);
        if (changed_) forget_past_notes();
        if (night && !changed_ && !command.has_end_day())
            *this = before;
        else if (!changed_ && !night)
            day_ = old_day;
        return answer;
    }

    std::size_t waiting(const std::string& errand) const {
        return std::size_t(std::ranges::count_if(people_, [&](const auto& entry) {
            return entry.second.where == "waiting" && entry.second.errands.front() == errand;
        }));
    }
    const std::map<std::uint64_t, Person>& people() const { return people_; }
    const Diary& diary() const { return diary_; }
    // Of that hall, the latest first.
    std::string notes(const std::string& hall) const {
        std::string ids;
        for (auto note = notes_.rbegin(); note != notes_.rend(); ++note)
            if (note->hall.empty() || note->hall == hall) ids += note->id + " ";
        return ids;
    }
    // Another one for each step of that counter; what the core calls so has other numbers.
    std::uint64_t version(std::uint32_t counter) const {
        const auto place = places_.find(counter);
        return place == places_.end() ? 0 : place->second.version;
    }
    static std::optional<std::uint32_t> counter_asked(const v1::Command& command) {
        // Every action for a counter has a field of that name, and no other has.
        const auto* reflection = v1::Command::GetReflection();
        const auto* oneof = v1::Command::descriptor()->FindOneofByName("action");
        const auto* field = reflection->GetOneofFieldDescriptor(command, oneof);
        const auto* number = field ? field->message_type()->FindFieldByName("counter") : nullptr;
        if (!number) return std::nullopt;
        const auto& action = reflection->GetMessage(command, field);
        return action.GetReflection()->GetUInt32(action, number);
    }
    const v1::Office& office() const { return office_; }

  private:
    bool days_end(const v1::Command&, std::uint32_t day) const {
        if (day_ == 0 || day <= day_) return false;
        const bool somebody = std::ranges::any_of(people_, [](const auto& entry) { return !gone(entry.second); });
        return somebody || diary_.missed_before(number_of_day(day)) ||
               std::ranges::any_of(places_,
                                   [](const auto& entry) { return entry.second.open || !entry.second.person.empty(); });
    }
    // Days since 1970 of 20261124.
    static std::int64_t number_of_day(std::uint32_t day) {
        const std::chrono::year_month_day date{std::chrono::year(int(day / 10000)), std::chrono::month(day / 100 % 100),
                                               std::chrono::day(day % 100)};
        return std::chrono::sys_days(date).time_since_epoch().count();
    }
    static bool gone(const Person& person) { return person.where == "over" || person.where == "away"; }

    Answer refused(int code) const {
        return {.code = code, .ticket = {}, .call = {}, .attempt = 0, .count = 0, .unseen = false};
    }
    Answer done(const std::string& ticket = "") {
        changed_ = true;
        return {.code = 0, .ticket = ticket, .call = {}, .attempt = 0, .count = 0, .unseen = false};
    }

    const v1::Service* errand(const std::string& id) const {
        for (const auto& service : office_.services())
            if (service.id() == id) return &service;
        return nullptr;
    }
    static std::string prefix(const v1::Service& service) {
        return service.prefix().empty() ? service.id() : service.prefix();
    }
    Person* at(std::uint32_t counter) {
        for (auto& [id, person] : people_)
            if (person.counter == counter && (person.where == "called" || person.where == "served")) return &person;
        return nullptr;
    }
    Person* holder(const std::string& ticket) {
        Person* latest = nullptr;
        for (auto& [id, person] : people_)
            if (person.ticket == ticket) latest = &person;
        return latest;
    }
    // Everything about people goes through here, so that undo can bring them back.
    void remember(std::uint32_t counter, const Person& person) {
        Place& place = places_[counter];
        place.version = step_;
        if (place.step != step_) {
            place.step = step_;
            before_[counter] = {place.family, place.booked_in_a_row, {}};
            left_[counter].clear();
        }
        before_[counter].people.emplace(person.id, person);
        left_[counter][person.id] = step_;
    }
    Person& change(Person& person) {
        person.step = step_;
        changed_ = true;
        return person;
    }

    void send_on(Person& person, std::uint32_t counter) {
        remember(counter, person);
        change(person).where = "over";
        if (person.errands.size() > 1) {
            person.errands.erase(person.errands.begin());
            stand(person, person.came);
        } else {
            person.left = now_;
        }
    }
    static void stand(Person& person, std::int64_t since) {
        person.where = "waiting";
        person.stands = since;
        person.not_before = 0;
        person.wants_counter = 0;
        person.wants_person.clear();
        person.retries = 0;
        person.time = 0;
    }

    Answer call(Person& person, std::uint32_t counter) {
        if (Person* before = at(counter)) send_on(*before, counter);
        remember(counter, person);
        change(person).where = "called";
        person.counter = counter;
        places_[counter].family = person.family;
        places_[counter].booked_in_a_row = person.time ? places_[counter].booked_in_a_row + 1 : 0;
        const std::string hall = hall_of(counter);
        Answer answer = done(person.ticket);
        answer.call = hall + "-" + std::to_string(++calls_[hall]);
        person.call = answer.call;
        person.attempt = answer.attempt = 1;
        person.unseen = false;
        return answer;
    }
    std::string hall_of(std::uint32_t number) const {
        for (const auto& counter : office_.counters())
            if (counter.number() == number) return counter.hall().empty() ? office_.halls(0).id() : counter.hall();
        return {};
    }
    const v1::Counter* counter(std::uint32_t number) const {
        for (const auto& counter : office_.counters())
            if (counter.number() == number) return &counter;
        return nullptr;
    }

    // Minutes that this errand's people get at that counter; nothing: not served there.
    std::optional<std::int64_t> served_with(const v1::Counter& counter, const std::string& id) const {
        for (const auto& profile : office_.profiles()) {
            if (profile.id() != counter.profile()) continue;
            for (const auto& queue : profile.queues())
                if (queue.service() == id) return queue.head_start_minutes();
            return std::nullopt;
        }
        if (counter.services().empty()) return 0;
        for (const auto& service : counter.services())
            if (service == id) return 0;
        return std::nullopt;
    }

    Person* next(std::uint32_t number) {
        const v1::Counter& here = *counter(number);
        const Place& place = places_[number];
        std::vector<std::tuple<int, std::int64_t, std::uint64_t>> all;
        for (const auto& [id, person] : people_) {
            if (person.where != "waiting" || person.not_before > now_) continue;
            if (person.wants_counter == number ||
                (!person.wants_person.empty() && person.wants_person == place.person)) {
                all.emplace_back(0, stands(person), id);
                continue;
            }
            if (person.wants_counter != 0 && places_[person.wants_counter].open) continue;
            bool elsewhere = false;
            for (const auto& [other, there] : places_)
                elsewhere =
                    elsewhere || (there.open && !person.wants_person.empty() && there.person == person.wants_person);
            if (elsewhere) continue;
            const auto minutes = served_with(here, person.errands.front());
            if (!minutes) continue;
            if (place.family != 0 && person.family == place.family)
                all.emplace_back(1, stands(person), id);
            else
                all.emplace_back(!person.time                  ? 3
                                 : person.time - due() <= now_ ? 2
                                                               : 4,
                                 stands(person) - *minutes * 60'000, id);
        }
        if (all.empty()) return nullptr;
        // Three appointments in a row, then somebody without one, if there is anybody.
        const bool somebody = std::ranges::any_of(all, [](const auto& one) { return std::get<0>(one) == 3; });
        if (somebody && place.booked_in_a_row >= 3)
            for (auto& one : all)
                if (std::get<0>(one) == 2) std::get<0>(one) = 4;
        return &people_.at(std::get<2>(*std::ranges::min_element(all)));
    }

    static std::int64_t stands(const Person& person) {
        return person.time ? person.time : person.stands - person.ahead;
    }
    std::int64_t due() const {
        const auto& rules = office_.rules();
        return 60'000 * rule(rules.has_appointment_due_minutes(), rules.appointment_due_minutes(), 5);
    }
    std::int64_t rule(bool set, std::uint32_t value, std::int64_t usual) const {
        return set ? std::int64_t(value) : usual;
    }

    Answer act(const v1::Command& command) {
        using R = v1::Rejection;
        switch (command.action_case()) {
            case v1::Command::kApplyOffice:
                office_ = command.apply_office().office();
                return done();
            case v1::Command::kIssueTicket:
                return issue(command.issue_ticket());
            case v1::Command::kLeaseNumbers:
                return lease(command.lease_numbers());
            case v1::Command::kEndDay: {
                Answer answer = done();
                answer.count = end_day(number_of_day(day_));
                return answer;
            }
            case v1::Command::kFindSlots:
            case v1::Command::kHoldSlot:
            case v1::Command::kConfirmAppointment:
            case v1::Command::kMoveAppointment:
            case v1::Command::kCancelAppointment:
            case v1::Command::kCheckIn:
                return book(command);
            case v1::Command::kReinstate: {
                Person* person = holder(command.reinstate().ticket());
                if (!person) return refused(R::NOT_FOUND);
                if (person->where != "away") return refused(R::WRONG_STATE);
                const auto& rules = office_.rules();
                if (now_ - person->left > 60'000 * rule(rules.has_reinstate_minutes(), rules.reinstate_minutes(), 30))
                    return refused(R::TOO_LATE);
                stand(change(*person), rules.reinstated_come_last() ? now_ : person->came);
                return done(person->ticket);
            }
            case v1::Command::kRepeatUnseen:
            case v1::Command::kConfirmSeen:
                return screens_report(command);
            case v1::Command::kMakeNotice:
                return tell(command.make_notice());
            case v1::Command::kEndNotice: {
                const std::string& id = command.end_notice().id();
                for (std::size_t i = 0; i < notes_.size(); ++i) {
                    if (notes_[i].id != id) continue;
                    Answer answer = refused(0);
                    answer.call = id + " over " + std::to_string(notes_[i].until);
                    changed_ = notes_[i].until > now_;
                    if (changed_) notes_.erase(notes_.begin() + std::ptrdiff_t(i));
                    return answer;
                }
                for (int i = 1; i <= notes_made_; ++i)
                    if (id == "notice-" + std::to_string(i)) {
                        Answer answer = refused(0);
                        answer.call = id + " over 0";
                        return answer;
                    }
                return refused(R::NOT_FOUND);
            }
            case v1::Command::kEndVisit: {
                Person* person = holder(command.end_visit().ticket());
                if (!person) return refused(R::NOT_FOUND);
                if (person->where != "waiting" && person->where != "parked") return refused(R::WRONG_STATE);
                change(*person).where = "over";
                return done(person->ticket);
            }
            default:
                return act_at_counter(command);
        }
    }

    Answer act_at_counter(const v1::Command& command) {
        using R = v1::Rejection;
        const std::uint32_t number = *counter_asked(command);
        if (!counter(number)) return refused(R::NOT_FOUND);
        Place& place = places_[number];
        Person* here = at(number);
        switch (command.action_case()) {
            case v1::Command::kOpenCounter:
                if (!place.open) changed_ = true, place.version = step_;
                place.open = true;
                return {0, here ? here->ticket : "", {}, 0, 0, false};
            case v1::Command::kCloseCounter:
                if (here) return refused(R::WRONG_STATE);
                if (place.open) changed_ = true, place.step = 0, place.version = step_;
                place.open = false;
                return {};
            case v1::Command::kSignIn:
                for (auto& [other, there] : places_)
                    if (other != number && there.person == command.sign_in().staff())
                        there.person.clear(), there.version = step_;
                if (place.person != command.sign_in().staff()) changed_ = true, place.version = step_;
                place.person = command.sign_in().staff();
                return {};
            case v1::Command::kSignOut:
                if (!place.person.empty()) changed_ = true, place.version = step_;
                place.person.clear();
                return {};
            default:
                break;
        }
        if (!place.open) return refused(R::WRONG_STATE);
        switch (command.action_case()) {
            case v1::Command::kCallNext: {
                Person* person = next(number);
                return person ? call(*person, number) : refused(R::NOBODY_WAITING);
            }
            case v1::Command::kCallTicket: {
                Person* person = holder(command.call_ticket().ticket());
                if (!person) return refused(R::NOT_FOUND);
                if (person->where != "waiting" && person->where != "parked") return refused(R::WRONG_STATE);
                return call(*person, number);
            }
            case v1::Command::kUndo:
                return undo(number);
            default:
                break;
        }
        if (!here) return refused(R::WRONG_STATE);
        const bool called = here->where == "called";
        switch (command.action_case()) {
            case v1::Command::kRecall: {
                if (!called) return refused(R::WRONG_STATE);
                Answer answer = done(here->ticket);
                answer.call = here->call;
                answer.attempt = ++here->attempt;
                here->unseen = false;
                place.version = step_;
                // Part of the call, for undo.
                if (const auto left = left_[number].find(here->id);
                    left != left_[number].end() && left->second == here->step)
                    left->second = step_;
                here->step = step_;
                return answer;
            }
            case v1::Command::kStartService:
                if (!called) return refused(R::WRONG_STATE);
                remember(number, *here);
                change(*here).where = "served";
                return done(here->ticket);
            case v1::Command::kFinishService:
                send_on(*here, number);
                return done();
            case v1::Command::kMarkNoShow:
                if (!called) return refused(R::WRONG_STATE);
                miss(*here, number);
                return done();
            case v1::Command::kRecycle: {
                if (!called) return refused(R::WRONG_STATE);
                const auto& rules = office_.rules();
                if (here->retries >= rule(rules.has_recycle_times(), rules.recycle_times(), 2)) {
                    miss(*here, number);
                    return done();
                }
                remember(number, *here);
                change(*here).where = "waiting";
                here->not_before =
                    now_ + 60'000 * rule(rules.has_recycle_after_minutes(), rules.recycle_after_minutes(), 5);
                ++here->retries;
                return done();
            }
            case v1::Command::kPark:
                remember(number, *here);
                change(*here).where = "parked";
                return done();
            case v1::Command::kTransfer:
                return transfer(command.transfer(), *here);
            default:
                return refused(R::INVALID);
        }
    }

    // No step of anybody's: nothing that undo looks at changes.
    Answer screens_report(const v1::Command& command) {
        const bool again = command.has_repeat_unseen();
        const std::string& id = again ? command.repeat_unseen().call_id() : command.confirm_seen().call_id();
        const auto attempt = again ? command.repeat_unseen().attempt() : command.confirm_seen().attempt();
        for (auto& [number, person] : people_) {
            if (person.call != id || (person.where != "called" && person.where != "served")) continue;
            if (person.where == "served" || person.attempt != attempt) return refused(v1::Rejection::WRONG_STATE);
            if (again || person.unseen) changed_ = true;
            if (again) ++person.attempt;
            person.unseen = again;
            return {0, person.ticket, id, person.attempt, 0, again};
        }
        return refused(v1::Rejection::NOT_FOUND);
    }

    // Whatever happens, the notices whose time is over go with it.
    void forget_past_notes() {
        std::erase_if(notes_, [this](const Note& note) { return note.until <= now_; });
    }

    Answer tell(const v1::MakeNotice& make) {
        using R = v1::Rejection;
        bool known = make.hall().empty(), full = false, words = false, sayable = make.seconds() <= 86'400;
        for (const auto& hall : office_.halls()) {
            if (hall.id() == make.hall()) known = true;
            int there = 0;
            for (const Note& note : notes_)
                if ((note.hall.empty() || note.hall == hall.id()) && note.until > now_) ++there;
            if (there >= 8 && (make.hall().empty() || make.hall() == hall.id())) full = true;
        }
        for (const auto& [language, text] : make.text()) {
            bool spoken = false;
            for (const auto& other : office_.languages()) spoken = spoken || other == language;
            for (const char letter : text) {
                if (letter != ' ') words = true;
                if (letter >= 0 && letter < 32) sayable = false;
            }
            if (!spoken || text.size() > 500) sayable = false;
        }
        if (!known) return refused(R::NOT_FOUND);
        if (!words || !sayable) return refused(R::INVALID);
        if (full) return refused(R::NO_CAPACITY);
        const std::int64_t seconds = make.seconds() ? make.seconds() : make.urgent() ? 600 : 60;
        notes_.push_back({"notice-" + std::to_string(++notes_made_), make.hall(), now_ + 1000 * seconds});
        Answer answer = done();
        answer.call = notes_.back().id + " holds " + std::to_string(notes_.back().until);
        return answer;
    }

    void miss(Person& person, std::uint32_t counter) {
        remember(counter, person);
        change(person).where = "away";
        person.left = now_;
    }

    Answer transfer(const v1::Transfer& to, Person& person) {
        using R = v1::Rejection;
        if ((to.service().empty() ? 0 : 1) + (to.to_counter() ? 1 : 0) + (to.to_staff().empty() ? 0 : 1) != 1)
            return refused(R::INVALID);
        if (!to.service().empty() && !errand(to.service())) return refused(R::NOT_FOUND);
        if (to.to_counter()) {
            if (!counter(to.to_counter())) return refused(R::NOT_FOUND);
            if (to.to_counter() == to.counter()) return refused(R::INVALID);
            if (!places_[to.to_counter()].open) return refused(R::WRONG_STATE);
        }
        if (!to.to_staff().empty()) {
            bool there = false;
            for (const auto& [number, place] : places_) there = there || (place.open && place.person == to.to_staff());
            if (!there) return refused(R::WRONG_STATE);
        }
        const std::string where = to.service().empty() ? person.errands.front() : to.service();
        std::int64_t since = person.came;
        if (to.position() == v1::Transfer::LAST) since = now_;
        if (to.position() == v1::Transfer::FIRST)
            for (const auto& [id, other] : people_)
                if (other.where == "waiting" && !other.time && other.errands.front() == where)
                    since = std::min(since, other.stands - other.ahead + person.ahead - 1);
        remember(to.counter(), person);
        stand(change(person), since);
        person.errands.front() = where;
        person.wants_counter = to.to_counter();
        person.wants_person = to.to_staff();
        if (to.delay_s()) person.not_before = now_ + 1000 * std::int64_t(to.delay_s());
        return done();
    }

    Answer undo(std::uint32_t number) {
        Place& place = places_[number];
        if (place.step == 0) return refused(v1::Rejection::WRONG_STATE);
        auto& [family, booked_in_a_row, people] = before_[number];
        for (const auto& [id, person] : people)
            if (people_.at(id).step != left_[number][id]) return refused(v1::Rejection::WRONG_STATE);
        for (const auto& [id, person] : people) {
            Person& now = people_.at(id);
            const std::uint32_t heard = now.call == person.call ? now.attempt : person.attempt;
            now = person;
            change(now).attempt = heard;
        }
        place.family = family;
        place.booked_in_a_row = booked_in_a_row;
        place.step = 0;
        place.version = step_;
        changed_ = true;
        Person* here = at(number);
        return done(here ? here->ticket : "");
    }

    Answer booked(std::uint64_t id, v1::AppointmentPhase phase, std::int64_t start) {
        Answer answer = done();
        answer.call = std::to_string(id) + " " + std::to_string(int(phase)) + " " + std::to_string(start);
        return answer;
    }

    Answer book(const v1::Command& command) {
        using R = v1::Rejection;
        const std::int64_t now = diary_.clock(now_);
        const auto bookable = [&](const std::string& id) {
            return !errand(id) ? R::NOT_FOUND : errand(id)->has_booking() ? 0 : R::INVALID;
        };
        if (command.has_find_slots()) {
            if (const int code = bookable(command.find_slots().service())) return refused(code);
            Answer answer;
            answer.ticket = diary_.find(command.find_slots(), now);
            return answer;
        }
        const std::string kase = command.case_hashes_size() ? command.case_hashes(0) : "";
        if (command.has_hold_slot())
            if (const int code = bookable(command.hold_slot().service())) return refused(code);
        if (kase.empty() && !(command.has_check_in() && command.check_in().appointment() == 0))
            return refused(R::INVALID);
        if (command.has_hold_slot()) {
            const auto word = diary_.hold(command.hold_slot(), kase, now);
            return word.code ? refused(word.code)
                             : booked(word.id, v1::APPOINTMENT_PHASE_HELD, command.hold_slot().start_ms());
        }
        const std::uint64_t id = command.has_confirm_appointment()  ? command.confirm_appointment().appointment()
                                 : command.has_move_appointment()   ? command.move_appointment().appointment()
                                 : command.has_cancel_appointment() ? command.cancel_appointment().appointment()
                                                                    : command.check_in().appointment();
        int code = 0;
        Diary::Entry* entry = diary_.of(id, kase, now, code);
        if (!entry) return refused(code);
        if (command.has_confirm_appointment()) {
            if (entry->state != "held") return refused(R::WRONG_STATE);
            entry->state = "firm";
            return booked(id, v1::APPOINTMENT_PHASE_CONFIRMED, entry->start);
        }
        if (command.has_move_appointment()) {
            if (entry->state != "firm") return refused(R::WRONG_STATE);
            if (const int why = diary_.move(*entry, command.move_appointment().start_ms(), now)) return refused(why);
            return booked(id, v1::APPOINTMENT_PHASE_CONFIRMED, entry->start);
        }
        if (command.has_cancel_appointment()) {
            if (entry->state == "in") return refused(R::WRONG_STATE);
            diary_.cancel(*entry, now);
            return booked(id, v1::APPOINTMENT_PHASE_CANCELLED, entry->start);
        }
        if (entry->state != "firm") return refused(R::WRONG_STATE);
        const v1::Booking& booking = errand(entry->errand)->booking();
        if (now < entry->start - 30 * Diary::minute) return refused(R::WRONG_STATE);
        const bool late = now > entry->start + 10 * Diary::minute;
        if (late && !booking.late_as_walk_in()) return refused(R::TOO_LATE);
        v1::IssueTicket wish;
        wish.set_service(entry->errand);
        Answer answer = issue(wish, late ? 0 : entry->start);
        if (!answer.code) {
            entry->state = "in";
            if (!late) people_.at(last_person_).time = entry->start;
        }
        return answer;
    }

    // That day, since 1970, and all before.
    std::uint32_t end_day(std::int64_t through) {
        diary_.end_day(through);
        std::uint32_t expired = 0;
        for (auto& [id, person] : people_) {
            if (gone(person)) continue;
            expired += person.where == "served" ? 0 : 1;
            change(person).where = "over";
        }
        for (auto& [number, place] : places_) {
            const std::uint64_t version = place.open || !place.person.empty() ? step_ : place.version;
            place = {};
            place.version = version;
        }
        changed_ = true;
        return expired;
    }

    std::uint32_t series_day(const v1::Service& service) const { return service.numbers_go_on() ? 0 : day_; }
    // The rules of a series are those of the first service that has it.
    const v1::Service& first_with(const std::string& of) const {
        for (const auto& service : office_.services())
            if (prefix(service) == of) return service;
        return office_.services(0);
    }
    bool is_full(const v1::Service& service, std::uint32_t count) {
        const v1::Service& rules = first_with(prefix(service));
        const auto last = rules.last_number() ? rules.last_number() : rules.numbers_go_on() ? 999'999'999u : 9999u;
        return (service.tickets_a_day() && given_[{service.id(), day_}] + count > service.tickets_a_day()) ||
               (service.tickets_an_hour() &&
                hourly_[{service.id(), now_ / 3'600'000}] + count > service.tickets_an_hour()) ||
               numbers_[{prefix(service), series_day(rules)}] + count > last;
    }
    void count(const v1::Service& service, std::uint32_t count) {
        given_[{service.id(), day_}] += count;
        hourly_[{service.id(), now_ / 3'600'000}] += count;
    }

    Answer issue(const v1::IssueTicket& wish, std::int64_t time = 0) {
        using R = v1::Rejection;
        const v1::Service* service = errand(wish.service());
        if (!service) return refused(R::NOT_FOUND);
        for (const auto& id : wish.then())
            if (!errand(id)) return refused(R::NOT_FOUND);
        if (!wish.language().empty() &&
            std::ranges::find(office_.languages(), wish.language()) == office_.languages().end())
            return refused(R::INVALID);
        std::int64_t ahead = 0;
        if (!wish.priority().empty()) {
            bool known = false;
            for (const auto& priority : office_.priorities())
                if (priority.id() == wish.priority()) known = true, ahead = 60'000ll * priority.head_start_minutes();
            if (!known) return refused(R::INVALID);
        }
        const auto& rules = office_.rules();
        if (wish.legal_deadline_ms() &&
            wish.legal_deadline_ms() - now_ <= 86'400'000 * rule(rules.has_deadline_days(), rules.deadline_days(), 3))
            ahead += 60'000 * rule(rules.has_deadline_head_start_minutes(), rules.deadline_head_start_minutes(), 60);
        const std::uint32_t people = std::max(1u, wish.people());
        if (people > 8) return refused(R::INVALID);
        const std::string of = prefix(*service);
        auto& numbers = numbers_[{of, series_day(first_with(of))}];
        std::uint32_t number = 0;
        if (wish.lease()) {
            const auto lease = leases_.find(wish.lease());
            if (lease == leases_.end() || lease->second.prefix != of ||
                lease->second.day != series_day(first_with(of)) || lease->second.next > lease->second.last ||
                lease->second.next != wish.number() || people != 1)
                return refused(R::INVALID);
            number = lease->second.next++;
        } else {
            // Who has a time of their own takes no place of those who have none.
            if (!time && is_full(*service, people)) return refused(R::NO_CAPACITY);
            number = std::uint32_t(numbers + 1);
            numbers += people;
            if (!time) count(*service, people);
        }
        Answer answer = done();
        for (std::uint32_t i = 0; i < people; ++i) {
            Person person;
            person.id = ++last_person_;
            std::string digits = std::to_string(number + i);
            person.ticket = of + (digits.size() < 3 ? std::string(3 - digits.size(), '0') : "") + digits;
            person.errands.push_back(wish.service());
            person.errands.insert(person.errands.end(), wish.then().begin(), wish.then().end());
            person.came = person.stands = wish.lease() ? wish.printed_at_ms() : now_;
            person.ahead = ahead;
            person.family = people > 1 ? last_person_ - i : 0;
            person.step = step_;
            answer.ticket += person.ticket + " ";
            people_.emplace(person.id, person);
        }
        answer.count = people;
        return answer;
    }

    Answer lease(const v1::LeaseNumbers& wish) {
        const v1::Service* service = errand(wish.service());
        if (!service) return refused(v1::Rejection::NOT_FOUND);
        if (is_full(*service, wish.count())) return refused(v1::Rejection::NO_CAPACITY);
        const std::string of = prefix(*service);
        const std::uint32_t day = series_day(first_with(of));
        auto& numbers = numbers_[{of, day}];
        leases_[++last_lease_] = {of, day, std::uint32_t(numbers + 1), std::uint32_t(numbers + wish.count())};
        numbers += wish.count();
        count(*service, wish.count());
        Answer answer = done();
        answer.count = wish.count();
        return answer;
    }

    struct Lease {
        std::string prefix;
        std::uint32_t day = 0, next = 0, last = 0;
    };
    v1::Office office_;
    std::int64_t now_ = 0;
    std::uint32_t day_ = 0;
    std::uint64_t step_ = 0, last_person_ = 0, last_lease_ = 0;
    bool changed_ = false;
    std::map<std::uint64_t, Person> people_;
    std::map<std::uint32_t, Place> places_;
    struct Before {
        std::uint64_t family = 0;
        int booked_in_a_row = 0;
        std::map<std::uint64_t, Person> people;
    };
    std::vector<Note> notes_;
    int notes_made_ = 0;
    Diary diary_;
    std::map<std::uint32_t, Before> before_;                                // the last step
    std::map<std::uint32_t, std::map<std::uint64_t, std::uint64_t>> left_;  // that one's people, and their steps
    std::map<std::string, std::uint64_t> calls_;
    std::map<std::uint64_t, Lease> leases_;
    std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> numbers_, given_;
    std::map<std::pair<std::string, std::int64_t>, std::uint64_t> hourly_;
};

}  // namespace hallcast::queue::model
