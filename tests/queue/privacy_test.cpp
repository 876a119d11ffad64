#include "player/queue/privacy.h"

#include <atomic>
#include <future>
#include <random>
#include <thread>

#include "player/queue/core.h"
#include "player/queue/draw.h"
#include "player/queue/snapshot.h"
#include "tests/queue/booking_sample.h"
#include "tests/queue/stores.h"

namespace hallcast::queue::privacy_test {

using namespace booking_sample;

constexpr std::int64_t morning = 20'788 * a_day + 5 * hour, first = morning + 2 * hour;  // as in bookings_test.cpp

// A vault whose disk is full while `failing`: what makes keys fails.
class FailingVault final : public Vault {
  public:
    FailingVault(std::unique_ptr<Vault> vault, std::atomic<bool>& failing)
        : vault_(std::move(vault)), failing_(failing) {}

    Expected<std::vector<std::string>> new_persons(std::span<const timetable::Date> last_days) override {
        if (failing_) return fail("persons.db: the disk is full. Make room");
        return vault_->new_persons(last_days);
    }
    Expected<std::vector<std::string>> case_hashes(std::string_view number, timetable::Date today) override {
        if (failing_) return fail("persons.db: the disk is full. Make room");
        return vault_->case_hashes(number, today);
    }
    Expected<void> keep_until(std::string_view person, timetable::Date last_day) override {
        return vault_->keep_until(person, last_day);
    }
    Expected<std::optional<timetable::Date>> kept_until(std::string_view person) override {
        return vault_->kept_until(person);
    }
    Expected<std::string> seal(std::string_view person, std::string_view text) override {
        return vault_->seal(person, text);
    }
    Expected<std::optional<std::string>> unseal(std::string_view person, std::string_view sealed) override {
        return vault_->unseal(person, sealed);
    }
    Expected<void> forget(std::string_view person) override { return vault_->forget(person); }
    Expected<std::vector<std::string>> forget_expired(timetable::Date today, const Retention& retention) override {
        return vault_->forget_expired(today, retention);
    }
    std::string seed_of(std::string_view draw) const override { return vault_->seed_of(draw); }
    std::string pin_of(std::uint64_t appointment, std::uint32_t generation) const override {
        return vault_->pin_of(appointment, generation);
    }

  private:
    std::unique_ptr<Vault> vault_;
    std::atomic<bool>& failing_;
};

// A core with a vault, as the master has it.
struct Office {
    TemporaryFolder folder;
    std::shared_ptr<Memory> memory = std::make_shared<Memory>();
    std::atomic<std::int64_t> now_ms{morning};
    std::atomic<bool> vault_fails{false};
    std::unique_ptr<Core> core;

    explicit Office(const v1::Office& described = booking_office()) {
        auto vault = open_vault(folder.file().parent_path() / "persons.db");
        if (!vault) FAIL(vault.error().message);
        auto opened = open_core(
            std::make_unique<MemoryStore>(memory),
            {.now_ms = [this] { return now_ms.load(); },
             .privacy = std::make_shared<Privacy>(std::make_unique<FailingVault>(*std::move(vault), vault_fails))});
        REQUIRE(opened);
        core = *std::move(opened);
        REQUIRE((*this)(apply_office(described)).has_office());
    }
    v1::CommandReply operator()(const v1::Command& command) const { return core->submit_and_wait(command); }
};

v1::Command with_case(v1::Command command, const std::string& number) {
    command.clear_case_hashes();
    command.set_case_number(number);
    return command;
}
v1::Command with_contact(v1::Command command, const std::string& contact) {
    command.mutable_confirm_appointment()->set_contact(contact);
    return command;
}
v1::Command with_pin(const std::string& pin) {
    v1::Command made = command();
    made.mutable_check_in()->set_pin(pin);
    return made;
}
v1::Command show_case() {
    v1::Command made = command();
    made.mutable_show_case();
    return made;
}

TEST_CASE("neither case number nor contact nor PIN is in the log or in a kept reply") {
    Office office;
    const auto held = office(with_case(hold("", "A", first), "WSC-II-S.6151.12345.2026"));
    INFO(held.ShortDebugString());
    REQUIRE(held.has_appointment());
    const v1::Command confirmed =
        with_case(with_contact(confirm("", 1), "ann@example.org"), "wsc-ii-s.6151.12345.2026");
    const auto reply = office(confirmed);
    REQUIRE(reply.appointment().pin().size() == 6);
    CHECK(office(confirmed).appointment().pin() == reply.appointment().pin());  // asked again: the same
    std::string kept;
    for (const v1::Event& event : office.memory->log) kept += event.SerializeAsString();
    for (const auto& [id, answer] : office.memory->replies) kept += answer.SerializeAsString();
    for (const std::string& secret : {std::string("12345"), std::string("ann@"), reply.appointment().pin()})
        CHECK_FALSE(contains(kept, secret));
    const auto shown = office(with_case(show_case(), "WSC II S.6151.12345.2026"));
    REQUIRE(shown.case_file().entries_size() == 1);
    CHECK(shown.case_file().entries(0).contact() == "ann@example.org");
    CHECK(office(with_case(show_case(), "WSC-II-S.6151.12345.2027")).case_file().entries_size() == 0);
}

TEST_CASE("who checks in at a kiosk needs the PIN and the case number, and cannot guess") {
    Office office;
    office(with_case(hold("", "A", first), "123"));
    const std::string pin = office(with_case(confirm("", 1), "123")).appointment().pin();
    const std::string wrong = pin == "000000" ? "000001" : "000000";
    office.now_ms = first;
    CHECK(office(with_case(with_pin(pin), "124")).rejection().code() == v1::Rejection::NOT_FOUND);
    CHECK(office(with_pin(pin)).rejection().code() == v1::Rejection::NOT_FOUND);
    for (int i = 0; i < most_wrong_pins - 1; ++i)
        CHECK(office(with_case(with_pin(wrong), "123")).rejection().code() == v1::Rejection::NOT_FOUND);
    SECTION("in time") { CHECK(office(with_case(with_pin(pin), "123")).ticket().appointment_ms() == first); }
    SECTION("after too many") {
        office(with_case(with_pin(wrong), "123"));
        CHECK(office(with_case(with_pin(pin), "123")).rejection().code() == v1::Rejection::NOT_FOUND);
        CHECK(office(with_case(check_in("", 1), "123")).has_ticket());  // at the information point
    }
}

TEST_CASE("a contact is forgotten on demand and when its time is over") {
    v1::Office described = booking_office();
    described.mutable_rules()->set_keep_contact_days(2);
    Office office(described);
    office(with_case(hold("", "A", first + 3 * a_day), "123"));
    office(with_case(with_contact(confirm("", 1), "ann@example.org"), "123"));
    const std::string sealed = office.memory->log.back().appointment_confirmed().sealed().bytes();
    REQUIRE_FALSE(sealed.empty());
    SECTION("on demand") {
        v1::Command forget = command();
        forget.mutable_forget_contact();
        CHECK(office(with_case(forget, "123")).has_case_file());
        CHECK(office.memory->log.back().contact_forgotten().appointments(0) == 1);
    }
    SECTION("in time: two days after the appointment's") {
        for (const int days : {5, 6}) {
            office.now_ms = morning + days * a_day;
            office(issue("A"));
        }
    }
    office.core.reset();
    const auto vault = open_vault(office.folder.file().parent_path() / "persons.db");
    REQUIRE(vault);
    const std::string& person = office.memory->log[2].appointment_confirmed().sealed().person();
    const auto read = (*vault)->unseal(person, sealed);
    REQUIRE(read);
    CHECK_FALSE(read->has_value());
}

v1::Command open_draw(std::int64_t closes_at_ms, const std::string& beacon = "") {
    v1::Command made = command();
    v1::OpenDraw& open = *made.mutable_open_draw();
    open.set_draw("2026-12");
    open.set_service("A");
    open.set_from_date("2026-12-03");
    open.set_to_date("2026-12-03");
    open.set_closes_at_ms(closes_at_ms);
    open.set_beacon_source(beacon);
    return made;
}
v1::Command enter_draw(const std::vector<std::int64_t>& preferences) {
    v1::Command made = command();
    made.mutable_enter_draw()->set_draw("2026-12");
    for (const std::int64_t start_ms : preferences) made.mutable_enter_draw()->add_preferences(start_ms);
    return made;
}
v1::Command hold_draw(const std::string& beacon = "") {
    v1::Command made = command();
    made.mutable_hold_draw()->set_draw("2026-12");
    made.mutable_hold_draw()->set_beacon_value(beacon);
    return made;
}
v1::Command show_draw() {
    v1::Command made = command();
    made.mutable_show_draw()->set_draw("2026-12");
    return made;
}

TEST_CASE("a draw gives away what is scarce, and everybody can verify it from what is published") {
    Office office;
    const std::int64_t place = first + 2 * a_day;  // two places at each of eight times
    const std::int64_t closes = morning + a_day;
    const std::string beacon = GENERATE(std::string(), std::string("Lotto, 2026-12-02"));
    const auto opened = office(open_draw(closes, beacon));
    INFO(opened.ShortDebugString());
    REQUIRE(opened.has_draw());
    const std::string commitment = opened.draw().publication().commitment();
    CHECK(opened.draw().publication().slots_size() == 8);
    CHECK(office(with_case(hold("", "A", place), "1")).rejection().code() == v1::Rejection::WRONG_STATE);
    CHECK(office(find_slots("A", "2026-12-03")).slots().by_draw());
    CHECK(office(with_case(hold("", "A", place, true), "1")).has_appointment());  // the staff's places are not drawn
    for (int i = 0; i < 30; ++i) {
        const auto entered = office(with_case(enter_draw({place, place + 15 * minute}), fmt::format("case {}", i)));
        REQUIRE(entered.draw().entry() == std::uint64_t(i + 1));
    }
    CHECK(office(with_case(enter_draw({place}), "case 3")).rejection().code() == v1::Rejection::WRONG_STATE);
    CHECK(office(with_case(enter_draw({place + 1}), "case 99")).rejection().code() == v1::Rejection::NOT_FOUND);
    CHECK(office(with_case(enter_draw({}), "case 99")).rejection().code() == v1::Rejection::INVALID);
    CHECK(office(hold_draw(beacon)).rejection().code() == v1::Rejection::WRONG_STATE);
    CHECK(office(show_draw()).draw().publication().requests().empty());
    office.now_ms = closes;
    CHECK(office(with_case(enter_draw({place}), "case 99")).rejection().code() == v1::Rejection::TOO_LATE);
    const auto closed = office(show_draw()).draw().publication();
    CHECK(closed.requests_size() == 30);
    CHECK(closed.seed().empty());
    if (!beacon.empty()) CHECK(office(hold_draw()).rejection().code() == v1::Rejection::INVALID);
    const auto held = office(hold_draw(beacon.empty() ? "" : "3 14 15 26 35 49"));
    INFO(held.ShortDebugString());
    REQUIRE(held.draw().winners() == 4);
    const auto& published = held.draw().publication();
    CHECK(published.commitment() == commitment);
    CHECK(published.requests_digest() == closed.requests_digest());
    const auto verified = verify_draw(published);
    INFO((verified ? "" : verified.error().message));
    CHECK(verified);
    CHECK(office(hold_draw(beacon)).rejection().code() == v1::Rejection::WRONG_STATE);
    CHECK(office(show_draw()).draw().publication().SerializeAsString() == published.SerializeAsString());
    // The winners have appointments; the places that nobody wanted can be booked.
    int appointments = 0;
    for (int i = 0; i < 30; ++i) {
        const auto file = office(with_case(show_case(), fmt::format("case {}", i))).case_file();
        appointments += file.entries_size();
        for (const auto& entry : file.entries()) CHECK(entry.appointment().pin().size() == 6);
    }
    CHECK(appointments == 4);
    CHECK(office(with_case(hold("", "A", place), "2")).rejection().code() == v1::Rejection::NO_CAPACITY);
    CHECK(office(with_case(hold("", "A", place + hour), "2")).has_appointment());
    // A snapshot has all of it, and the slots of the office besides.
    const State state = replay_of(office.memory->log);
    const auto unpacked = unpack(pack(state));
    REQUIRE(unpacked);
    CHECK(describe(*unpacked) == describe(state));
    CHECK(unpacked->plan->slots("A", date("2026-12-03")) == state.plan->slots("A", date("2026-12-03")));
}

// HALLCAST_SECONDS=30: so long.
TEST_CASE("sixty-four threads fight for a hundred slots: exactly a hundred are booked, by the log") {
    const char* wanted = std::getenv("HALLCAST_SECONDS");
    const auto length = std::chrono::milliseconds(wanted ? 1000 * std::stoi(wanted) : 700);
    v1::Office described = booking_office();
    v1::Booking& booking = *described.mutable_services(0)->mutable_booking();
    booking.clear_availabilities();
    booking.set_slot_minutes(5);
    add_availability(booking, {"thu"}, "08:00", "12:10", 2);  // 50 slots of two places
    Office office(described);
    const std::int64_t thursday = first + 2 * a_day;
    std::atomic<int> confirmed{0}, refused{0}, attempts{0};
    std::vector<std::jthread> bookers;
    const auto until = std::chrono::steady_clock::now() + length;
    for (int thread = 0; thread < 64; ++thread)
        bookers.emplace_back([&, thread] {
            std::minstd_rand random{unsigned(thread)};
            // On a slow machine the time is over before a hundred are booked, and before enough have tried in vain.
            for (int i = 0; std::chrono::steady_clock::now() < until || confirmed < 100 || refused <= 100; ++i) {
                ++attempts;
                const std::string number = fmt::format("{} {}", thread, i);
                const auto held =
                    office(with_case(hold("", "A", thursday + std::int64_t(random() % 50) * 5 * minute), number));
                if (!held.has_appointment()) {
                    ++refused;
                    continue;
                }
                // Some think better of it, so that places come back.
                const std::uint64_t id = held.appointment().appointment();
                if (random() % 3 == 0)
                    office(with_case(cancel("", id), number));
                else if (office(with_case(confirm("", id), number)).has_appointment())
                    ++confirmed;
            }
        });
    bookers.clear();
    std::map<std::int64_t, int> booked;
    std::map<std::uint64_t, std::int64_t> slot_of;
    int in_log = 0;
    for (const v1::Event& event : office.memory->log) {
        if (event.has_slot_held()) slot_of[event.slot_held().appointment()] = event.slot_held().slots(0);
        if (!event.has_appointment_confirmed()) continue;
        ++in_log;
        CHECK(++booked[slot_of.at(event.appointment_confirmed().appointment())] <= 2);
    }
    CHECK(confirmed == 100);
    CHECK(in_log == 100);
    CHECK(booked.size() == 50);
    CHECK(refused > 100);
    WARN("64 threads, " << length.count() << " ms: " << attempts << " attempts, " << confirmed << " booked, " << refused
                        << " refused");
}

TEST_CASE("a command whose personal data cannot be protected fails alone, and is decided when it is sent again") {
    Office office;
    // The core's thread is held in an answer until all three wait, so that they are one group.
    std::promise<void> all_wait;
    office.core->submit(command(), [&](const v1::CommandReply&) { all_wait.get_future().wait(); });
    office.vault_fails = true;
    const v1::Command booking = with_case(hold("", "A", first), "123");
    std::promise<v1::CommandReply> before, failed, after;
    office.core->submit(issue("A"), [&](const v1::CommandReply& reply) { before.set_value(reply); });
    office.core->submit(booking, [&](const v1::CommandReply& reply) { failed.set_value(reply); });
    office.core->submit(issue("A"), [&](const v1::CommandReply& reply) { after.set_value(reply); });
    all_wait.set_value();
    CHECK(before.get_future().get().has_ticket());
    const v1::CommandReply refused = failed.get_future().get();
    CHECK(refused.rejection().code() == v1::Rejection::UNAVAILABLE);
    CHECK(contains(refused.rejection().message(), "the disk is full"));
    CHECK(after.get_future().get().has_ticket());
    office.vault_fails = false;
    CHECK(office(booking).has_appointment());
}

TEST_CASE("a contact of more than 200 bytes is refused, and nothing of it is kept") {
    Office office;
    office(with_case(hold("", "A", first), "123"));
    const std::size_t events = office.memory->log.size();
    const auto refused = office(with_case(with_contact(confirm("", 1), std::string(201, 'a')), "123"));
    CHECK(refused.rejection().code() == v1::Rejection::INVALID);
    CHECK(contains(refused.rejection().message(), "200 bytes"));
    CHECK(office.memory->log.size() == events);
    const std::string longest(200, 'a');
    CHECK(office(with_case(with_contact(confirm("", 1), longest), "123")).has_appointment());
    CHECK(office(with_case(show_case(), "123")).case_file().entries(0).contact() == longest);
}

}  // namespace hallcast::queue::privacy_test
