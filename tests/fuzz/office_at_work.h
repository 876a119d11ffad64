// An office in the middle of its day, for fuzzers: visitors in every phase, appointments, a draw; what is decided
// happens at once, and is checked.
#pragma once

#include "player/queue/apply.h"
#include "player/queue/decide.h"
#include "player/queue/privacy.h"
#include "player/queue/projection.h"
#include "tests/fuzz/fuzz.h"
#include "tests/queue/booking_sample.h"

namespace hallcast::fuzz {

// Keys that are as good as any here: a contact is sealed by being turned around.
class MemoryVault final : public queue::Vault {
  public:
    Expected<std::vector<std::string>> new_persons(std::span<const timetable::Date> last_days) override {
        std::vector<std::string> made;
        for (const timetable::Date day : last_days) {
            made.push_back(fmt::format("person {:09}", ++count_));
            persons_[made.back()] = day;
        }
        return made;
    }
    Expected<void> keep_until(std::string_view person, timetable::Date last_day) override {
        if (const auto one = persons_.find(person); one != persons_.end()) one->second = last_day;
        return {};
    }
    Expected<std::optional<timetable::Date>> kept_until(std::string_view person) override {
        const auto one = persons_.find(person);
        return one == persons_.end() ? std::optional<timetable::Date>() : one->second;
    }
    Expected<std::string> seal(std::string_view person, std::string_view text) override {
        require(persons_.contains(person));
        return std::string(text.rbegin(), text.rend());
    }
    Expected<std::optional<std::string>> unseal(std::string_view person, std::string_view sealed) override {
        if (!persons_.contains(person)) return std::optional<std::string>();
        return std::optional(std::string(sealed.rbegin(), sealed.rend()));
    }
    Expected<void> forget(std::string_view person) override {
        persons_.erase(std::string(person));
        return {};
    }
    Expected<std::vector<std::string>> forget_expired(timetable::Date, const queue::Retention&) override {
        return std::vector<std::string>();
    }
    Expected<std::vector<std::string>> case_hashes(std::string_view case_number, timetable::Date) override {
        return std::vector<std::string>{"hash of " + std::string(case_number)};
    }
    std::string seed_of(std::string_view) const override { return std::string(32, 's'); }
    std::string pin_of(std::uint64_t appointment, std::uint32_t) const override {
        return fmt::format("{:06}", appointment);
    }

  private:
    std::map<std::string, timetable::Date, std::less<>> persons_;
    int count_ = 0;
};

class OfficeAtWork {
  public:
    // A copy, vault and all, of one that was made once: that is what an input is let loose on.
    OfficeAtWork(const OfficeAtWork& other)
        : now_ms(other.now_ms),
          desk_(other.desk_),
          vault_(new MemoryVault(*other.vault_)),
          privacy_(std::unique_ptr<queue::Vault>(vault_)),
          boards_(other.boards_) {}
    OfficeAtWork() {
        using namespace queue::booking_sample;
        describe_office();
        for (std::uint32_t counter = 1; counter <= 3; ++counter) send(open(counter));
        for (const char* service : {"A", "B", "A", "B", "A", "C"}) send(issue(service));
        send(sign_in(2, "ann"));
        send(call_next(1));
        send(start(1));
        send(call_next(2));
        send(call_next(3));
        send(no_show(3));
        send(call_next(3));
        send(park(3));
        send(lease("C", 5));
        for (const char* name : {"101", "102"}) {
            v1::Command held = hold("", "A", queue::booking_sample::utc("2026-09-22 06:00"));
            held.set_case_number(name);
            send(held);
        }
        v1::Command confirmed = confirm("", 1);
        confirmed.set_case_number("101");
        confirmed.mutable_confirm_appointment()->set_contact("ann@example.org");
        send(confirmed);
        v1::Command draw = command();
        draw.mutable_open_draw()->set_draw("autumn");
        draw.mutable_open_draw()->set_service("B");
        draw.mutable_open_draw()->set_from_date("2026-09-28");
        draw.mutable_open_draw()->set_to_date("2026-09-29");
        draw.mutable_open_draw()->set_closes_at_ms(now_ms + 3'600'000);
        send(draw);
        require(desk_.bookings.appointments.size() == 2 && desk_.bookings.draws.size() == 1);
        for (const v1::Hall& hall : desk_.office->halls()) boards_[hall.id()] = queue::project(desk_, hall);
    }

    // Decides, applies, projects; what a client would be told. `passed`: since the last command.
    v1::CommandReply send(v1::Command command, std::int64_t passed_ms = 1) {
        now_ms += passed_ms;
        const timetable::Date today{std::chrono::floor<std::chrono::days>(std::chrono::milliseconds{now_ms})};
        require(privacy_.protect(command, desk_, now_ms).has_value());
        const queue::Decision decision = queue::decide(desk_, command, {now_ms, 60'000, queue::number_of(today)});
        require(decision.reply.cmd_id() == command.cmd_id());
        require(!decision.reply.has_rejection() ||
                (decision.events.empty() && !decision.reply.rejection().message().empty()));
        queue::Touched touched;
        for (const v1::Event& event : decision.events) {
            require(event.log_seq() == desk_.log_seq + 1);
            v1::Event logged;  // the log is read again one day
            require(logged.ParseFromString(event.SerializeAsString()));
            queue::merge(touched, queue::apply(desk_, logged));
        }
        show(touched);
        v1::CommandReply reply = privacy_.completed(decision.reply);
        v1::CommandReply received;
        require(received.ParseFromString(reply.SerializeAsString()));
        return reply;
    }

    // What the halls show, followed from event to event, is what a snapshot of the state would say.
    void check_boards() const {
        for (const v1::Hall& hall : desk_.office->halls()) {
            const auto board = boards_.find(hall.id());
            require(board != boards_.end());
            v1::HallState followed = board->second;
            v1::HallState shown = queue::project(desk_, hall);
            followed.clear_seq();
            shown.clear_seq();
            require(followed.calls_size() == shown.calls_size() && followed.counters_size() == shown.counters_size() &&
                    followed.services_size() == shown.services_size());
            for (int i = 0; i < shown.calls_size(); ++i)
                require(followed.calls(i).SerializeAsString() == shown.calls(i).SerializeAsString());
            for (int i = 0; i < shown.counters_size(); ++i)
                require(followed.counters(i).ticket() == shown.counters(i).ticket() &&
                        followed.counters(i).activity() == shown.counters(i).activity());
            for (int i = 0; i < shown.services_size(); ++i)
                require(followed.services(i).waiting() == shown.services(i).waiting());
        }
    }

    const queue::State& state() const { return desk_; }

    std::int64_t now_ms = 1'790'000'000'000 - 3'600'000 * 8;  // 2026-09-21, 06:13 UTC

  private:
    void describe_office() {
        v1::Command apply = queue::sample::command();
        *apply.mutable_apply_office()->mutable_office() = queue::booking_sample::booking_office();
        require(send(apply).has_office());
    }

    void show(const queue::Touched& touched) {
        if (touched.all) {
            boards_.clear();
            for (const v1::Hall& hall : desk_.office->halls()) boards_[hall.id()] = queue::project(desk_, hall);
            require(!queue::repaint(desk_, now_ms).empty() || desk_.office->halls().empty());
            return;
        }
        for (v1::HallEvent& event : queue::project(desk_, touched, now_ms)) {
            const auto board = boards_.find(event.hall());
            if (board == boards_.end()) continue;
            event.set_seq(board->second.seq() + 1);
            wire::apply(board->second, event);
        }
    }

    queue::State desk_;
    MemoryVault* vault_ = new MemoryVault();  // owned by privacy_
    queue::Privacy privacy_{std::unique_ptr<queue::Vault>(vault_)};
    std::map<std::string, v1::HallState, std::less<>> boards_;
};

}  // namespace hallcast::fuzz
